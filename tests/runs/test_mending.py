"""An import that fails while a script runs is mended in place: what the script has done is done once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sysconfig
import time
from pathlib import Path

import pytest

from roost import home as homes
from tests import index as indexes
from tests import parts

PYENV = Path.home() / ".pyenv" / "versions"
HIDDEN = "import sys\ndef hidden(name):\n    return __import__(''.join(reversed(name)))\n"  # what reading cannot see
ONCE = "open('effects', 'a').write('x')\n"


def some(ways: dict[str, str], *quick: str) -> list:
    """All of these, of which only some in a quick test."""
    return [
        pytest.param(way, id=name, marks=() if name in quick else pytest.mark.thorough) for name, way in ways.items()
    ]


@pytest.fixture
def effects(roost):
    """How often the script did what it does first."""
    return lambda: len((roost.cwd / "effects").read_text())


@pytest.fixture
def soup(index):
    index.add("soup", "1.0")
    index.add("stew", "2.0", requires=("soup",))
    index.add("bread", "3.0")
    return index


def added(done) -> list[str]:
    return [line for line in done.errors.splitlines() if line.startswith("roost: added ")]


WAYS = {
    "dynamic": "print(hidden('puos').__version__)",
    "import_module": "import importlib\nprint(importlib.import_module('so' + chr(117) + 'p').__version__)",
    "exec": "exec('imp' + 'ort soup')\nprint(soup.__version__)",
    "eval": "print(eval('__imp' + 'ort__(\"soup\")').__version__)",
    "thread": """
import threading
def work(): print(hidden('puos').__version__)
thread = threading.Thread(target=work); thread.start(); thread.join()""",
    "asyncio": """
import asyncio
async def work(): print(hidden('puos').__version__)
asyncio.run(work())""",
    "fork": """
import os
pid = os.fork()
if not pid:
    print(hidden('puos').__version__, flush=True); os._exit(0)
os.waitpid(pid, 0)""",
    "child": """
import subprocess
import time
subprocess.run([sys.executable, "-c", "print(__import__('so' + 'up').__version__)"], check=True)""",
    "pip": """
import subprocess
import time
subprocess.run([sys.executable, "-m", "p" + "ip", "install", "-q", "".join(["so", chr(117), "p"])], check=True)
print(hidden('puos').__version__)""",
    "pip by shell": """
import os
os.system("pi" + "p install " + chr(115) + "oup > /dev/null")
print(hidden('puos').__version__)""",
    "pip in the process": """
import pip
pip.main(["install", "-q", chr(115) + "oup"])
print(hidden('puos').__version__)""",
    "pip's insides": """
from pip._internal import main
main(["install", "-q", chr(115) + "oup"])
print(hidden('puos').__version__)""",
    "plugin": """
open("plug.py", "w").write("import soup\\nVALUE = soup.__version__\\n")
print(hidden("gulp").VALUE)""",
    "reload": """
import importlib
open("plug.py", "w").write("VALUE = 0\\n")
plug = hidden("gulp")
open("plug.py", "w").write("import soup\\nVALUE = soup.__version__  # now\\n")
print(importlib.reload(plug).VALUE)""",
    "module of a child": """
import subprocess
import time
hidden('puos')
subprocess.run([sys.executable, "-m", "soup"], check=True)
print("1.0")""",
}


@pytest.mark.covers("C3")
@pytest.mark.parametrize("way", some(WAYS, "thread"))
def test_a_missing_import_goes_on_where_it_stopped(soup, roost, script, effects, way):
    path = script(HIDDEN + ONCE + way)
    first = roost("run", path)
    assert (first.status, first.output) == (0, "1.0\n"), first.errors
    assert effects() == 1
    assert len(added(first)) == 1
    assert "added soup 1.0" in first.errors
    asked = len(soup.asked)
    second = roost("run", path)
    assert (second.output, second.errors) == ("1.0\n", "")
    assert effects() == 2
    assert len(soup.asked) == asked  # at once, and without the index


@pytest.mark.thorough
def test_a_worker_that_is_given_its_parents_path_has_what_another_worker_had_added(soup, roost, script):
    path = script(f"""{HIDDEN}
