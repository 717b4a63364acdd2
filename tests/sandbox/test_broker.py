"""A script in a sandbox gets what it finds missing while it runs; what is hostile gets nothing, however often it asks."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.distributions import Options
from roost.home import Home
from roost.runs import Prepared, adding, brokering
from roost.sandbox import broker, probing, watching
from roost.settings import Settings
from tests import parts

TIERS = ("none", "limits", "landlock", "bubblewrap", "docker")
STRONG = TIERS[2:]
HIDDEN = "import sys\ndef hidden(name):\n    return __import__(''.join(reversed(name)))\n"  # what reading cannot see
pytestmark = pytest.mark.thorough


@pytest.fixture(autouse=True)
def _works(request: pytest.FixtureRequest, environ: dict[str, str]) -> None:
    tier = request.node.callspec.params.get("tier") if hasattr(request.node, "callspec") else None
    if tier == "docker":
        environ |= {name: value for name, value in os.environ.items() if name.startswith("DOCKER_")}
    if tier and not (found := probing.standing(tier)).works:
        parts.missing(found.why)


@pytest.fixture
def soup(index):
    index.add("soup", "1.0")
    index.add("stew", "2.0", requires=("soup",))
    index.add("bread", "3.0")
    return index


@pytest.mark.covers("D2")
@pytest.mark.parametrize("tier", TIERS)
def test_a_missing_import_is_mended_where_it_fails(soup, roost, script, tier):
    path = script(
        HIDDEN + "import bread\nprint('once')\nsoup = hidden('puos')\nprint(soup.__version__, soup.__file__)\n"
    )
    net = {"none": ["--timeout", "60"], "limits": []}.get(tier, ["--net", "none"])
    done = roost("run", "--sandbox", tier, *net, path)
    assert done.status == 0, done.errors
    first, second = done.output.splitlines()
    assert (first, second[:4]) == ("once", "1.0 ")
    assert "note: added soup 1.0 (`import soup` at line 3, while it ran)" in done.errors
    again = roost("run", "--sandbox", tier, *net, path)
    assert (again.status, again.output.splitlines()[1][:4]) == (0, "1.0 ")
    assert "added" not in again.errors


WAYS = {
    "a fork": """
import os
child = os.fork()
if not child:
    print(hidden('puos').__version__, flush=True); os._exit(0)
os.waitpid(child, 0)
print(hidden('puos').__version__)""",
    "a child that is spawned": """
import subprocess
subprocess.run([sys.executable, "-c", "print(__import__('so' + 'up').__version__)"], check=True)
print(hidden('puos').__version__)""",
    "processes of multiprocessing": """
import multiprocessing, os
def work(name): return __import__(''.join(reversed(name))).__version__
if __name__ == "__main__":
    for way in ("fork", "spawn"):
        context = multiprocessing.get_context(way)
        child, ours = [], context.SimpleQueue()
        with context.Pool(2) as pool:
            print(pool.map(work, ["puos"])[0])""",
    "a thread": """
import threading
def work(): print(hidden('puos').__version__)
thread = threading.Thread(target=work); thread.start(); thread.join(); work()""",
    "pip": """
import subprocess
subprocess.run([sys.executable, "-m", "p" + "ip", "install", "-q", "".join(["so", chr(117), "p>=1"])], check=True)
print(hidden('puos').__version__); print(hidden('puos').__version__)""",
    "what needs more": "print(hidden('wets').__version__[0] + '.0'.replace('2', '1')) or print(hidden('puos').__version__)",
}


@pytest.mark.parametrize("way", [pytest.param(way, id=name) for name, way in WAYS.items()])
@pytest.mark.parametrize("tier", STRONG)
def test_whoever_of_the_script_asks(soup, roost, script, tier, way):
    if tier == "landlock" and "multiprocessing" in way:
        pytest.skip("it has no place for semaphores there")
    done = roost("run", "--sandbox", tier, script(HIDDEN + way))
    assert done.status == 0, done.errors
    assert done.output.replace("2.0", "1.0") == "1.0\n1.0\n"


@pytest.mark.parametrize("tier", STRONG)
def test_another_version_of_something_imported_is_a_new_start(soup, roost, script, tier):
    soup.add("old", "1.0", history=False)
    path = script('# /// script\n# dependencies = ["old"]\n# ///\nimport old\n')
    assert roost("run", path).status == 0
    soup.add("old", "2.0")
    soup.add("fresh", requires=("old>=2",))
    path.write_text(f"{path.read_text()}{HIDDEN}print(old.__version__, flush=True)\nhidden('hserf')\n")
    done = roost("run", "--sandbox", tier, path)
    assert (done.status, done.output) == (0, "1.0\n2.0\n"), done.errors
    assert "`old` 1.0 is imported, and `fresh` goes with 2.0 of it: the script starts again" in done.errors


@pytest.mark.parametrize("tier", STRONG)
def test_many_forks_ask_at_once_and_it_is_added_once(soup, roost, script, tier):
    path = script(f"""{HIDDEN}
