"""Hosts that a sandbox may reach: what is listed answers, and nothing else does, however it is asked for."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.sandbox import addresses, probing, proxy
from roost.sandbox.addresses import Target, reachable, target
from tests.sandbox.servers import Served, certificate, serving

TIERS = ("bubblewrap", "docker")


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOST_HOME", str(tmp_path / "roost-home"))


@pytest.fixture
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


@contextlib.contextmanager
def proxied(*allowed: str, names: dict[str, list[list[str]]] | None = None) -> Iterator[tuple[proxy.Proxy, int]]:
    """A proxy on a port of loopback.

    Args:
        names: host → the answers that it gets, one after the other; the last one stays.
    """

    def resolve(host: str, port: int) -> list[str]:
        if names is None or host not in names:
            raise socket.gaierror
        return names[host].pop(0) if len(names[host]) > 1 else names[host][0]

    made = proxy.Proxy(map(target, allowed), addresses.resolve if names is None else resolve)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    thread = threading.Thread(target=made.serve, args=(listener,))
    thread.start()
    try:
        yield made, port
    finally:
        made.close()
        thread.join()


def said(port: int, request: bytes, *, then: bytes = b"") -> bytes:
    """Send bytes to a proxy, and give all that it says."""
    with socket.create_connection(("127.0.0.1", port), 20) as client:
        client.sendall(request)
        if then:
            client.sendall(then)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while piece := client.recv(1 << 16):
                answer += piece
        return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Example.ORG:443", "example.org:443"),
        ("example.org.:443", "example.org:443"),
        ("BÜCHER.example:80", "xn--bcher-kva.example:80"),
        ("[0:0:0:0:0:0:0:1]:80", "[::1]:80"),
        ("127.0.0.1:0080", "127.0.0.1:80"),
    ],
)
def test_one_host_is_one_host_however_it_is_written(written, same):
    assert target(written) == target(same)
    assert str(target(written)) == same


@pytest.mark.parametrize(
    "text",
    ["example.org", "example.org:0", "example.org:65536", "user@example.org:80", "a b:80", "::1:80", "[::1]", ":80",
     "example.org:80/path", "-a.example:80", "a..b:80", "exa\nmple:80", "a\x1b[2J:80", "[127.0.0.1]:80", "a" * 64 + ":1", "*.example.org:443"],
)  # fmt: skip
def test_what_is_no_host_with_a_port_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011
        target(text)


@given(st.text())
def test_any_text_is_a_host_or_is_none(text):
    with contextlib.suppress(ValueError):
        found = target(text)
        assert target(str(found)) == found
        assert str(found).isascii()
        assert str(found).isprintable()


@pytest.mark.parametrize(
    ("host", "address", "may"),
    [
        ("example.org", "93.184.215.14", True),
        ("example.org", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("example.org", "127.0.0.1", False),
        ("example.org", "10.1.2.3", False),
        ("example.org", "169.254.169.254", False),  # the metadata of clouds
        ("example.org", "fd00:ec2::254", False),
        ("example.org", "100.100.100.200", False),
        ("example.org", "0.0.0.0", False),
        ("example.org", "224.0.0.1", False),
        ("example.org", "255.255.255.255", False),
        ("example.org", "::1", False),
        ("example.org", "fe80::1%eth0", False),
        ("example.org", "::ffff:127.0.0.1", False),
        ("example.org", "64:ff9b::a9fe:a9fe", False),
        ("example.org", "2002:7f00:1::", False),
        ("localhost", "127.0.0.1", True),
        ("localhost", "::1", True),
        ("localhost", "10.0.0.1", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
    ],
)
def test_which_addresses_a_host_may_be_at(host, address, may):
    assert bool(reachable(Target(host, 80), [address])) is may


@pytest.mark.covers("D2")
@pytest.mark.parametrize("library", ["urllib", "requests"])
def test_libraries_reach_what_is_listed_and_nothing_else(server, tmp_path, library):
    file = certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    body = f"""
import sys
def asked(url):
    try:
        if {library!r} == "requests":
            import requests
            answer = requests.get(url, timeout=20)
            return answer.status_code
        import urllib.request
        return urllib.request.urlopen(url, timeout=20).status
    except Exception as error:
        return getattr(error, "code", None) or ("403" if "403" in str(error) else repr(error))
for url in sys.argv[1:]:
    print(asked(url))