import multiprocessing
def work(n): return hidden('puos').__version__
if __name__ == "__main__":
    for method in ("fork", "spawn"):
        with multiprocessing.get_context(method).Pool(1) as pool:
            print(pool.map(work, [1])[0], flush=True)
""")
    done = roost("run", path)
    assert (done.status, done.output) == (0, "1.0\n1.0\n"), done.errors
    assert len(added(done)) == 1


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
@pytest.mark.thorough
def test_a_missing_import_in_workers_is_added_once(soup, roost, script, effects, method):
    path = script(f"""{HIDDEN}
import multiprocessing
def work(n): return hidden('puos').__version__
if __name__ == "__main__":
    {ONCE}
    multiprocessing.set_start_method("{method}")
    with multiprocessing.Pool(3) as pool:
        print(set(pool.map(work, range(12))))
""")
    done = roost("run", path)
    assert (done.status, done.output) == (0, "{'1.0'}\n"), done.errors
    assert effects() == 1
    assert len(added(done)) == 1


@pytest.mark.thorough
def test_three_missing_imports_are_one_start_and_three_lines(soup, roost, script, effects):
    path = script(HIDDEN + ONCE + "for name in ('puos', 'daerb', 'wets'): print(hidden(name).__version__)")
    done = roost("run", path)
    assert (done.status, done.output) == (0, "1.0\n3.0\n2.0\n"), done.errors
    assert effects() == 1
    assert len(added(done)) == 3
    again = roost("run", path)
    assert (again.output, again.errors) == ("1.0\n3.0\n2.0\n", "")


@pytest.mark.thorough
def test_quiet_says_nothing(soup, roost, script):
    assert roost("run", "-q", script(HIDDEN + "print(hidden('puos').__version__)")).errors == ""


@pytest.mark.covers("A5")
@pytest.mark.parametrize("how", [("--mend", "off"), ("--no-mend",), ()])
def test_without_mending_it_is_pythons_behaviour_and_a_sentence(soup, roost, script, how):
    path = script(HIDDEN + "hidden('daerb')\n")
    done = roost("run", *how, "--with", "soup", path, **({} if how else {"ROOST_MEND": "off"}))
    assert done.status == 1
    trace, _, said = done.errors.partition("ModuleNotFoundError: No module named 'bread'\n")
    assert trace.startswith("Traceback (most recent call last):\n")
    assert "_roost" not in trace
    assert said.startswith("roost: `bread` is not in the environment `soup-")
    assert "which has soup\n" in said
    assert "hint: have it added: `roost run it.py`" in said


def test_an_import_that_cannot_be_had_fails_as_in_python_with_the_reason_below(soup, roost, script):
    done = roost("run", script(HIDDEN + "hidden('ereht_ton')\n"))
    assert done.status == 1
    trace, _, said = done.errors.partition("ModuleNotFoundError: No module named 'not_there'\n")
    assert "_roost" not in trace
    assert trace.count("File ") == 2
    assert said.startswith("roost: `not_there` ")


EXPECTED = {
    "try": "try:\n    hidden('puos')\nexcept ImportError:\n    print('without')",
    "in the function": """
def load():
    try:
        return hidden('puos')
    except ModuleNotFoundError:
        return None
print(load() or 'without')""",
    "the caller": """
def load(): hidden('puos')
def main():
    try:
        load()
    except ImportError:
        print('without')
main()""",
    "a decorator": """
def optional(function):
    def inner():
        try:
            return function()
        except ImportError:
            return 'without'
    return inner
@optional
def load(): return hidden('puos')
print(load())""",
    "around exec": "try:\n    exec('imp' + 'ort soup')\nexcept ImportError:\n    print('without')",
    "inside exec": "exec('try:\\n  imp' + 'ort soup\\nexcept ImportError:\\n  print(\"without\")')",
    "suppress": "import contextlib\nwith contextlib.suppress(ImportError):\n    hidden('puos')\nprint('without')",
    "a question": "import importlib.util\nprint(importlib.util.find_spec('so' + chr(117) + 'p') or 'without')",
    "a plugin": """