import os
children = []
for _ in range(30):
    child = os.fork()
    if not child:
        print(hidden('puos').__version__, flush=True); os._exit(0)
    children.append(child)
for child in children: os.waitpid(child, 0)
""")
    done = roost("run", "--sandbox", tier, path)
    assert done.output == "1.0\n" * 30, done.errors
    assert done.errors.count("added soup") == 1


def test_a_library_gets_its_engine_in_a_sandbox_too(soup, roost, script):
    engine = "def read():\n    import importlib\n    return importlib.import_module('so' + 'up').__version__\n"
    modules = {"pandas/__init__.py": "", "pandas/compat/__init__.py": "", "pandas/compat/_optional.py": engine}
    soup.add("pandas", modules=modules)
    path = script("import pandas.compat._optional\nprint(pandas.compat._optional.read())\n")
    done = roost("run", "--sandbox", "landlock", "--with", "pandas", path)
    assert (done.status, done.output) == (0, "1.0\n"), done.errors
    assert "added soup 1.0 (`pandas` loads `soup`, while it ran)" in done.errors


@pytest.mark.parametrize("tier", ["limits", *STRONG])
def test_what_is_not_trusted_stays_out_and_only_our_user_hears_why(soup, roost, script, tier):
    soup.add("nova", history=False)  # one release, nothing else known of it
    soup.add("raw", source_only=True)
    asked = [
        ["nova"], ["git+https://example.org/nova"], ["soup @ https://example.org/soup-1.0-py3-none-any.whl"],
        ["-i", "https://example.org/simple", "soup"], ["./soup"], ["raw"], ["stew", "nova"],
    ]  # fmt: skip
    turned = [[word[::-1] for word in words] for words in asked]  # reading would find them before the start
    path = script(f"""{HIDDEN}
import subprocess
for name in ("avon", "war", "gnihton"):
    try:
        hidden(name)
    except Exception as error:
        print(repr(error))
    print(hidden("dnem_tsoor_").RUN.told[name[::-1]])
for words in {turned!r}:
    command = [sys.executable, "-m", "p" + "ip", "install", *(word[::-1] for word in words)]
    done = subprocess.run(command, capture_output=True, text=True)
    print(done.returncode, done.stderr.splitlines()[0])
""")
    done = roost("run", "--sandbox", tier, path)
    assert done.status == 0, done.errors
    lines = done.output.splitlines()
    assert lines[:6] == [
        line
        for name in ("nova", "raw", "nothing")
        for line in (f'ModuleNotFoundError("No module named {name!r}")', "refused")
    ]
    assert [line[:1] for line in lines[6:]] == ["1"] * len(asked)
    assert all("refused" in line or "cannot work here" in line or "gave no answer" in line for line in lines[6:]), lines
    assert (
        "`nova` was not added: `nova` on the index has `nova`, but it was not installed unasked: it has 1 release"
        in done.errors
    )
    assert "added" not in done.errors.replace("was not added", "")
    assert "nova" not in roost("env", "list").output
    assert "no question" not in done.errors
    allowed = roost("run", "--sandbox", tier, "--allow", "nova", script(f"{HIDDEN}print(hidden('avon').__version__)\n"))
    assert (allowed.status, allowed.output) == (0, "1.0\n"), allowed.errors


CLIENT = """
import json, os, sys
pipe = os.environ["ROOST_RUN"].split("|")[1]
def ask(number, name, **more):
    request = {"ask": "import", "name": name, "full": name, "engine": None, "places": [], "protocol": 1,
               "number": str(number), "environment": sys.prefix, "modules": []}
    request.update(more)
    send(json.dumps(request).encode())
def send(document, length=None):
    descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    try:
        os.write(descriptor, (len(document) if length is None else length).to_bytes(4, "big") + document)
    finally:
        os.close(descriptor)
def closed():
    import time
    for _ in range(1000):
        try:
            os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        except OSError:
            return True
        time.sleep(0.01)
    return False
"""


@pytest.mark.parametrize("tier", ["limits", *STRONG])
def test_ten_thousand_questions_end_in_a_limit(soup, roost, script, tier):
    path = script(f"""{CLIENT}
