"""Bytes and the text that Python would see in them; what cannot be read is one clear error."""

from __future__ import annotations

import codecs
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost import scripts
from roost.errors import Exit, RoostError
from roost.scripts import source
from tests.scripts.conftest import kinds


def refused(path: Path) -> RoostError:
    with pytest.raises(RoostError) as caught:
        scripts.read(path)
    error = caught.value
    assert error.exit in {Exit.UNREADABLE, Exit.NO_INPUT}
    assert error.what
    assert "\n" not in error.what
    return error


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("# -*- coding: latin-1 -*-\nimport a  # é\n".encode("latin-1"), id="cookie"),
        pytest.param(
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nimport a  # é\n".encode("cp1252"), id="second line"
        ),
        pytest.param(b"\xef\xbb\xbfimport a\n", id="mark of UTF-8"),
        pytest.param(b"\xef\xbb\xbf# coding: utf-8\nimport a\n", id="mark and cookie"),
        pytest.param("import a  # é\n".encode(), id="UTF-8"),
        pytest.param(b"import os\r\nimport a\r\n", id="CRLF"),
        pytest.param(b"import os\rimport a\r", id="CR"),
        pytest.param(b"import os\nimport a", id="no newline at the end"),
        pytest.param(b"\x0cimport a\n", id="form feed"),
    ],
)
def test_text_is_read_as_python_reads_it(read, data):
    assert "a" in kinds(read(data))


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        pytest.param("import a\n".encode("utf-16"), "unknown-encoding", "UTF-16", id="UTF-16 with mark"),
        pytest.param("import a\n".encode("utf-16-le"), "unknown-encoding", "UTF-16", id="UTF-16 without"),
        pytest.param("import a\n".encode("utf-32"), "unknown-encoding", "UTF-32", id="UTF-32"),
        pytest.param(b"import a\nx = '\xe9'\n", "unknown-encoding", "line 2", id="not UTF-8"),
        pytest.param(b"# coding: klingon\nimport a\n", "unknown-encoding", "klingon", id="no such encoding"),
        pytest.param(b"# coding: hex\nimport a\n", "unknown-encoding", "hex", id="no text encoding"),
        pytest.param(b"\xef\xbb\xbf# coding: latin-1\n", "unknown-encoding", "latin-1", id="mark against cookie"),
        pytest.param(b"import a\nx = '\0'\n" + b"y = 1\n" * 20, "not-a-script", "line 2 holds a NUL", id="NUL"),
        pytest.param(b"\x7fELF\x02\x01\0\0" + bytes(200), "not-a-script", "ELF", id="a program"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100), "not-a-script", "PNG", id="an image"),
        pytest.param(b"\xa7\r\r\n" + bytes(12) + b"\xe3\0\0", "not-a-script", "compiled Python", id="compiled"),
        pytest.param(bytes(range(256)) * 4, "not-a-script", "binary", id="noise"),
        pytest.param(b"#!/bin/bash\necho hello\n", "not-a-script", "bash", id="a shell script"),
        pytest.param(b"def f(:\n    pass\n", "syntax-broken", "line 1", id="syntax"),
        pytest.param(b"x = 1\n" * 10 + b"y = (\n", "syntax-broken", "line 11", id="never closed"),
        pytest.param(b"```python\nimport a\n```\n", "syntax-broken", "line 1", id="a fence"),
        pytest.param(b"x = " + b"(" * 300 + b")" * 300, "syntax-broken", "", id="nested too deeply"),
        pytest.param(b"x = " + b"-" * 100_000 + b"1", "syntax-broken", "", id="very deep"),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(folder, data, code, says):
    path = folder / "script"
    path.write_bytes(data)
    error = refused(path)
    assert error.code == code
    assert says in " ".join(error.why)


def test_an_empty_script_is_a_script(read):
    script = read(b"")
    assert script.imports == ()
    assert script.python.specifier == ""