open("plug.py", "w").write("try:\\n    import soup\\nexcept ImportError:\\n    soup = 'without'\\n")
print(hidden("gulp").soup)""",
    "a name of a package": "try:\n    from json import soup\nexcept ImportError:\n    print('without')",
    "a name of a package, loose": "import json\nprint(getattr(json, 'soup', 'without'))",
}


@pytest.mark.parametrize("way", some(EXPECTED, "try", "the caller", "a question"))
def test_an_import_that_may_fail_fails(soup, roost, script, way):
    done = roost("run", script(HIDDEN + way))
    assert (done.status, done.output, done.errors) == (0, "without\n", "")


@pytest.mark.thorough
def test_a_users_module_named_like_one_of_the_standard_library_is_no_hindrance(soup, roost, script):
    path = script(HIDDEN + "print(hidden('puos').__version__)")
    for name in ("json", "select", "site", "subprocess", "struct"):
        (path.parent / f"{name}.py").write_text("raise RuntimeError('not this one')\n")
    done = roost("run", path)
    assert (done.status, done.output) == (0, "1.0\n"), done.errors


@pytest.mark.thorough
def test_namespace_packages_are_spread_over_both_sides(index, roost, script):
    index.add("kitchen-pan", modules={"kitchen/pan.py": "SIZE = 1\n"})
    index.add("kitchen-pot", modules={"kitchen/pot.py": "SIZE = 2\n"})
    index.add("hall-old", modules={"hall/__init__.py": "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n", "hall/door.py": "SIZE = 3\n"})  # fmt: skip
    index.add("hall-new", modules={"hall/__init__.py": "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n", "hall/stair.py": "SIZE = 4\n"})  # fmt: skip
    path = script(f"""{HIDDEN}
import kitchen.pan, hall.door
import subprocess
import time
subprocess.run([sys.executable, "-m", "pi" + "p", "install", "-q", "kitchen" + "-pot", "hall" + "-new"], check=True)
import importlib
print(kitchen.pan.SIZE, importlib.import_module("kitchen.p" + chr(111) + "t").SIZE)
print(hall.door.SIZE, importlib.import_module("hall.s" + "tair").SIZE)
""")
    done = roost("run", "--with", "kitchen-pan", "--with", "hall-old", path)
    assert (done.status, done.output) == (0, "1 2\n3 4\n"), done.errors


ENGINE = """
def read():
    import importlib
    return importlib.import_module("soup").__version__
"""


def test_a_library_gets_the_engine_that_it_needs_by_the_table_alone(soup, roost, script):
    soup.add(
        "pandas",
        modules={"pandas/__init__.py": "", "pandas/compat/__init__.py": "", "pandas/compat/_optional.py": ENGINE},
    )
    soup.add("other", modules={"other.py": ENGINE})
    ask = "import {0}\nprint({0}.read())"
    done = roost("run", "--with", "pandas", script(ask.format("pandas.compat._optional")))
    assert (done.status, done.output) == (0, "1.0\n"), done.errors
    assert "added soup 1.0 (`pandas` loads `soup`, while it ran)" in done.errors
    done = roost("run", "--with", "other", script(ask.format("other")))
    assert done.status == 1
    assert added(done) == []


@pytest.mark.thorough
def test_many_threads_go_on_while_one_waits(soup, roost, script):
    soup.hold("soup")
    path = script(f"""{HIDDEN}
import threading, time, os, importlib
started = time.monotonic()
def slow(): print(hidden('puos').__version__, flush=True)
def quick(name): importlib.import_module(name); print(name, flush=True)
waiting = threading.Thread(target=slow); waiting.start()
time.sleep(0.5)
others = [threading.Thread(target=quick, args=(name,)) for name in
    ("wave", "colorsys", "cgi" if sys.version_info < (3, 13) else "this", "chunk" if sys.version_info < (3, 13) else "antigravity",
     "mailbox", "plistlib", "sched", "shelve", "statistics", "tabnanny")]
for one in others: one.start()
for one in others: one.join()
pid = os.fork()
if not pid:
    import imaplib
    os._exit(0)
