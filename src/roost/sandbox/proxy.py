"""The proxy outside of a sandbox: HTTP and CONNECT to the hosts that are allowed, and to nobody else (RFC 9110, 9112).

It lives in threads of roost's process and ends with it. A program that does not speak to it has no network at all.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections import Counter
from contextlib import suppress

from . import addresses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .addresses import Resolver, Target

CONNECTIONS = 64  # at the same time
HEADER = 32 << 10  # bytes
PATIENCE = 10.0  # seconds for a request's header, and for reaching a host
NAMES = 100  # that are noted; more are counted
PIECE = 1 << 16
_OWN = {  # fields that are between a client and us (RFC 9110, 7.6.1), or that we write
    b"connection", b"proxy-connection", b"proxy-authorization", b"keep-alive", b"te", b"upgrade", b"host",
}  # fmt: skip
_CONTROL = re.compile(rb"[\0-\x08\x0a-\x1f\x7f]")
_FIELD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:")
NOT_HTTP = "this is no request to an HTTP proxy"


class _Refused(Exception):
    """A request that is answered here."""

    def __init__(self, status: str, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Proxy:
    """Answers who connects to a listener, until it is closed.

    Args:
        allowed: hosts with ports.
        resolve: gives a host's addresses.
    """

    def __init__(self, allowed: Iterable[Target], resolve: Resolver = addresses.resolve) -> None:
        """Keep who is allowed; nothing is started."""
        self.allowed, self.resolve = frozenset(allowed), resolve
        self._refused: Counter[str] = Counter()  # what is said of it → how often
        self._more = 0  # refusals of hosts beyond those noted
        self._clients = 0
        self._open: set[socket.socket] | None = set()  # None: closed
        self._lock = threading.Lock()

    def serve(self, listener: socket.socket) -> None:
        """Answer who connects to a listener, each in a thread, until `close`."""
        if not self._adopt(listener):
            return
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with self._lock:
                self._clients += 1
                number = self._clients
            if number <= 2 * CONNECTIONS and self._adopt(client):  # the second half is told that it is too much
                words = client, number > CONNECTIONS
                threading.Thread(target=self._client, args=words, daemon=True).start()
            else:
                self._gone(client)

    def close(self) -> None:
        """End every connection, and take no more."""
        with self._lock:
            rest, self._open = self._open or set(), None
        for one in rest:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # wakes who waits for it
            one.close()

    def notes(self) -> tuple[str, ...]:
        """Say what was refused, each host once; the hosts' names have nothing in them that a terminal could obey."""
        said = [f"{what}{f', {times} times' if times > 1 else ''}" for what, times in self._refused.items()]
        return (*said, *([f"the network refused still other hosts, {self._more} times"] if self._more else []))

    def _adopt(self, one: socket.socket) -> bool:
        """Have a socket closed with the rest; tells whether there is still a rest."""
        with self._lock:
            if self._open is not None:
                self._open.add(one)
                return True
        one.close()
        return False

    def _drop(self, one: socket.socket) -> None:
        with self._lock:
            if self._open is not None:
                self._open.discard(one)
        one.close()

    def _gone(self, client: socket.socket) -> None:
        self._drop(client)
        with self._lock:
            self._clients -= 1

    def _client(self, client: socket.socket, busy: bool) -> None:  # noqa: FBT001  # a thread's argument
        try:
            self._answer(client, busy=busy)
        except _Refused as no:
            body = f"{no.why}\n".encode()
            with suppress(OSError):
                client.settimeout(PATIENCE)
                client.sendall(
                    f"HTTP/1.1 {no.status} ({no.why})\r\nContent-Type: text/plain\r\n"
                    f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                    + body
                )
        except (OSError, ValueError):  # somebody went away, or it is closed
            pass
        finally:
            self._gone(client)

    def _answer(self, client: socket.socket, *, busy: bool) -> None:
        head, rest = _header(client)
        wanted, request = _request(head)
        if busy:
            raise self._note("503 Service Unavailable", f"more than {CONNECTIONS} connections at the same time")
        server = self._reach(wanted)
        try:
            if request is None:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            server.sendall((request or b"") + rest)
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join()
        finally:
            self._drop(server)

    def _reach(self, wanted: Target) -> socket.socket:
        """Connect to a host that is allowed, at an address that was looked at."""
        if wanted not in self.allowed:
            raise self._note("403 Forbidden", f"{wanted} is not in --net")
        try:
            found = self.resolve(wanted.host, wanted.port)
        except OSError:
            raise _Refused("502 Bad Gateway", f"{wanted} is not known") from None
        checked = addresses.reachable(wanted, found)
        if not checked:
            raise self._note("403 Forbidden", f"{wanted} is at no address of the internet")
        for address in checked:
            server = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
            if not self._adopt(server):
                break
            try:
                server.settimeout(PATIENCE)
                server.connect((address, wanted.port))
            except OSError:
                self._drop(server)
            else:
                server.settimeout(None)
                return server
        raise _Refused("502 Bad Gateway", f"{wanted} does not answer")

    def _note(self, status: str, why: str) -> _Refused:
        note = f"the network was refused: {why}"
        with self._lock:
            if note in self._refused or len(self._refused) < NAMES:
                self._refused[note] += 1
            else:
                self._more += 1
        return _Refused(status, why)