"""
    with serving(context) as safe, serving() as other:
        with proxied(f"127.0.0.1:{server.port}", f"localhost:{safe.port}") as (made, port):
            address = f"http://127.0.0.1:{port}"
            urls = (
                f"http://127.0.0.1:{server.port}/a?b", f"https://localhost:{safe.port}/", f"http://127.0.0.1:{other.port}/",
                f"https://localhost:{server.port}/", "http://169.254.169.254/latest/", "https://example.org/",
            )  # fmt: skip
            environ = {"HTTP_PROXY": address, "HTTPS_PROXY": address, "http_proxy": address, "https_proxy": address}
            environ |= {"SSL_CERT_FILE": str(file), "REQUESTS_CA_BUNDLE": str(file)}
            done = subprocess.run(
                [sys.executable, "-c", body, *urls],
                env=environ,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        assert done.stdout.split() == ["200", "200", "403", "403", "403", "403"], done.stderr
        assert server.seen == [f"/a?b 127.0.0.1:{server.port} None"]
        assert other.seen == []
        assert [line.split()[4] for line in made.notes()] == [
            f"127.0.0.1:{other.port}", f"localhost:{server.port}", "169.254.169.254:80", "example.org:443",
        ]  # fmt: skip


@pytest.mark.covers("D2")
def test_a_name_that_is_turned_to_another_address_reaches_nothing(server):
    names = {
        "listed.test": [["127.0.0.1"]],
        "metadata.test": [["169.254.169.254", "fd00:ec2::254"]],
        "localhost": [["127.0.0.1"], ["192.168.0.1"]],
    }
    allowed = (f"listed.test:{server.port}", "metadata.test:80", f"localhost:{server.port}")
    with proxied(*allowed, names=names) as (made, port):
        asked = [
            status(said(port, f"GET http://{host}/ HTTP/1.1\r\n\r\n".encode()))
            for host in (*allowed, f"localhost:{server.port}", "unlisted.test:1")
        ]
    assert asked == [403, 403, 200, 403, 403]
    assert len(server.seen) == 1
    assert "the network was refused: metadata.test:80 is at no address of the internet" in made.notes()


def test_a_refused_host_is_told_once_with_how_often_and_there_is_an_end_to_them():
    with proxied() as (made, port):
        for _ in range(3):
            said(port, b"CONNECT Evil.example:443 HTTP/1.1\r\n\r\n")
        for number in range(proxy.NAMES + 5):
            said(port, f"CONNECT n{number}.example:443 HTTP/1.1\r\n\r\n".encode())
    told = made.notes()
    assert told[0] == "the network was refused: evil.example:443 is not in --net, 3 times"
    assert len(told) == proxy.NAMES + 1
    assert told[-1] == "the network refused still other hosts, 6 times"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET ftp://a.example/ HTTP/1.1\r\n\r\n", 400),
        (b"GET http://user:word@a.example/ HTTP/1.1\r\n\r\n", 400),
        (b"GET http:///x HTTP/1.1\r\n\r\n", 400),
        (b"CONNECT a.example HTTP/1.1\r\n\r\n", 400),
        (b"CONNECT a.example:443 HTTP/2\r\n\r\n", 400),
        (b"CONNECT 127.1:443 HTTP/1.1\r\n\r\n", 403),
        (b"CONNECT 2130706433:443 HTTP/1.1\r\n\r\n", 403),
        (b"CONNECT a\x1b[2J:443 HTTP/1.1\r\n\r\n", 400),
        (b"GET http://a.example/\nHost: HTTP/1.1\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/1.1\r\nA : b\r\n\r\n", 400),
        (b"GET http://a.example/ HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400),
        (b"POST http://a.example/ HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 400),
    ],
)
def test_what_is_no_plain_request_is_refused(request_, expected):
    with proxied() as (_, port):
        assert status(said(port, request_)) == expected


@given(st.binary())
def test_any_header_is_read_or_refused(data):
    with contextlib.suppress(proxy._Refused):
        proxy._request(data)


def test_the_host_that_is_asked_is_the_one_that_was_looked_at(server):
    with proxied(f"127.0.0.1:{server.port}") as (_, port):
        request = f"GET http://127.0.0.1:{server.port}/x#part HTTP/1.1\r\nHost: other.example\r\nProxy-Authorization: key\r\n\r\n"
        assert status(said(port, request.encode())) == 200
    assert server.seen == [f"/x 127.0.0.1:{server.port} None"]


def test_a_header_has_an_end_and_a_time(monkeypatch):
    monkeypatch.setattr(proxy, "PATIENCE", 0.5)
    with proxied() as (_, port):
        assert status(said(port, b"CONNECT a.example:443 HTTP/1.1\r\nA: " + b"x" * (proxy.HEADER + 1))) == 431
        assert status(said(port, b"CONNECT a.example:443 HTTP/1.1\r\n")) == 408


def test_there_are_no_more_connections_than_allowed(server, monkeypatch):
    monkeypatch.setattr(proxy, "CONNECTIONS", 2)
    where = f"127.0.0.1:{server.port}"
    request = f"CONNECT {where} HTTP/1.1\r\n\r\n".encode()
    with proxied(where) as (made, port), contextlib.ExitStack() as stack:
        for _ in range(2):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", port), 20))
            client.sendall(request)
            assert b"200" in client.recv(100)
        assert status(said(port, request)) == 503
    assert made.notes() == ("the network was refused: more than 2 connections at the same time",)


def test_much_goes_both_ways_at_once(server):
    body = os.urandom(8 << 20)
    where = f"127.0.0.1:{server.port}"
    head = f"CONNECT {where} HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    with proxied(where) as (_, port):
        assert said(port, head.encode(), then=body).endswith(body)


def test_nothing_of_it_is_left_when_it_is_closed(server):
    before = threading.active_count()
    where = f"127.0.0.1:{server.port}"
    with contextlib.ExitStack() as stack:
        with proxied(where) as (_, port):
            client, idle = (stack.enter_context(socket.create_connection(("127.0.0.1", port), 20)) for _ in range(2))
            client.sendall(f"CONNECT {where} HTTP/1.1\r\n\r\n".encode())
            assert b"200" in client.recv(100)
        for one in (client, idle):
            with contextlib.suppress(ConnectionResetError):
                assert one.recv(100) == b""
    until = time.monotonic() + 20
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.01)
    assert threading.active_count() <= before


# In sandboxes.

RUN = """
import json, os, sys
from roost.sandbox import tiers
from roost.sandbox.streams import Stream
from roost.sandbox.values import Job, Limits
asked = json.loads(sys.argv[1])
said = [], []
job = Job(argv=tuple(asked["argv"]), environ=asked["environ"], folder=asked["folder"], home=asked["folder"], readable=tuple(asked["readable"]),
          network=tuple(asked["network"]), limits=Limits(timeout=60, processes=asked["processes"]), python=sys.executable)