assert os.waitpid(pid, 0)[1] == 0
print("all others", flush=True)
waiting.join()
""")
    process = roost.start("run", path)
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line == "all others\n":
            soup.release("soup")
    assert process.wait(60) == 0, process.stderr.read()
    assert lines[-2:] == ["all others", "1.0"]


@pytest.mark.thorough
def test_a_fork_while_another_thread_mends_can_import_the_same(soup, roost, script):
    soup.hold("soup")
    path = script(f"""{HIDDEN}
import threading, time, os
waiting = threading.Thread(target=hidden, args=('puos',)); waiting.start()
time.sleep(0.5)
pid = os.fork()
if not pid:
    print("child", flush=True)
    print(hidden('puos').__version__, flush=True)
    os._exit(0)
print("status", os.waitpid(pid, 0)[1], flush=True)
waiting.join()
""")
    process = roost.start("run", path)
    lines = []
    for line in process.stdout:
        lines.append(line.strip())
        if line == "child\n":
            soup.release("soup")
    assert process.wait(60) == 0, process.stderr.read()
    assert lines == ["child", "1.0", "status 0"]


@pytest.mark.thorough
def test_what_was_added_counts_for_the_same_text_elsewhere_and_for_an_edited_one_that_names_it(soup, roost, script):
    text = HIDDEN + "name = 'soup'\nprint(__import__(name if len(sys.argv) else '').__version__)\n"
    path = script(text)
    assert len(added(roost("run", path))) == 1
    other = path.with_name("other.py")
    other.write_text(text)
    assert roost("run", other).errors == ""
    path.write_text(text + "print('edited')\n")
    assert roost("run", path).errors == ""
    path.write_text(HIDDEN + "print(hidden('daerb').__version__)\n")
    done = roost("run", path)
    assert len(added(done)) == 1
    assert "soup" not in roost("env", "show", path).output


@pytest.mark.thorough
def test_standard_input_and_text_are_mended_and_remembered_by_what_they_say(soup, roost):
    text = HIDDEN + "print(hidden('puos').__version__)"
    assert len(added(roost("run", "-", stdin=text))) == 1
    assert roost("run", "-", stdin=text).errors == ""
    assert roost("run", "-c", text).output == "1.0\n"


@pytest.mark.thorough
def test_an_addition_that_was_lost_is_built_again(soup, roost, script):
    path = script(HIDDEN + "print(hidden('puos').__version__)")
    roost("run", path)
    home = homes.locate(roost.environ)
    for one in home.environments.glob("soup-*"):
        subprocess.run(["rm", "-rf", one], check=True)
    done = roost("run", path)
    assert (done.output, done.errors) == ("1.0\n", "")


@pytest.mark.thorough
def test_an_environment_started_by_others_is_left_alone(soup, roost, script):
    path = script(HIDDEN + "print(hidden('puos').__version__)")
    roost("run", "-c", "pass")
    python = next(homes.locate(roost.environ).environments.glob("python-*")) / "bin/python"
    done = subprocess.run([python, path], capture_output=True, text=True, env=roost.environ, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith("ModuleNotFoundError: No module named 'soup'\n")


@pytest.mark.thorough
def test_the_script_can_ignore_or_take_the_ends_of_its_children(soup, roost, script):
    for way in ("signal.signal(signal.SIGCHLD, signal.SIG_IGN)", "signal.signal(signal.SIGCHLD, lambda *_: os.wait())",
                "os.close(0); os.close(1)"):  # fmt: skip
        path = script(
            f"{HIDDEN}\nimport os, signal\n{way}\nsys.stderr.write(hidden('puos').__version__)", name=f"{len(way)}.py"
        )
        done = roost("run", path)
        assert done.errors.endswith("1.0"), done.errors


@pytest.mark.thorough
def test_a_record_of_the_launcher_does_not_hide_an_addition(soup, roost, script):
    path = script(HIDDEN + "import os\nif os.environ.get('MORE'): print(hidden('puos').__version__)")
    for _ in range(4):
        assert roost("run", path).status == 0
    assert len(added(roost("run", path, MORE="1"))) == 1
    assert roost("run", path, MORE="1").errors == ""


@pytest.mark.parametrize("minor", [8, 9, 10, 11, 12, 13])
@pytest.mark.thorough
def test_every_python_that_roost_makes_environments_for(soup, roost, script, minor):
    path = script(HIDDEN + "import os\npid = os.fork()\nif pid: os.waitpid(pid, 0)\nprint(hidden('puos').__version__)")
    python = next(iter(sorted(PYENV.glob(f"3.{minor}.*/bin/python"))), None) or parts.missing(
        f"no Python 3.{minor} here"
    )
    done = roost("run", "--python", python, path)
    assert (done.status, done.output) == (0, "1.0\n1.0\n"), done.errors
    assert len(added(done)) == 1
    done = roost("run", "--python", python, script(HIDDEN + "hidden('ereht_ton')\n", name="not.py"))
    assert "_roost_mend" not in done.errors


def test_the_hook_is_asked_by_nobody_but_an_environment(roost):
    done = subprocess.run([roost.command, "answer"], input=b"", capture_output=True, env=roost.environ, check=False)
    assert done.returncode == 64
    assert b"not by people" in done.stderr


def test_another_homes_environment_is_refused(roost, tmp_path):
    request = json.dumps(
        {"protocol": 1, "ask": "import", "name": "soup", "first": "/other/environments/x", "additions": "/other/a"}
    )
    framed = len(request).to_bytes(4, "big") + request.encode()
    done = subprocess.run([roost.command, "answer"], input=framed, capture_output=True, env=roost.environ, check=True)
    assert json.loads(done.stdout[4:]) == {"why": "the environment belongs to another home of roost"}


@pytest.fixture
def quarrel(index):
    """`old` is imported at 1.0; `fresh` needs 2.0 of it."""
    index.add("old", "1.0", modules={"old.py": "VERSION = 1\n"}, history=False)
    index.add("old", "2.0", modules={"old.py": "VERSION = 2\n"})
    index.add("fresh", "1.0", modules={"fresh.py": "import old\nVERSION = old.VERSION\n"}, requires=("old>=2",))
    index.add("broth")
    index.add("aside", "1.0", history=False)
    index.add("aside", "2.0")
    index.add("beside", "1.0", requires=("aside>=2",))
    return index


NEW = f"{HIDDEN}{ONCE}import old\nprint(old.VERSION, flush=True)\nprint(hidden('hserf').VERSION)\n"
BLOCK = '# /// script\n# dependencies = ["old{}"]\n# ///\n'


def remembered_old(roost, script, quarrel):
    """A script whose lock has the older version, though it would take the newer one."""
    held = quarrel.projects["old"].pop()
    path = script(BLOCK.format("") + NEW)
    roost("check", path)
    path.write_text(BLOCK.format("") + "import old\n")
    assert roost("run", path).status == 0
    quarrel.projects["old"].append(held)
    path.write_text(BLOCK.format("") + NEW)
    return path


@pytest.mark.thorough
def test_another_version_of_something_imported_is_a_new_start_that_is_said(quarrel, roost, script, effects):
    path = remembered_old(roost, script, quarrel)
    done = roost("run", path)
    assert (done.status, done.output) == (0, "1\n2\n2\n"), done.errors
    assert done.errors == "roost: `old` 1.0 is imported, and `fresh` goes with 2.0 of it: the script starts again\n"
    assert effects() == 2
    again = roost("run", path)
    assert (again.output, again.errors) == ("2\n2\n", "")


REFUSING = {
    "standard input was perhaps read": "import old\nsys.stdin.readline()\nhidden('hserf')\n",
    "a thread": "import old, threading\nthread = threading.Thread(target=hidden, args=('hserf',))\nthread.start(); thread.join()\n",
    "a forked child": "import old, os\nif not os.fork(): hidden('hserf')\nelse: os.wait()\n",
}


@pytest.mark.parametrize("way", REFUSING.values(), ids=REFUSING)
@pytest.mark.thorough
def test_there_is_no_new_start_where_it_would_take_something_away(quarrel, roost, script, way):
    path = remembered_old(roost, script, quarrel)
    path.write_text(BLOCK.format("") + HIDDEN + "print('started', flush=True)\n" + way)
    done = roost("run", path, stdin="a line\n")
    assert done.output == "started\n"
    assert "ModuleNotFoundError: No module named 'fresh'" in done.errors
    assert "starts again" not in done.errors


@pytest.mark.thorough
def test_a_version_that_nobody_allows_is_a_refusal_with_the_reason(quarrel, roost, script):
    path = script(BLOCK.format("<2") + NEW)
    done = roost("run", path)
    assert (done.status, done.output) == (1, "1\n")
    assert "old" in done.errors.rpartition("ModuleNotFoundError")[2]
    assert "starts again" not in done.errors


@pytest.mark.thorough
def test_what_is_not_imported_yet_may_change_its_version(quarrel, roost, script, effects):
    held = quarrel.projects["aside"].pop()
    path = script('# /// script\n# dependencies = ["aside"]\n# ///\n')
    assert roost("run", path).status == 0
    quarrel.projects["aside"].append(held)
    path.write_text(
        path.read_text() + HIDDEN + ONCE + "hidden('edis' + 'eb')\nimport aside\nprint(aside.__version__)\n"
    )
    done = roost("run", path)
    assert (done.status, done.output) == (0, "2.0\n"), done.errors
    assert effects() == 1


@pytest.mark.thorough
def test_check_names_what_runs_have_added(soup, roost, script):
    path = script(HIDDEN + "print(hidden('puos').__version__)")
    assert roost("check", "--no-build", "--json", path).data["distributions"] == []
    roost("run", path)
    found = roost("check", "--no-build", "--json", path).data
    assert found["distributions"] == ["soup"]
    assert found["requirements"][0]["reason"] == "`import soup` at line 3, while it ran"


@pytest.mark.thorough
def test_a_report_names_what_was_added_by_this_run_and_by_earlier_ones(soup, roost, script):
    path = script(HIDDEN + "print(hidden('puos').__version__)")
    for _ in range(2):
        assert roost("run", "--report", "it.json", path).output == "1.0\n"
        found = json.loads((roost.cwd / "it.json").read_text())["plan"]
        assert found["distributions"] == ["soup"]


@pytest.mark.thorough
def test_what_was_added_to_scripts_that_are_gone_is_forgotten(soup, roost, script):
    path = script(HIDDEN + "print(hidden('puos').__version__)")
    roost("run", path)
    home = homes.locate(roost.environ)
    assert len(list(home.additions.iterdir())) == 2  # by path, by text
    roost("env", "gc")
    assert len(list(home.additions.iterdir())) == 2
    path.unlink()
    roost("env", "gc", "--older-than", "0")
    assert list(home.additions.iterdir()) == []


@pytest.mark.thorough
def test_a_console_script_on_path_is_mended_and_an_added_one_is_found(soup, roost, script):
    soup.add(
        "spoon",
        modules={"spoon.py": "def main():\n    print(__import__('so' + 'up').__version__)\n"},
        scripts={"spoon": "spoon:main"},
    )
    path = script(f"""{HIDDEN}
