"""A package index made on the spot: real wheels, served over loopback HTTP, with faults on its side of the wire."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import ssl
import tarfile
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LONG_AGO = "2020-01-01T00:00:00.000000Z"
FIXED = (2020, 1, 1, 0, 0, 0)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def wheel(
    name: str,
    version: str = "1.0",
    *,
    modules: Mapping[str, str | bytes] | None = None,
    requires: tuple[str, ...] = (),
    extras: dict[str, tuple[str, ...]] | None = None,
    requires_python: str | None = None,
    tag: str = "py3-none-any",
    scripts: dict[str, str] | None = None,
) -> tuple[str, bytes]:
    """Make a wheel; modules maps archive paths to their text (by default one module of the distribution's name)."""
    flat = canonical(name).replace("-", "_")
    if modules is None:
        modules = {f"{flat}.py": f'__version__ = "{version}"\n'}
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {text}" for text in requires]
    for extra, needs in (extras or {}).items():
        lines += [f"Provides-Extra: {extra}", *(f'Requires-Dist: {need} ; extra == "{extra}"' for need in needs)]
    if requires_python:
        lines.append(f"Requires-Python: {requires_python}")
    info = f"{flat}-{version}.dist-info"
    files = {path: text if isinstance(text, bytes) else text.encode() for path, text in modules.items()}
    files[f"{info}/METADATA"] = ("\n".join(lines) + "\n").encode()
    files[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    if scripts:
        entries = "\n".join(f"{command} = {target}" for command, target in scripts.items())
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{entries}\n".encode()
    record = [f"{path},sha256={_digest(data)},{len(data)}" for path, data in files.items()]
    files[f"{info}/RECORD"] = ("\n".join([*record, f"{info}/RECORD,,"]) + "\n").encode()
    return f"{flat}-{version}-{tag}.whl", _zip(files)


def sdist(name: str, version: str = "1.0", *, setup: str | None = None, metadata: str = "2.1") -> tuple[str, bytes]:
    """Make a source distribution; its setup.py is the given text, or one that builds a module of its name.

    With metadata 2.2 a resolver has no need to build it (PEP 643).
    """
    flat = canonical(name).replace("-", "_")
    files = {
        "PKG-INFO": f"Metadata-Version: {metadata}\nName: {name}\nVersion: {version}\n",
        "setup.py": setup
        or f"from setuptools import setup\nsetup(name={name!r}, version={version!r}, py_modules=[{flat!r}])\n",
        f"{flat}.py": f"__version__ = {version!r}\n",
    }
    return f"{flat}-{version}.tar.gz", packed(f"{flat}-{version}", files)


def packed(folder: str, files: Mapping[str, str]) -> bytes:
    """Pack texts below one folder, as source distributions are (PEP 625)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in files.items():
            facts = tarfile.TarInfo(f"{folder}/{path}")
            facts.size = len(text.encode())
            archive.addfile(facts, io.BytesIO(text.encode()))
    return buffer.getvalue()


def _basic(login: tuple[str, str]) -> str:
    return "Basic " + base64.b64encode(":".join(login).encode()).decode()


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, FIXED), data)  # a fixed date: the same bytes every time
    return buffer.getvalue()


@dataclass
class File:
    name: str
    data: bytes
    uploaded: str | None
    requires_python: str | None
    yanked: bool
    sha256: str
    attested: bool = False


@dataclass
class Index:
    """Serves what was added to it; `asked` is every path that a client wanted, in order."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    projects: dict[str, list[File]] = field(default_factory=dict)
    ranges: bool = True  # answer range requests
    forms: tuple[str, ...] = ("json", "html")
    faults: dict[str, int] = field(default_factory=dict)  # part of a path → HTTP status
    login: tuple[str, str] | None = None  # user and password without which nothing is answered but 401
    cut: set[str] = field(default_factory=set)  # parts of paths: half the body is sent
    wrong: set[str] = field(default_factory=set)  # parts of paths: one byte of the body is another
    statuses: dict[str, tuple[str, str]] = field(
        default_factory=dict
    )  # canonical name → status and its reason (PEP 792)
    flaky: set[str] = field(default_factory=set)  # parts of paths: the first request is answered with 500
    sizes: dict[str, int] = field(default_factory=dict)  # file → the bytes that its page says it has
    _held: dict[str, tuple[threading.Event, threading.Event]] = field(default_factory=dict)

    def add(
        self,
        name: str,
        version: str = "1.0",
        *,
        modules: Mapping[str, str | bytes] | None = None,
        requires: tuple[str, ...] = (),
        extras: dict[str, tuple[str, ...]] | None = None,
        requires_python: str | None = None,
        tag: str = "py3-none-any",
        scripts: dict[str, str] | None = None,
        uploaded: str | None = LONG_AGO,
        yanked: bool = False,
        attested: bool = False,
        history: bool = True,
        source_only: bool = False,
        setup: str | None = None,
    ) -> None:
        """Add one release; with `history`, a project that is new here gets two older releases too, as well-kept ones have."""
        project = self.projects.setdefault(canonical(name), [])
        versions = ["0.0.1", "0.0.2", version] if history and not project else [version]
        for number in versions:
            if source_only:
                filename, data = sdist(name, number, setup=setup)
            else:
                filename, data = wheel(
                    name, number, modules=modules, requires=requires, extras=extras,
                    requires_python=requires_python, tag=tag, scripts=scripts,
                )  # fmt: skip
            self.put(
                name,
                filename,
                data,
                uploaded=uploaded,
                requires_python=requires_python,
                yanked=yanked,
                attested=attested,
            )

    def put(
        self,
        name: str,
        filename: str,
        data: bytes,
        *,
        uploaded: str | None = LONG_AGO,
        requires_python: str | None = None,
        yanked: bool = False,
        attested: bool = False,
        sha256: str | None = None,
    ) -> None:
        """Serve any file under a project; a wrong sha256 makes the page lie."""
        digest = sha256 or hashlib.sha256(data).hexdigest()
        files = self.projects.setdefault(canonical(name), [])
        files.append(File(filename, data, uploaded, requires_python, yanked, digest, attested))

    def hold(self, part: str) -> threading.Event:
        """Stop before answering a request whose path contains part; the event is set when somebody asks."""
        asked, go = threading.Event(), threading.Event()
        self._held[part] = (asked, go)
        return asked

    def release(self, part: str) -> None:
        self._held.pop(part)[1].set()

    def fail(self, part: str, status: int) -> None:
        self.faults[part] = status

    def wait(self, path: str) -> int | None:
        """Hold the request where a test asked for it; gives the status to fail with, or none."""
        for part, (asked, go) in list(self._held.items()):
            if part in path:
                asked.set()
                go.wait(60)
        return next((status for part, status in self.faults.items() if part in path), None)

    def page(self, name: str) -> tuple[str, bytes] | None:
        files = self.projects.get(name)
        if files is None:
            return None
        if "json" in self.forms:
            entries = []
            for file in files:
                entry = {
                    "filename": file.name, "url": f"{self.url}files/{file.name}", "size": self.sizes.get(file.name, len(file.data)),
                    "hashes": {"sha256": file.sha256}, "yanked": file.yanked,
                }  # fmt: skip
                if file.uploaded:
                    entry["upload-time"] = file.uploaded
                if file.attested:
                    entry["provenance"] = f"{self.url}integrity/{file.name}/provenance"
                if file.requires_python:
                    entry["requires-python"] = file.requires_python
                entries.append(entry)
            versions = sorted({file.name.split("-")[1].removesuffix(".tar.gz") for file in files})
            page = {"meta": {"api-version": "1.4"}, "name": name, "versions": versions, "files": entries}
            if name in self.statuses:
                page["project-status"] = dict(zip(("status", "reason"), self.statuses[name], strict=True))
            return "application/vnd.pypi.simple.v1+json", json.dumps(page).encode()
        status, reason = self.statuses.get(name, ("active", ""))
        meta = f'<meta name="pypi:project-status" content="{status}"><meta name="pypi:project-status-reason" content="{reason}">'
        links = "".join(
            f'<a href="{self.url}files/{file.name}#sha256={file.sha256}"'
            + (
                f' data-requires-python="{file.requires_python.replace("<", "&lt;").replace(">", "&gt;")}"'
                if file.requires_python
                else ""
            )
            + (' data-yanked=""' if file.yanked else "")
            + f">{file.name}</a><br/>\n"
            for file in files
        )
        return "text/html", f"<!DOCTYPE html><html><head>{meta}</head><body>\n{links}</body></html>".encode()

    def file(self, filename: str) -> bytes | None:
        return next((f.data for files in self.projects.values() for f in files if f.name == filename), None)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    index: Index

    def do_GET(self) -> None:
        self.answer(body=True)

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def answer(self, *, body: bool) -> None:
        if self.index.login and self.headers.get("Authorization") != _basic(self.index.login):
            return self.send(
                401, "text/plain", b"who are you", body=body, extra={"WWW-Authenticate": 'Basic realm="index"'}
            )
        first = self.path not in self.index.asked
        self.index.asked.append(self.path)
        if first and any(part in self.path for part in self.index.flaky):
            return self.send(500, "text/plain", b"the first request fails", body=body)
        status = self.index.wait(self.path)
        if status:
            return self.send(status, "text/plain", b"as the test asked", body=body)
        parts = [part for part in self.path.partition("?")[0].split("/") if part]
        if parts[:1] == ["simple"] and len(parts) == 2:
            page = self.index.page(canonical(parts[1]))
            return (
                self.send(200, *page, body=body)
                if page
                else self.send(404, "text/plain", b"no such project", body=body)
            )
        data = self.index.file(parts[1]) if parts[:1] == ["files"] and len(parts) == 2 else None
        if data is None:
            return self.send(404, "text/plain", b"no such file", body=body)
        return self.send_range(data, body=body, size=self.index.sizes.get(parts[1]))

    def send_range(self, data: bytes, *, body: bool, size: int | None = None) -> None:
        if not body and size is not None:
            return self.send(200, "application/octet-stream", data, body=False, extra={"Content-Length": str(size)})
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if not wanted or not self.index.ranges:
            return self.send(200, "application/octet-stream", data, body=body, ranges=self.index.ranges)
        first, last = wanted.groups()
        start = int(first) if first else max(0, len(data) - int(last))
        end = min(int(last), len(data) - 1) if first and last else len(data) - 1
        extra = {"Content-Range": f"bytes {start}-{end}/{len(data)}"}
        return self.send(206, "application/octet-stream", data[start : end + 1], body=body, ranges=True, extra=extra)

    def send(
        self,
        status: int,
        kind: str,
        data: bytes,
        *,
        body: bool,
        ranges: bool = False,
        extra: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if "Content-Length" not in (extra or {}):
            self.send_header("Content-Length", str(len(data)))
        if ranges:
            self.send_header("Accept-Ranges", "bytes")
        for key, value in (extra or {}).items():
            self.send_header(key, value)
        self.end_headers()
        if not body:
            return
        if any(part in self.path for part in self.index.wrong) and len(data) > 60:
            data = data[:60] + bytes([data[60] ^ 1]) + data[61:]
        if any(part in self.path for part in self.index.cut):
            data = data[: len(data) // 2]
            self.close_connection = True
        self.wfile.write(data)

    def log_message(self, *arguments: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed hangs up; that is part of the tests."""


def serve(certificate: tuple[Path, Path] | None = None) -> tuple[Index, Server]:
    """Start an empty index on loopback, over TLS with a certificate and its key; the caller shuts the server down."""
    index = Index()
    server = Server(("127.0.0.1", 0), type("Bound", (Handler,), {"index": index}))
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    index.url = f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_address[1]}/"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return index, server