ended = tiers.tier(asked["tier"]).run(job, *(Stream(one.append, 1 << 20) for one in said), stdin=0)
output, errors = (b"".join(one).decode() for one in said)
print(json.dumps({"status": ended.status, "output": output, "errors": errors, "notes": ended.notes}))
"""


def confined(
    tier: str, body: str, folder: Path, *network: str, stdin: str = "", environ: dict | None = None, processes: int = 32
) -> dict:
    """Execute a program in a tier, with our own Python and its libraries."""
    found = probing.standing(tier)
    if not found.works:
        if os.environ.get("ROOST_TEST_COMPLETE"):
            pytest.fail(found.why)
        pytest.skip(found.why)
    work = folder / "cell"
    work.mkdir(exist_ok=True)
    python = str(Path(sys.executable).resolve().parent.parent)
    asked = {
        "tier": tier, "argv": [sys.executable, "-c", body], "folder": str(work), "network": network, "processes": processes,
        "readable": [python, sys.prefix, *map(str, folder.glob("*.pem"))], "environ": {"PATH": os.defpath, **(environ or {})},
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(asked)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.thorough
@pytest.mark.covers("D2")
@pytest.mark.parametrize("tier", TIERS)
def test_a_sandbox_reaches_what_is_listed_and_nothing_else(server, tmp_path, tier):
    file = certificate(tmp_path, "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with serving(context) as safe, serving() as other:
        body = f"""
import requests, socket, urllib.request
def tried(what):
    try:
        return what()
    except Exception as error:
        return "403" if "403" in str(error) else "nothing"
def direct(host, port, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_INET, kind) as one:
        one.settimeout(3)
        one.connect((host, port))
        return one.sendall(b"x") or one.recv(10)
for url in ("http://127.0.0.1:{server.port}/", "https://localhost:{safe.port}/", "http://127.0.0.1:{other.port}/", "http://localhost:{server.port}/",
            "http://169.254.169.254/latest/meta-data/", "https://example.org/"):
    print(tried(lambda: requests.get(url, timeout=20).status_code), tried(lambda: urllib.request.urlopen(url, timeout=20).status))