import subprocess
import time
hidden('noops')
subprocess.run(["spoon"], check=False)
hidden('puos')
subprocess.run(["spoon"], check=True)
""")
    done = roost("run", path)
    assert (done.status, done.output) == (0, "1.0\n"), done.errors


@pytest.mark.thorough
@pytest.mark.parametrize("how", ["-c", "again"])
def test_a_program_that_pip_installs_in_a_child_is_found_at_once(soup, roost, script, how):
    soup.add("spoon", modules={"spoon.py": "def main():\n    print('stirred')\n"}, scripts={"spoon": "spoon:main"})
    text = """
import subprocess, sys
subprocess.run([sys.executable, "-m", "p" + "ip", "install", "-q", "spo" + chr(111) + "n"], check=True)
subprocess.run(["spo" + chr(111) + "n"], check=True)
"""
    for _ in range(2):
        done = roost("run", "-c", text) if how == "-c" else roost("run", script(text))
        assert (done.status, done.output) == (0, "stirred\n"), done.errors


@pytest.mark.network
@pytest.mark.thorough
def test_pandas_gets_its_excel_engine(roost, script):
    path = script(f"""{HIDDEN}{ONCE}
import pandas as pd
frame = pd.DataFrame({{"a": [1, 2]}})
getattr(frame, "to_" + "excel")("".join(["it.", "xls", "x"]), index=False)
print(getattr(pd, "read_" + "excel")("".join(["it.", "xls", "x"]))["a"].sum())
""")
    done = roost("run", path, timeout=300)
    assert (done.status, done.output) == (0, "3\n"), done.errors
    assert len(added(done)) == 1
    assert "added openpyxl" in done.errors


@pytest.mark.network
@pytest.mark.thorough
def test_libraries_that_try_what_they_can_do_without_get_nothing_added(roost, script):
    done = roost("run", script("import requests, httpx, fastapi, pandas, sqlalchemy, jinja2\n"), timeout=300)
    assert (done.status, done.errors) == (0, "")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda site: (site / "roast.py").write_text("def ("), "ImportError: "),
        (lambda site: (site / "roast.py").write_text("from soup import gone\n"), "ImportError: "),
        (lambda site: (site / "soup.py").unlink(), "ModuleNotFoundError: No module named 'soup'"),
    ],
    ids=["cut", "another file", "deleted"],
)
@pytest.mark.thorough
def test_what_looks_like_damage_is_noted_for_the_check(soup, roost, script, damage, said):
    soup.add("roast", "2.0", modules={"roast.py": "import soup\n"}, requires=("soup",))
    path = script("import roast\n")
    assert roost("run", path).status == 0
    environment = next(homes.locate(roost.environ).environments.glob("roast-*"))
    site = next(environment.glob("lib/*/site-packages"))
    for cached in site.glob("__pycache__/[rs]o*"):
        cached.unlink()
    facts = site.stat()
    damage(site)
    os.utime(site, ns=(facts.st_atime_ns, facts.st_mtime_ns))  # else it is found before the start
    done = roost("run", path)
    assert done.status == 1
    assert "_roost" not in done.errors.replace("test_what", "")
    lines = [line.partition("\t") for line in (environment / ".suspect").read_text().splitlines()]
    assert str(site / "roast.py") in {file for file, _, _ in lines}
    assert all(text.startswith(said) for _, _, text in lines)


PLATFORM = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"
CRASH = "import ctypes, os\nif os.path.exists('cut'):\n    ctypes.string_at(0)\nVALUE = 1\n"


@pytest.mark.parametrize("runs", [1, 3])
def test_a_crash_in_compiled_code_is_noted_for_the_check_though_nobody_waits(soup, roost, script, runs):
    soup.add("roast", "2.0", modules={"roast/__init__.py": CRASH}, tag=PLATFORM)
    path = script("import roast\nprint(roast.VALUE)\n")
    for _ in range(runs):
        done = roost("run", path)
        assert (done.status, done.output) == (0, "1\n"), done.errors
    environment = next(homes.locate(roost.environ).environments.glob("roast-*"))
    assert (environment / ".suspect").read_text() == ""
    (roost.cwd / "cut").touch()
    assert roost("run", path).status == -signal.SIGSEGV
    said = (environment / ".suspect").read_text()
    assert said.startswith("Fatal Python error: Segmentation fault")
    assert "site-packages/roast/__init__.py" in said


@pytest.mark.thorough
def test_a_script_that_watches_for_crashes_itself_sees_them(soup, roost, script):
    soup.add("roast", "2.0", modules={"roast/__init__.py": CRASH}, tag=PLATFORM)
    path = script("import faulthandler\nfaulthandler.enable()\nimport roast\n")
    (roost.cwd / "cut").touch()
    for environ in ({}, {"PYTHONFAULTHANDLER": "1"}):
        done = roost("run", path, **environ)
        assert "Fatal Python error" in done.errors


@pytest.mark.thorough
def test_an_ordinary_failure_is_no_damage(soup, roost, script):
    roost("run", script("import soup\nsoup.__version__ / 2\n"))
    environment = next(homes.locate(roost.environ).environments.glob("soup-*"))
    assert not (environment / ".suspect").exists()


@pytest.mark.thorough
def test_finders_that_come_later_are_asked_first(soup, roost, script):
    soup.add("lazy", modules={"lazy.py": """
