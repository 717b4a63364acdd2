"""Dockerfiles that roost writes are built and run."""

from __future__ import annotations

import pytest

from tests.machine.docker import BASE, daemon

pytestmark = [pytest.mark.machine, pytest.mark.slow]


@pytest.mark.covers("C7 docker")
def test_an_exported_dockerfile_builds_and_its_image_runs_the_script(index, roost, script):
    index.add("soup", "2.0", requires=("stock>=1",), modules={"soup.py": "import stock\n"})
    index.add("soup", "3.0", requires=("stock>=1",), modules={"soup.py": "import stock\n"})
    index.add("stock", "1.4")
    script("NAME = 'cook'\n", "names/local.py")
    path = script(
        "# /// script\n# requires-python = '==3.11.*'\n# dependencies = ['soup<3']\n# ///\n"
        "import os\nimport soup\nfrom names import local\n"
        "print(soup.stock.__version__, local.NAME, os.getuid(), os.getcwd())\n",
        "dinner party.py",
    )
    done = roost("env", "export", path, "--format", "dockerfile", "--output", "Dockerfile")
    assert (done.status, done.errors) == (0, "")
    with daemon() as docker:
        words = ["--build-arg", f"BASE={BASE}", "--build-arg", f"PIP_INDEX_URL={index.url}simple/"]
        built = docker("build", "--network", "host", "--tag", "dinner", *words, roost.cwd)
        assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
        ran = docker("run", "--rm", "--network", "none", "--read-only", "dinner")
        assert (ran.stdout, ran.returncode) == ("1.4 cook 1000 /app\n", 0), ran.stderr
        index.projects["stock"][-1].data += b"changed"
        again = docker("build", "--no-cache", "--network", "host", *words, roost.cwd)
        assert again.returncode != 0
        assert "HASH" in again.stdout + again.stderr or "hash" in again.stderr