import signal
went = 0
for number in range(10_000):
    try:
        ask(number, f"nothing{{number % 5000}}")
        went += 1
    except OSError:
        pass
print(went < 1000, closed())  # a pipe holds some more
answers = os.path.dirname(pipe) + "/answers"
found = [open(f"{{answers}}/{{name}}", "rb").read()[4:] for name in os.listdir(answers)]
print(len(found), set(found))
try:
    __import__("so" + "up")
except ModuleNotFoundError as error:
    print(error)
""")
    done = roost("run", "--sandbox", tier, path)
    expected = "True True\n100 {b'{\"why\": \"refused\"}'}\nNo module named 'soup'\n"
    assert (done.status, done.output) == (0, expected), done.errors
    assert len({path for path in soup.asked if "nothing" in path}) <= broker.NAMES
    assert done.errors.count("was not added") == broker.NAMES
    assert done.errors.count("the script asked roost for more than 20 names") == 1
    assert "the script asked roost for more than 100 additions" in done.errors


HOSTILE = {
    "garbage": "send(b'', 0xffff0000)",
    "a length of nothing": "send(b'', 0)",
    "no JSON": "send(b'x' * 100)",
    "deep JSON": "send(b'[' * 4000)",
    "half a question that never ends": "send(b'{', 4000); [send(b'x' * 4000) for _ in range(3)]",
    "a path in a name": "ask(1, '../../etc/passwd')",
    "an option in a name": "ask(1, '--index-url')",
    "escapes in a name": "ask(1, 'soup\\n\\x1b[31m')",
    "a path for the answer": "ask('../../../1', 'soup')",
    "another protocol": "ask(1, 'soup', protocol=True)",
    "words of its own": "ask(1, 'soup', options=['allow:nova'])",
    "no places": "ask(1, 'soup', places=[['/etc/passwd', 1.5]])",
}


@pytest.mark.parametrize("tier", ["bubblewrap"])
@pytest.mark.parametrize("words", [pytest.param(words, id=name) for name, words in HOSTILE.items()])
def test_what_no_hook_writes_ends_all_answers(soup, roost, script, tier, words):
    before = len(soup.asked)
    path = script(
        f"{CLIENT}\n{words}\nprint(closed())\ntry: __import__('so' + 'up')\nexcept ImportError: print('no')\n"
    )
    done = roost("run", "--sandbox", tier, path)
    assert (done.status, done.output) == (0, "True\nno\n"), done.errors
    assert "wrote to roost's broker what is no question" in done.errors
    assert not [one for one in soup.asked[before:] if "soup" in one or "passwd" in one]


@pytest.mark.parametrize("tier", STRONG)
def test_what_was_added_can_only_be_read(soup, roost, script, tier):
    path = script(f"""{HIDDEN}
import os
soup = hidden('puos')
seen = os.path.dirname(os.environ["ROOST_RUN"].split("|")[1])
def tried(what):
    try:
        what()
        return "done"
    except OSError:
        return "no"
print(tried(lambda: open(soup.__file__, "a")), tried(lambda: os.unlink(soup.__file__)))
for folder in ("", "/answers", "/additions", "/environments"):
    print(tried(lambda: open(seen + folder + "/x", "w")), tried(lambda: os.mkdir(seen + folder + "/y")))