def _header(client: socket.socket) -> tuple[bytes, bytes]:
    """Read a request's header; gives it, and what came behind it."""
    until = time.monotonic() + PATIENCE
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0 and len(data) <= HEADER:
        try:
            client.settimeout(max(until - time.monotonic(), 0.001))
            piece = client.recv(PIECE)
        except TimeoutError:
            raise _Refused("408 Request Timeout", f"the header took longer than {PATIENCE:.0f} s") from None
        if not piece:
            raise ConnectionError
        data += piece
    if not 0 <= end <= HEADER:
        raise _Refused("431 Request Header Fields Too Large", f"the header is larger than {HEADER} bytes")
    client.settimeout(None)
    return data[:end], data[end + 4 :]


def _request(head: bytes) -> tuple[Target, bytes | None]:
    """Read a request's header: to whom, and what is passed on to him; None: it is a CONNECT."""
    first, *lines = head.split(b"\r\n")
    words = first.split(b" ")
    if (
        any(map(_CONTROL.search, (first, *lines)))
        or not all(map(_FIELD.match, lines))
        or len(words) != 3
        or words[2] not in {b"HTTP/1.1", b"HTTP/1.0"}
    ):
        raise _Refused("400 Bad Request", NOT_HTTP)
    fields = [(line.partition(b":")[0].lower(), line) for line in lines]
    if sum(name in {b"content-length", b"transfer-encoding"} for name, _ in fields) > 1:  # RFC 9112, 6.3
        raise _Refused("400 Bad Request", "the length of the request is said twice")
    method, address, _ = words
    try:
        if method == b"CONNECT":
            return addresses.target(address.decode()), None
        found = re.fullmatch(rb"(?i:http)://([^/?#]+)([^#]*)(?:#.*)?", address)
        if not found:
            raise ValueError  # noqa: TRY301  # the same answer as for an address that is none
        wanted = addresses.target(found[1].decode(), port=80)
    except ValueError:
        raise _Refused("400 Bad Request", NOT_HTTP) from None
    path = found[2] if found[2].startswith(b"/") else b"/" + found[2]
    host = b"Host: " + str(wanted).removesuffix(":80").encode()
    kept = (line for name, line in fields if name not in _OWN)
    # One request for each connection: the next one could be meant for somebody else.
    return wanted, b"\r\n".join((b" ".join((method, path, words[2])), host, *kept, b"Connection: close", b"", b""))


def _copy(source: socket.socket, sink: socket.socket) -> None:
    """Pass on what is said, and that it has ended."""
    with suppress(OSError, ValueError):
        while data := source.recv(PIECE):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
