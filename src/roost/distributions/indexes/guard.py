"""A loopback index that has every name which is claimed for another index, and no file of it.

It stands behind the indexes that names are pinned to and before all others, for as long as a resolver runs. Resolvers
take a name from the first index that has it, so that a claimed name which its own index does not have is asked of nobody
else: neither for a requirement nor for what a private distribution asks for in turn.
"""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import Indexes

EMPTY = b"<!DOCTYPE html><html><body></body></html>"
NAME = "roost-claims"


@contextmanager
def guard(indexes: Indexes) -> Iterator[str | None]:
    """Serve the claims while the block runs; gives the address, None where nothing is claimed."""
    if not indexes.guarded:
        yield None
        return
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Claims(BaseHTTPRequestHandler):
        """Answers an empty page for a claimed name, 404 for every other."""

        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            name = self.path.rstrip("/").rpartition("/")[2]
            place = indexes.place(indexes.claimed(name) or "")
            body = EMPTY if place and place.private else b""
            self.send_response(200 if body else 307 if place else 404)
            if place and not place.private:  # public, and asked for nothing but what is pinned to it
                self.send_header("Location", f"{place.bare.rstrip('/')}/{name}/")
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET  # noqa: N815  # the server looks for this name

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: object) -> None:
            """Say nothing: a resolver that ends hangs up."""

    with Server(("127.0.0.1", 0), Claims) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/simple/"
        finally:
            server.shutdown()
            thread.join()
