"""Something on a socket that Docker's client takes for a daemon: for versions and states that no machine here has."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer


@contextlib.contextmanager
def answering(socket: Path, version: str, images: tuple[str, ...] = ()) -> Iterator[list[str]]:
    """Answer as a daemon of a version that has these images, and makes no containers; gives what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def handle_one(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked.append(f"{self.command} {self.path}")
            found: dict[str, object] | None = None
            if self.path.endswith(("/_ping", "/info")):
                found = {"ServerVersion": version, "Runtimes": {"runc": {"path": "runc"}}}
            elif any(self.path.endswith(f"/images/{image}/json") for image in images):
                found = {"Id": "sha256:0123456789abcdef"}
            body = json.dumps(found or {"message": "there is nothing of that kind"}).encode()
            self.send_response(200 if found else 404)
            self.send_header("Api-Version", "1.43")
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else body)

        do_GET = do_HEAD = do_POST = do_DELETE = handle_one  # noqa: N815
        address_string = log_message = lambda *_: ""

    server = ThreadingUnixStreamServer(str(socket), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
