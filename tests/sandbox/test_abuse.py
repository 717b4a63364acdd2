"""What a hostile script tries beside the plain cases: nothing goes through at the strong tiers, and the machine does not notice."""

from __future__ import annotations

import json
import os
import pty
import select
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.sandbox.test_running import alive

pytestmark = pytest.mark.thorough
STRONG = ("landlock", "bubblewrap", "docker", "docker:runsc")
GVISOR_ITSELF = {  # what its own kernel grants, of itself: the machine's is not asked
    "an own mount namespace", "an own user namespace", "another root", "rights of the file's group", "rights of the file's owner",
}  # fmt: skip
WEAK = ("none", "limits")
OPEN = {  # these are no boundary: what nothing stops there, run by root; what is not named here is stopped
    "a file outside through /proc/self/cwd", "a file outside through /proc/self/root", "a file outside through a symbolic link", "a link to a file outside",
    "an own mount namespace", "an own user namespace", "another root", "descriptors of a process outside", "leaving the control group ",
    "leaving the control group memory", "leaving the control group pids", "leaving the control group unified", "memory of a process outside",
    "packets of any kind", "ptrace attach", "rights of the file's group", "rights of the file's owner", "root of a process outside",
    "signal 0 to a process outside", "the kernel's log", "variables of a process outside", "variables of the parent", "virtual machine sockets",
    "working folder of a process outside", "an abstract socket outside", "the socket of Docker", "physical memory", "ptrace seize",
}  # fmt: skip
HOSTILE = Path(__file__).with_name("hostile.py").read_text()


@pytest.fixture
def victim():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], env={"SECRET": "CANARY"})
    yield process
    process.kill()
    process.wait()


@pytest.fixture
def outside(victim, tmp_path):
    """Give what there is to be reached outside: a process, an abstract socket, a file."""
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY")
    name = f"roost-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind("\0" + name)
        listening.listen()
        yield victim.pid, name, secret


@pytest.mark.parametrize("tier", STRONG)
def test_no_way_leads_out(roost, script, works, victim, outside, tier):  # noqa: PLR0917  # fixtures
    works(tier)
    before = Path("/proc/sys/kernel/core_pattern").read_text(), socket.gethostname()
    ran = roost("run", "--sandbox", tier, script(HOSTILE), *outside, API_KEY="CANARY")
    assert ran.status == 0, ran.errors
    assert set(json.loads(ran.output)) <= (GVISOR_ITSELF if tier == "docker:runsc" else set())
    assert victim.poll() is None
    assert "T" not in Path(f"/proc/{victim.pid}/stat").read_text().rpartition(") ")[2][:1]
    assert (Path("/proc/sys/kernel/core_pattern").read_text(), socket.gethostname()) == before


@pytest.mark.parametrize("tier", WEAK)
def test_what_leads_out_of_a_tier_that_is_no_boundary_is_known(roost, script, works, victim, outside, tmp_path, tier):  # noqa: PLR0917  # fixtures
    """What would harm the machine is left out. The rest holds there too: no descriptor of ours, no terminal, no core."""
    works(tier)
    work = tmp_path / "cell"
    work.mkdir()
    words = (script(HOSTILE), *outside, "harmless")
    ran = roost("run", "--sandbox", tier, "--workdir", work, *words, API_KEY="CANARY")
    assert ran.status == 0, ran.errors
    assert set(json.loads(ran.output)) <= OPEN
    assert victim.poll() is None


@pytest.mark.parametrize("tier", [*WEAK, *STRONG])
def test_what_is_planted_among_an_environments_start_files_is_never_obeyed(roost, script, works, index, tier):
    works(tier)
    index.add("soup", "1.0")
    plant = script(
        "import os, site, sys, soup\n"
        "for place, name in ((site.getsitepackages()[0], 'evil.pth'), (site.getsitepackages()[0], 'sitecustomize.py'), (sys.prefix, 'evil.pth')):\n"
        "    try:\n        os.chmod(place, 0o700)\n    except OSError:\n        pass\n"
        "    try:\n        open(os.path.join(place, name), 'w').write('import sys; sys.stdout.write(\"planted\\\\n\")\\n')\n"
        "    except OSError:\n        pass\n"
        "print(soup.__version__)\n"
    )
    ran = roost("run", "--sandbox", tier, plant)
    assert (ran.status, ran.output) == (0, "1.0\n"), ran.errors
    for _ in range(2):
        after = roost("run", "--sandbox", tier, script("import soup\nprint(soup.__version__)\n", "after.py"))
        assert (after.status, after.output) == (0, "1.0\n"), after.errors