import sys, types
from importlib.machinery import ModuleSpec
class Finder:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name.startswith("lazy_") else None
    def create_module(self, spec): return types.ModuleType(spec.name)
    def exec_module(self, module): module.VALUE = 7
sys.meta_path.append(Finder())
"""})  # fmt: skip
    done = roost("run", "--with", "lazy", script(HIDDEN + "import lazy\nprint(hidden('dna_yzal').VALUE)"))
    assert (done.output, done.errors) == ("7\n", "")


@pytest.mark.thorough
def test_a_notebook_s_cells_are_mended_and_told_the_same(soup, roost, script):
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source} for source in (
        HIDDEN, "print(hidden('puos').__version__)", "try:\n    hidden('daerb')\nexcept ImportError:\n    print('without')",
        "hidden('ereht_ton')")]  # fmt: skip
    path = script(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), "it.ipynb")
    done = roost("run", path)
    assert (done.status, done.output) == (1, "1.0\nwithout\n"), done.errors
    assert len(added(done)) == 1
    assert done.errors.partition("No module named 'not_there'\n")[2].startswith("roost: `not_there` ")


EFFECTS = """
import urllib.request
print("printed", flush=True)
open("written", "a").write("x")
urllib.request.urlopen({url!r} + "simple/sent/").close()
"""


@pytest.mark.parametrize(("kind", "times"), [("addition", 1), ("new start", 2), ("refusal", 1)])
@pytest.mark.thorough
def test_how_often_what_came_before_is_done(quarrel, roost, script, kind, times):
    quarrel.add("sent")  # its page is what the request asks for
    path = remembered_old(roost, script, quarrel)
    wanted = {"addition": "htorb", "new start": "hserf", "refusal": "ereht_ton"}[kind]
    path.write_text(BLOCK.format("") + HIDDEN + EFFECTS.format(url=quarrel.url) + f"import old\nhidden('{wanted}')\n")
    done = roost("run", path)
    assert done.status == (kind == "refusal"), done.errors
    assert done.output.count("printed") == times
    assert len((roost.cwd / "written").read_text()) == times
    assert len([one for one in quarrel.asked if one == "/simple/sent/"]) == times


@pytest.mark.thorough
def test_pip_inside_a_script_may_name_an_index(soup, roost, script):
    elsewhere, server = indexes.serve()
    try:
        elsewhere.add("gravy", "4.0")
        path = script(f"""
