"""Repositories over HTTP with a login, served by git's own program."""

from __future__ import annotations

import base64
import contextlib
import gzip
import os
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests import parts


@dataclass
class Served:
    """A folder of repositories that are served; whoever has no login gets 401."""

    folder: Path
    login: tuple[str, str]  # user and password
    host: str = ""  # with its port
    asked: list[tuple[str, bool]] = field(default_factory=list)  # path, and whether it came with the login
    held: threading.Event = field(default_factory=threading.Event)  # somebody with the login waits for what it fetches
    go: threading.Event = field(default_factory=threading.Event)

    def address(self, name: str, who: str = "") -> str:
        """Give the address of a repository as a requirement has it."""
        return f"git+http://{f'{who}@' if who else ''}{self.host}/{name}"


@contextlib.contextmanager
def serve(folder: Path, login: tuple[str, str]) -> Iterator[Served]:
    """Serve the bare repositories of a folder on loopback."""
    served = Served(folder, login)
    served.go.set()
    handler = type("Handler", (_Handler,), {"served": served, "git": parts.program("git")})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    served.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield served
    finally:
        served.go.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    served: Served
    git: str

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._answer(gzip.decompress(data) if self.headers.get("Content-Encoding") == "gzip" else data)

    def _answer(self, data: bytes) -> None:
        word = base64.b64encode(":".join(self.served.login).encode()).decode()
        known = self.headers.get("Authorization") == f"Basic {word}"
        self.served.asked.append((self.path, known))
        if not known:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="repositories"')
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.served.held.set()
        self.served.go.wait(60)
        head, _, body = self._backend(data).partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        self.send_response(int(fields.pop("Status", "200").split()[0]))
        for name, value in fields.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _backend(self, data: bytes) -> bytes:
        """Ask `git http-backend` as a server asks a CGI program (RFC 3875)."""
        path, _, query = self.path.partition("?")
        variables = {
            "PATH": os.environ["PATH"], "HOME": str(self.served.folder), "GIT_PROJECT_ROOT": str(self.served.folder), "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command, "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(data)), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""), "REMOTE_ADDR": "127.0.0.1",
        }  # fmt: skip
        words = [self.git, "-c", "safe.directory=*", "http-backend"]
        return subprocess.run(words, env=variables, input=data, capture_output=True, check=True).stdout

    def log_message(self, *_: object) -> None:
        """Say nothing."""