print(tried(lambda: os.unlink(seen + "/ask")), tried(lambda: os.rename(seen + "/answers", seen + "/a")))
print(sorted(os.listdir(seen)), os.path.exists(os.path.dirname(seen) + "/notes"))
""")
    done = roost("run", "--sandbox", tier, path)
    assert done.status == 0, done.errors
    *lines, last = done.output.splitlines()
    assert set(" ".join(lines).split()) == {"no"}
    assert last.startswith("['additions', 'answers', 'ask', 'environments']")


def test_as_much_as_a_run_may_have_added(soup, roost, script):
    soup.add("giant")
    soup.sizes["giant-1.0-py3-none-any.whl"] = 2 << 30
    done = roost("run", "--sandbox", "landlock", script(f"{HIDDEN}hidden('tnaig')\n"))
    assert done.status == 1
    assert "`giant` was not added: 2048 MiB would be added: a run in a sandbox may have 1024 MiB added" in done.errors


def test_what_an_index_does_not_say_the_size_of_is_asked_for(soup, roost, script):
    soup.forms = ("html",)
    asked = ["--sandbox", "landlock", *(f"--allow={name}" for name in ("soup", "giant", "vast"))]
    soup.add("giant")
    soup.sizes["giant-1.0-py3-none-any.whl"] = 2 << 30
    done = roost("run", *asked, script(f"{HIDDEN}hidden('puos')\nhidden('tnaig')\n"))
    assert done.status == 1
    assert "added soup 1.0" in done.errors
    assert "`giant` was not added: 2048 MiB would be added" in done.errors
    soup.add("vast")
    soup.sizes["vast-1.0-py3-none-any.whl"] = "chunked"  # a server that does not know it itself
    done = roost("run", *asked, script(f"{HIDDEN}hidden('tsav')\n"))
    assert done.status == 1
    assert "`vast` was not added: nobody says how large `vast-1.0-py3-none-any.whl` is" in done.errors


def test_with_mending_off_nobody_is_asked(soup, roost, script):
    done = roost("run", "--sandbox", "landlock", "--mend", "off", script(f"{HIDDEN}hidden('puos')\n"))
    assert done.status == 1
    assert "`soup` is not in the environment" in done.errors
    assert "/simple/soup/" not in soup.asked


def until(condition, seconds: float = 20):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def left(home: Path) -> list[str]:
    return [path.name for path in (home / "data" / "environments").iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("victim", ["roost", "the script", "the broker"])
@pytest.mark.parametrize("tier", ["landlock", "bubblewrap"])
def test_a_kill_while_something_is_added_leaves_nothing(soup, roost, script, home, tier, victim):  # noqa: PLR0917  # a table's columns
    path = script(f"{HIDDEN}print('there', flush=True)\nprint(hidden('puos').__version__)\n")
    asked = soup.hold("/files/soup")
    running = roost.start("run", "--sandbox", tier, path)
    assert asked.wait(30)
    every = watching.descendants(running.pid)
    words = {one: Path(f"/proc/{one}/cmdline").read_bytes() for one in (running.pid, *every)}
    answers = next(one for one in every if b"brokering" in words[one])
    asks = [one for one in every if b"it.py" in words[one] and words[one] != words[running.pid]]
    os.kill({"roost": running.pid, "the broker": answers, "the script": asks[-1]}[victim], signal.SIGKILL)
    soup.release("/files/soup")
    output, errors = running.communicate(timeout=30)
    assert "1.0" not in output
    if victim == "the broker":
        assert "No module named 'soup'" in errors
        assert "roost: refused" in errors
    until(lambda: not [one for one in every if Path(f"/proc/{one}").exists()])
    done = roost("run", "--sandbox", tier, path)
    assert done.output == "there\n1.0\n", done.errors
    assert left(home) == []


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(sorted(broker._KEYS["import"])), inner),
    ).map(lambda value: json.dumps(value).encode())
)
def test_whatever_is_written_is_a_question_or_is_not(document):
    with contextlib.suppress(broker.Unfit):
        broker.read(document)


def test_a_question_is_read():
    asked = {
        "ask": "import", "name": "soup", "full": "soup.hot", "engine": "pandas", "places": [["/a b", 3]], "protocol": 1, "number": "17",
        "environment": "/e", "modules": ["os", "_x"],
    }  # fmt: skip
    found = broker.read(json.dumps(asked).encode())
    assert (found.name, found.full, found.places, found.modules) == ("soup", "soup.hot", (("/a b", 3),), ("os", "_x"))
    assert found.names == {"soup"}
    asked = {"ask": "install", "requirements": ["Soup_Hot[x] >=1, <2"], "indexes": [], "protocol": 1, "number": "1",
             "environment": "/e", "modules": None}  # fmt: skip
    assert broker.read(json.dumps(asked).encode()).names == {"soup-hot"}


def test_where_nothing_can_be_written_nothing_is_added_and_this_is_said(tmp_path):
    (tmp_path / "data").write_text("no folder")
    home = Home(tmp_path / "config", tmp_path / "data", tmp_path / "state", tmp_path / "cache")
    prepared = Prepared(None, None, None, run="1|/bin/roost|/e/soup|/a|allow:nova,quiet|=3-4")
    with brokering.opened(prepared, home=home, settings=Settings(), options=Options()) as way:
        assert (way.variable, way.readable, way.pipes) == ("1||/e/soup||quiet|=3-4", (), ())
        assert "nothing can be added while it runs" in way.notes()[0]


def test_what_takes_too_long_is_interrupted():
    began = time.monotonic()
    with pytest.raises(adding._Late), adding._patience(1):
        time.sleep(30)
    assert time.monotonic() - began < 20