import subprocess, sys
url = {elsewhere.url!r} + "simple/"
subprocess.run([sys.executable, "-m", "p" + "ip", "install", "-q", "gra" + chr(118) + "y", "--extra-index-url", url], check=True)
print(__import__("gra" + chr(118) + "y").__version__)
""")
        done = roost("run", path)
        assert (done.status, done.output) == (0, "4.0\n"), done.errors
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.thorough
def test_a_program_on_standard_input_starts_again_from_its_beginning(quarrel, roost, script):
    remembered_old(roost, script, quarrel)
    done = roost("run", "-", stdin=BLOCK.format("") + NEW)
    assert (done.status, done.output) == (0, "1\n2\n2\n"), done.errors


@pytest.mark.thorough
def test_a_signal_handler_may_import_while_its_thread_waits_for_an_answer(soup, roost, script):
    asked = soup.hold("soup")
    path = script(f"""{HIDDEN}
import os, signal
signal.signal(signal.SIGUSR1, lambda *_: print("handler", hidden('daerb').__version__, flush=True))
print(os.getpid(), flush=True)
print(hidden('puos').__version__, flush=True)
""")
    process = roost.start("run", path)
    number = int(process.stdout.readline())
    assert asked.wait(60)
    os.kill(number, signal.SIGUSR1)
    time.sleep(0.5)
    soup.release("soup")
    output, errors = process.communicate(timeout=60)
    assert sorted(output.splitlines()) == ["1.0", "handler 3.0"], errors
