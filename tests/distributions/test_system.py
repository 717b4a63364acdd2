"""What a build's log misses of the system has a Debian package."""

from __future__ import annotations

import pytest

from roost.distributions import faults
from roost.distributions.system import packages


@pytest.mark.covers("B5")
@pytest.mark.parametrize(
    ("log", "found"),
    [
        ("src/a.c:1:10: fatal error: Python.h: No such file or directory", "python3-dev"),
        ("x.c:3:10: fatal error: libxml/xpath.h: No such file or directory", "libxml2-dev"),
        ("fatal error: 'ffi.h' file not found", "libffi-dev"),
        ("Error: pg_config executable not found.", "libpq-dev"),
        ("/bin/sh: 1: mysql_config: not found", "default-libmysqlclient-dev"),
        ("FileNotFoundError: [Errno 2] No such file or directory: 'krb5-config'", "libkrb5-dev"),
        ("error: command 'gcc' failed: No such file or directory", "build-essential"),
        ("error: command '/usr/bin/x86_64-linux-gnu-gcc' failed: No such file or directory", "build-essential"),
        ("unable to execute 'swig': No such file or directory", "swig"),
        ('Dependency "dbus-1" not found, tried pkgconfig', "libdbus-1-dev"),
        ("No package 'cairo' found\nPackage cairo was not found in the pkg-config search path", "libcairo2-dev"),
        ("error: can't find Rust compiler", "rustc cargo"),
        ("The headers or library files could not be found for jpeg,", "libjpeg-dev"),
        ("CMake must be installed to build this package", "cmake build-essential"),
        ("ERROR: Unknown compiler(s): [['gfortran'], ['flang']]", "gfortran"),
        ("nothing of this kind: SyntaxError", ""),
    ],
)
def test_a_log_leads_to_packages(log, found):
    assert " ".join(packages(log)) == found


def test_the_hint_can_be_copied():
    said = "error: Failed to build `soup==1.0`\n  cause: a.c:1:10: fatal error: zlib.h: No such file or directory\n"
    assert faults.classify(said, what="it").hints == (
        "the build misses something of the system: `apt install zlib1g-dev`",
    )
    said = said.replace("zlib.h", "strange/soup.h")
    assert faults.classify(said, what="it").hints == (
        "the build misses `strange/soup.h`: `apt-file search strange/soup.h` says which package has it",
    )
