"""Twelve ordinary scripts, the last one with a host that it may reach: each gives the same result in every tier that allows what it needs."""

from __future__ import annotations

import pytest

from tests.sandbox.servers import serving

pytestmark = pytest.mark.thorough
TIERS = ("none", "limits", "landlock", "bubblewrap", "docker", "docker:runsc")

# ruff: noqa: ISC004  # each text is a whole script
SCRIPTS = {
    "numpy with threads": (
        "import threading\nimport numpy\nfound = []\n"
        "def one(n):\n    found.append(int((numpy.ones((200, 200)) @ numpy.full((200, 200), n)).sum()))\n"
        "threads = [threading.Thread(target=one, args=(n,)) for n in range(4)]\n"
        "[one.start() for one in threads]\n[one.join() for one in threads]\nprint(sorted(found))\n",
        "[0, 8000000, 16000000, 24000000]\n",
    ),
    "multiprocessing": (
        "import multiprocessing\ndef square(n):\n    return n * n\n"
        "if __name__ == '__main__':\n"
        "    for way in ('fork', 'spawn'):\n"
        "        with multiprocessing.get_context(way).Pool(2) as pool:\n            print(way, pool.map(square, range(5)))\n",
        "fork [0, 1, 4, 9, 16]\nspawn [0, 1, 4, 9, 16]\n",
    ),
    "a server on loopback": (
        "import asyncio\n"
        "async def answer(reader, writer):\n    writer.write((await reader.readline()).upper())\n    await writer.drain()\n    writer.close()\n"
        "async def main():\n"
        "    server = await asyncio.start_server(answer, '127.0.0.1', 0)\n"
        "    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())\n"
        "    writer.write(b'hello\\n')\n    print((await reader.readline()).decode().strip())\n"
        "asyncio.run(main())\n",
        "HELLO\n",
    ),
    "sqlite": (
        "import sqlite3\nwith sqlite3.connect('data.db') as base:\n    base.execute('pragma journal_mode=wal')\n"
        "    base.execute('create table t (n)')\n    base.executemany('insert into t values (?)', [(n,) for n in range(100)])\n"
        "    print(base.execute('select sum(n) from t').fetchone()[0])\n",
        "4950\n",
    ),
    "subprocess": (
        "import subprocess, sys\nprint(subprocess.run(['sh', '-c', 'echo a | tr a b'], capture_output=True, text=True).stdout.strip())\n"
        "print(subprocess.run([sys.executable, '-c', 'print(2)'], capture_output=True, text=True).stdout.strip())\n",
        "b\n2\n",
    ),
    "tempfile": (
        "import os, tempfile\nwith tempfile.TemporaryDirectory() as name:\n    open(os.path.join(name, 'a'), 'w').write('x')\n    print(os.listdir(name))\n"
        "print(os.path.exists(name), tempfile.SpooledTemporaryFile(max_size=1).write(b'ab'))\n",
        "['a']\nFalse 2\n",
    ),
    "matplotlib to PNG": (
        "import matplotlib\nmatplotlib.use('Agg')\nimport matplotlib.pyplot as plt\nplt.plot([1, 2, 3])\nplt.savefig('chart.png')\n"
        "print(open('chart.png', 'rb').read(4)[1:])\n",
        "b'PNG'\n",
    ),
    "reading an input": ("print(open('data.csv').read().splitlines())\n", "['1,2', '3,4']\n"),
    "writing outputs": (
        "import json, os\nos.makedirs('out/deep', exist_ok=True)\njson.dump([1], open('out/deep/a.json', 'w'))\nos.rename('out/deep/a.json', 'out/b.json')\n"
        "print(sorted(os.listdir('out')))\n",
        "['b.json', 'deep']\n",
    ),
    "a deep recursion": (
        "import sys, threading\nsys.setrecursionlimit(60000)\nthreading.stack_size(256 << 20)\n"
        "def depth(n):\n    return 0 if n == 0 else 1 + depth(n - 1)\n"
        "thread = threading.Thread(target=lambda: print(depth(50000)))\nthread.start()\nthread.join()\n",
        "50000\n",
    ),
    "300 MB of memory": ("data = bytearray(300 << 20)\ndata[::4096] = b'x' * len(data[::4096])\nprint(data.count(b'x'))\n", "76800\n"),
}  # fmt: skip


LACKING = {  # what a tier does not allow, by nature: Landlock knows no private /dev/shm, and no loopback apart from the network
    ("multiprocessing", "landlock"), ("a server on loopback", "landlock"),
}  # fmt: skip


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("1,2\n3,4\n")
    return path


@pytest.mark.network
@pytest.mark.parametrize(
    ("name", "tier"), [(name, tier) for name in SCRIPTS for tier in TIERS if (name, tier) not in LACKING]
)
def test_ordinary_scripts_give_the_same_everywhere(roost, script, works, data, name, tier):  # noqa: PLR0917  # fixtures
    works(tier)
    body, said = SCRIPTS[name]
    ran = roost("run", "--sandbox", tier, "--in", data, script(body), timeout=300)
    assert (ran.status, ran.output) == (0, said), ran.errors


@pytest.mark.network
@pytest.mark.parametrize("tier", [tier for tier in TIERS if tier != "docker:runsc"])
def test_a_request_to_an_allowed_host_is_answered_everywhere(roost, script, works, tier):
    """`none` has the network; `limits` and `landlock` can allow all of it or nothing; the others allow one host, gVisor's containers none."""
    works(tier)
    with serving() as served:
        host = f"127.0.0.1:{served.port}"
        net = {"none": [], "limits": ["--net", "all"], "landlock": ["--net", "all"]}.get(tier, ["--net", host])
        body = (
            "import requests\n"
            f"answer = requests.get('http://{host}/page', timeout=20)\nprint(answer.status_code, answer.text.strip())\n"
        )
        ran = roost("run", "--sandbox", tier, *net, script(body), timeout=300)
    assert (ran.status, ran.output) == (0, "200 hello\n"), ran.errors