print(tried(lambda: direct("127.0.0.1", {server.port})), tried(lambda: direct("93.184.215.14", 80)), tried(lambda: direct("1.1.1.1", 53, socket.SOCK_DGRAM)))
print(tried(lambda: socket.getaddrinfo("example.org", 443)))
"""
        environ = {"SSL_CERT_FILE": str(file), "REQUESTS_CA_BUNDLE": str(file)}
        ran = confined(tier, body, tmp_path, f"127.0.0.1:{server.port}", f"localhost:{safe.port}", environ=environ)
    assert ran["output"].splitlines() == [
        "200 200", "200 200", "403 403", "403 403", "403 403", "403 403", "nothing nothing nothing", "nothing",
    ], ran  # fmt: skip
    assert other.seen == []
    assert ran["notes"] == [
        f"the network was refused: {host} is not in --net, 2 times"
        for host in (f"127.0.0.1:{other.port}", f"localhost:{server.port}", "169.254.169.254:80", "example.org:443")
    ]


@pytest.mark.thorough
@pytest.mark.parametrize("tier", TIERS)
def test_the_program_has_nothing_of_ours_beside_it(tmp_path, tier):
    body = """
import os, signal, sys
print(sys.stdin.read(), sys.argv, signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)
try:
    os.wait()
except ChildProcessError:
    print("no child")
print([name for name in os.listdir("/proc/self/fd") if int(name) > 2 and os.path.exists(f"/proc/self/fd/{name}")])
pids = [os.fork() for _ in range(3)]
if 0 in pids:
    import urllib.request
    try:
        urllib.request.urlopen("http://evil.example/")
    except OSError as error:
        os._exit(error.code == 403)
print([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids])
sys.stdout.flush()
os.kill(os.getpid(), signal.SIGTERM) if os.getpid() != 1 else None
"""
    ran = confined(tier, body, tmp_path, "listed.example:443", stdin="given", processes=16)
    # A fork of a fork is one more each time; each asks, and each is answered.
    assert ran["output"].splitlines()[:3] == ["given ['-c'] True", "no child", "[]"]
    assert ran["output"].splitlines()[-1] == "[1, 1, 1]"
    assert ran["status"] == 143
    assert ran["notes"][0].startswith("the network was refused: evil.example:80 is not in --net, ")


@pytest.mark.thorough
@pytest.mark.parametrize("tier", TIERS)
def test_a_killed_run_leaves_no_proxy_and_no_folder(roost, script, tmp_path, tier):
    if not probing.standing(tier).works:
        pytest.skip(probing.standing(tier).why)
    path = script("import time\nprint('on', flush=True)\ntime.sleep(100)\n")
    more = {
        "TMPDIR": str(tmp_path),
        **({"DOCKER_HOST": os.environ["DOCKER_HOST"]} if "DOCKER_HOST" in os.environ else {}),
    }
    running = roost.start("run", "--sandbox", tier, "--net", "listed.example:443", path, **more)
    assert running.stdout.readline() == "on\n"
    assert list(tmp_path.glob("roost-net-*")) == []  # it is gone as soon as the program runs
    (tmp_path / f"roost-net-{running.pid}-left").mkdir()  # of one that was killed while it started
    running.kill()
    running.wait()
    assert roost("run", "--sandbox", tier, "--net", "listed.example:443", script("pass\n"), **more).status == 0
    assert list(tmp_path.glob("roost-net-*")) == []
    if tier == "docker":
        from roost.sandbox import daemon

        assert not [
            name for name, found in daemon.listed(daemon.OWNER) if found[daemon.OWNER].startswith(f"{running.pid}-")
        ]


@pytest.mark.thorough
def test_what_was_refused_is_shown_at_the_end(roost, script, server):
    if not probing.standing("bubblewrap").works:
        pytest.skip(probing.standing("bubblewrap").why)
    path = script(
        "import sys, urllib.request\n"
        f"print(urllib.request.urlopen('http://127.0.0.1:{server.port}/').read().decode().strip())\n"
        "for _ in range(2):\n"
        "    try:\n"
        "        urllib.request.urlopen('https://evil.example/')\n"
        "    except OSError as error:\n"
        "        print(error)\n"
        "sys.exit(4)\n"
    )
    ran = roost("run", "--sandbox", "bubblewrap", "--net", f"127.0.0.1:{server.port}", path)
    assert (ran.status, ran.output.splitlines()[0]) == (4, "hello")
    assert "403 Forbidden (evil.example:443 is not in --net)" in ran.output
    assert ran.errors.count("evil.example") == 1
    assert "note: the network was refused: evil.example:443 is not in --net, 2 times" in ran.errors


@pytest.mark.parametrize("text", ["example.org", "example.org:99999", "a b:1", "http://example.org:80"])
def test_what_is_no_host_is_a_wrong_command_line(roost, script, text):
    ran = roost("run", "--sandbox", "bubblewrap", "--net", text, script("print('ran')\n"))
    assert (ran.status, ran.output) == (64, "")
    assert "is no host with a port" in ran.errors