@pytest.mark.parametrize("tier", ["limits", *STRONG])
def test_what_is_planted_in_the_home_is_gone_with_the_run(roost, script, works, tier):
    works(tier)
    plant = script(
        "import os, site\nhome = os.path.expanduser('~')\n"
        "for place in (site.getusersitepackages(), home):\n    os.makedirs(place, exist_ok=True)\n"
        "    open(os.path.join(place, 'usercustomize.py'), 'w').write('print(\"planted\")')\n"
        "open(os.path.join(home, '.bashrc'), 'w').write('echo planted')\nprint(home)\n"
    )
    ran = roost("run", "--sandbox", tier, plant)
    assert ran.status == 0, ran.errors
    after = roost(
        "run", "--sandbox", tier, script("import os\nprint(os.listdir(os.path.expanduser('~')))\n", "after.py")
    )
    assert "usercustomize" not in after.output
    assert "planted" not in after.output
    assert not list(Path(roost.environ["HOME"]).rglob("usercustomize.py"))


@pytest.mark.parametrize("tier", [*WEAK, *STRONG])
def test_a_crash_leaves_no_core(roost, script, works, tmp_path, tier):
    works(tier)
    work = tmp_path / "cell"
    work.mkdir()
    ran = roost("run", "--sandbox", tier, "--workdir", work, script("import os\nos.abort()\n"))
    assert ran.status == 134
    assert list(work.iterdir()) == []


@pytest.mark.parametrize("tier", ["limits", *STRONG])
def test_nothing_is_typed_into_our_terminal(environ, script, works, tmp_path, tier):
    works(tier)
    path = script(
        "import fcntl, os\n"
        "for number in (0, 1, 2):\n"
        "    try:\n        [fcntl.ioctl(number, 0x5412, bytes([letter])) for letter in b'echo typed\\n']\n        print('typed')\n"
        "    except OSError:\n        print('refused')\n"
        "print('\\x1b]0;title\\x07\\x1b[2Jcleared')\n"
    )
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        os.execve(Path(sys.executable).parent / "roost", ["roost", "run", "--sandbox", tier, str(path)], environ)
    said = b""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            if select.select([terminal], [], [], 1)[0]:
                said += os.read(terminal, 4096)
        except OSError:
            break
    os.waitpid(child, 0)
    os.close(terminal)
    text = said.decode()
    assert text.count("refused") == 3, text
    assert "typed" not in text.replace("refused", "")
    assert "\x1b" not in text.partition("refused")[2]
    assert "\\x1b]0;title\\x07" in text


@pytest.mark.parametrize("tier", [*WEAK, *STRONG])
def test_a_folder_that_becomes_a_link_is_not_followed(roost, script, works, tmp_path, tier):
    works(tier)
    secret = tmp_path / "secrets"
    secret.mkdir()
    (secret / "key.txt").write_text("CANARY")
    out = tmp_path / "mine"
    out.mkdir()
    path = script(
        f"import os, subprocess, sys\nos.symlink({str(secret)!r}, 'out')\nos.mkfifo('pipe.txt')\n"
        "with open('sparse.bin', 'wb') as file:\n    file.truncate(200 << 20)\n"
        "subprocess.Popen([sys.executable, '-c', "
        '\'import os\\nwhile True:\\n    os.rename("out", "other"); os.mkdir("out"); os.rmdir("out"); os.rename("other", "out")\'], start_new_session=True)\n'
    )
    ran = roost("run", "--sandbox", tier, "--out", "out", "--out", "pipe.txt", "--out", "sparse.bin", path, cwd=out)
    assert "CANARY" not in "".join(file.read_text() for file in out.rglob("*") if file.is_file())
    assert not (out / "pipe.txt").exists()
    assert not (out / "sparse.bin").exists()
    assert "most of it is a hole" in ran.errors


@pytest.mark.parametrize("tier", ["limits", *STRONG])
def test_a_flood_of_threads_processes_and_orphans_ends(roost, script, works, tier):
    works(tier)
    mark = f"flood-{os.getpid()}-{tier}"
    path = script(
        "import os, threading, time\n"
        "def wait():\n    time.sleep(30)\n"
        "try:\n    for _ in range(2000):\n        threading.Thread(target=wait, daemon=True).start()\nexcept RuntimeError:\n    pass\n"
        "for _ in range(500):\n    try:\n        if os.fork() == 0:\n            os.setsid()\n"
        f"            os.execlp('sleep', {mark!r}, '30')\n    except OSError:\n        pass\n"
    )
    begin = time.monotonic()
    ran = roost("run", "--sandbox", tier, "--processes", "64", "--timeout", "5", path)
    assert ran.status >= 0
    assert time.monotonic() - begin < 30
    assert alive(mark) == []


@pytest.mark.parametrize("tier", STRONG)
def test_no_file_that_runs_with_its_owners_rights_is_left(roost, script, works, tmp_path, tier):
    works(tier)
    work = tmp_path / "workdir"
    work.mkdir()
    work.chmod(0o777)
    path = script("import os\nopen('s', 'w').close()\ntry:\n    os.chmod('s', 0o6755)\nexcept OSError:\n    pass\n")
    assert roost("run", "--sandbox", tier, "--workdir", work, path).status == 0
    assert (work / "s").stat().st_mode & 0o7000 == 0