def test_a_missing_file_is_told_with_what_was_probably_meant(folder):
    (folder / "chart.py").write_text("")
    error = refused(folder / "chrat.py")
    assert error.exit == Exit.NO_INPUT
    assert str(folder / "chart.py") in error.hints[0]


def test_links_that_lead_nowhere_are_told_apart(folder):
    (folder / "dangling.py").symlink_to("nothing.py")
    (folder / "loop.py").symlink_to("loop.py")
    assert "link to `nothing.py`, which does not exist" in refused(folder / "dangling.py").why[0]
    assert "back to itself" in refused(folder / "loop.py").why[0]


def test_a_name_that_no_file_can_have_is_an_error(folder):
    assert refused(folder / ("x" * 300 + ".py")).exit == Exit.NO_INPUT
    (folder / "a.py").write_text("")
    assert refused(folder / "a.py" / "b.py").exit == Exit.NO_INPUT


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not read")
def test_a_file_that_may_not_be_read_is_told(tmp_path):
    tmp_path.chmod(0o755)
    secret = Path("/tmp") / f"roost-secret-{os.getpid()}.py"
    secret.write_text("import a\n")
    secret.chmod(0o600)
    program = f"""
import os, shlex, sys  # before rights are dropped: the interpreter may lie where nobody may look
sys.path[:0] = {sys.path!r}
from pathlib import Path
from roost.scripts import read
from roost.errors import RoostError
os.setgid(65534); os.setuid(65534)
try:
    read(Path({str(secret)!r}))
except RoostError as error:
    print(error.code, int(error.exit))
"""
    try:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    finally:
        secret.unlink()
    assert done.stdout == "script-forbidden 66\n", done.stderr


def test_a_folder_without_code_says_what_may_have_been_meant(folder):
    assert "empty" in refused(folder).why[0]
    (folder / "main.py").write_text("")
    assert str(folder / "main.py") in refused(folder).hints[0]


def test_a_pipe_is_read_once_and_its_program_kept(folder):
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    writer = subprocess.Popen([sys.executable, "-c", f"open({str(pipe)!r}, 'w').write('import a\\n')"])
    script = scripts.read(pipe)
    assert writer.wait(20) == 0
    assert script.program == b"import a\n"
    assert kinds(script) == {"a": "required"}


def test_a_device_that_never_ends_is_refused():
    assert "device" in refused(Path("/dev/zero")).why[0]


def test_of_a_very_large_file_only_the_head_is_read(read):
    block = '# /// script\n# dependencies = ["six"]\n# ///\n'
    script = read(block + "import six\nDATA = '''\n" + "x" * 100 * 2**20 + "\n'''\nimport never\n")
    assert script.truncated
    assert [one.text for one in script.declared.requirements] == ["six"]
    assert kinds(script) == {"six": "required"}
    assert any("only its head" in note for note in script.notes)


def outcome(function, *arguments, **keywords):
    """Give what a function returns, or the error that a user would see."""
    try:
        return function(*arguments, **keywords)
    except RoostError as error:
        return error


@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_an_error(data):
    text = outcome(source.decode, data, name="x.py")
    if isinstance(text, RoostError):
        assert text.why
    else:
        assert "\0" not in text
        assert "\r" not in text


@given(st.text(max_size=200))
def test_text_in_utf_8_comes_back(text):
    plain = text.encode("utf-8", "replace").decode().replace("\0", "").replace("coding", "")
    read = source.decode(codecs.BOM_UTF8 + plain.encode(), name="x")
    assert read == plain.replace("\r\n", "\n").replace("\r", "\n")


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_a_script_or_an_error(data):
    script = outcome(scripts.read_text, data, name="<stdin>", form="stdin", folder=Path("/nonexistent"))
    if isinstance(script, RoostError):
        assert script.why
        assert script.exit == Exit.UNREADABLE
    else:
        assert script.program == data
