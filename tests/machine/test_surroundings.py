"""Where roost must also work: under cron, as somebody whose home cannot be written, without uv on PATH."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from roost.version import __version__
from tests.machine.conftest import machines
from tests.machine.debian import Machine, network

pytestmark = pytest.mark.machine

CHECKOUT = "/home/user/roost"
ROOST = f"{CHECKOUT}/.venv/bin/roost"
SOMEBODY = 4321  # not in the password database
SCRIPT = "import os, sys\nprint('ran', *sys.argv[1:], os.getuid())\n"


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """A machine where root has set the checkout up."""
    with machines() as new:
        machine = new("python3")
        ran = machine.run(
            "./roost --version",
            cwd=CHECKOUT,
            environ={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root"} | network(),
        )
        assert (ran.stdout, ran.returncode) == (f"roost {__version__}\n", 0), ran.stderr
        machine.write("/srv/it.py", SCRIPT)
        yield machine


def test_cron_has_no_home_no_terminal_and_a_short_path(machine):
    ran = machine.run(
        f"{ROOST} --version && {ROOST} run /srv/it.py a",
        environ={"PATH": "/usr/bin:/bin", "SHELL": "/bin/sh", "LOGNAME": "root"},
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == f"roost {__version__}\nran a 0\n"


def test_an_empty_environment_is_enough(machine):
    ran = machine.run(f"env -i {ROOST} run /srv/it.py")
    assert (ran.stdout, ran.returncode) == ("ran 0\n", 0), ran.stderr


@pytest.mark.parametrize("home", ["/home/locked", "/nonexistent", ""])
def test_somebody_else_whose_home_cannot_be_written(home, machine):
    (machine.root / "home/locked").mkdir(mode=0o555, exist_ok=True)
    ran = machine.run(
        f"{ROOST} run /srv/it.py", uid=SOMEBODY, environ={"PATH": "/usr/bin:/bin"} | ({"HOME": home} if home else {})
    )
    assert (ran.stdout, ran.returncode) == (f"ran {SOMEBODY}\n", 0), ran.stderr


def test_a_checkout_that_cannot_be_written_is_used_as_it_is(machine):
    ran = machine.run("./roost --version", uid=SOMEBODY, cwd=CHECKOUT, environ={"PATH": "/usr/bin:/bin"})
    assert (ran.stdout, ran.stderr, ran.returncode) == (f"roost {__version__}\n", "", 0)


def test_a_checkout_that_cannot_be_set_up_says_so(machine):
    stamp = machine.root / CHECKOUT.lstrip("/") / ".roost-dev/stamps/pyproject.toml.stamp"
    kept = stamp.read_text()
    stamp.unlink()
    try:
        ran = machine.run("./roost --version", uid=SOMEBODY, cwd=CHECKOUT, environ={"PATH": "/usr/bin:/bin"})
    finally:
        stamp.write_text(kept)
    assert ran.returncode == 73
    assert ran.stderr.startswith(f"error: cannot write `{CHECKOUT}/.roost-dev/")


def test_a_link_needs_nothing_on_path(machine):
    (machine.root / "usr/local/bin/roost").symlink_to(ROOST)
    ran = machine.run("exec /usr/local/bin/roost --version", environ={"PATH": "/nowhere"})
    assert (ran.stdout, ran.returncode) == (f"roost {__version__}\n", 0), ran.stderr
