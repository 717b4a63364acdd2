"""`roost doctor`: what is missing on this machine, and what to do about each."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from roost.errors import Exit, RoostError
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Literal

    from roost.home import Home
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output

    State = Literal["ok", "warning", "failed", "skipped"]

GIB = 1 << 30
LITTLE_SPACE = 2 * GIB  # a scientific environment with its downloads needs about so much
NO_SPACE = GIB // 10


class Finding(Value):
    """One thing that was looked at."""

    name: str
    state: State  # failed: nothing works without it; warning: some things do not, or slowly
    says: str
    todo: str | None = None  # what to do about it


def doctor(arguments: Arguments, output: Output) -> int:
    """Look at everything, and go on when one look fails: the next may say why."""
    findings: list[Finding] = []
    home, settings = _ground(findings)
    offline = arguments.has("offline") or settings.offline
    looks: list[tuple[str, Callable[[], Finding]]] = [
        ("roost", _roost),
        ("engine", lambda: _engine(home, settings)),
        ("pythons", lambda: _pythons(home)),
        ("folders", lambda: _writable(home)),
        ("links", lambda: _links(home)),
        ("locks", lambda: _locks(home)),
        ("space", lambda: _space(home)),
        ("certificates", _certificates),
        ("docker", _docker),
        ("index", lambda: _index(home, settings, offline=offline)),
    ]
    for name, look in looks:
        output.progress(f"looking at {name}")
        findings.append(_looked(name, look))
    _show(findings, output)
    return Exit.UNAVAILABLE if any(finding.state == "failed" for finding in findings) else Exit.OK


def _looked(name: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except RoostError as error:
        says = "; ".join((error.what, *error.why))
        return Finding(name, "failed", says, "; ".join(error.hints) or None)
    except OSError as error:
        return Finding(name, "failed", error.strerror or str(error))


def _ground(findings: list[Finding]) -> tuple[Home, Settings]:
    """Find home and settings; where they are broken, say so and go on with a home that exists and plain settings."""
    from roost import home as homes
    from roost import settings as settings_module

    try:
        home = homes.locate()
        if home.note:
            findings.append(Finding("home", "warning", home.note, "name a folder: `export ROOST_HOME=/path/to/folder`"))
    except RoostError as error:
        findings.append(Finding("home", "failed", error.what, "; ".join(error.hints) or None))
        home = homes.locate({name: value for name, value in os.environ.items() if name != "ROOST_HOME"})
    try:
        return home, settings_module.load(home.settings_file)
    except RoostError as error:
        findings.append(
            Finding("settings", "failed", "; ".join((error.what, *error.why)), "; ".join(error.hints) or None)
        )
        return home, settings_module.Settings()


def _roost() -> Finding:
    from roost.version import __version__

    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("roost", "ok", f"{__version__} on Python {version} at `{sys.executable}`")


def _engine(home: Home, settings: Settings) -> Finding:
    from roost import reporting
    from roost.distributions import engine

    done = engine.run(["--version"], home=home, settings=settings, timeout=30, report=reporting.Silent())
    return Finding("engine", "ok", done.output.strip().partition("\n")[0])


def _pythons(home: Home) -> Finding:
    from roost.scripts import pythons

    found = pythons.installed(home, os.environ)
    if not found:
        return Finding(
            "pythons",
            "warning",
            "none found",
            "nothing to do if an index can be reached: roost fetches one when needed",
        )
    return Finding("pythons", "ok", ", ".join(dict.fromkeys(python.full for python in found)))


def _probe(home: Home, name: str) -> Path:
    """Return a path in the home's folder of environments that nobody uses."""
    from roost import home as homes

    return homes.ensure(home.data) / f".doctor-{os.getpid()}-{name}"


def _writable(home: Home) -> Finding:
    from roost import home as homes

    for folder in (home.data, home.state, home.cache):
        probe = homes.ensure(folder) / f".doctor-{os.getpid()}"
        homes.write(probe, b"roost")
        probe.unlink()
    return Finding("folders", "ok", f"`{home.data}` can be written; {_file_system(home.data)}")


def _file_system(path: Path) -> str:
    """Name the kind of file system that path lies on, where the system tells."""
    try:
        mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return "its file system is not known here"
    best, kind = "", "unknown"
    for line in mounts:
        left, _, right = line.partition(" - ")
        point = left.split()[4]
        inside = point == "/" or f"{path}/".startswith(f"{point}/")
        if inside and len(point) >= len(best):
            best, kind = point, right.split()[0]
    return f"file system {kind}"


def _links(home: Home) -> Finding:
    """Try how files get from the cache into environments: the same file twice, a copy on write, or a copy."""
    from roost import home as homes

    source = homes.ensure(home.engine_cache) / f".doctor-{os.getpid()}"
    target = _probe(home, "link")
    source.write_bytes(b"roost")
    try:
        os.link(source, target)
        return Finding("links", "ok", "hard links work between the engine's cache and environments")
    except OSError as error:
        says = f"no hard links between `{home.cache}` and `{home.data}` ({error.strerror})"
        if _reflink(source, target):
            return Finding("links", "ok", f"{says}, but copies on write work")
        return Finding(
            "links", "warning", f"{says}: files are copied, which is slower and takes more room",
            "put both on one file system: `export ROOST_HOME=/path/to/folder`",
        )  # fmt: skip
    finally:
        source.unlink(missing_ok=True)
        target.unlink(missing_ok=True)


def _reflink(source: Path, target: Path) -> bool:
    import fcntl

    ficlone = 0x40049409
    try:
        with source.open("rb") as read, target.open("wb") as written:
            fcntl.ioctl(written.fileno(), ficlone, read.fileno())
    except OSError:
        return False
    return True


def _locks(home: Home) -> Finding:
    from roost import locks

    path = home.locks / f".doctor-{os.getpid()}"
    with locks.exclusive(path, timeout=5), path.open() as other:
        import fcntl

        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return Finding("locks", "ok", "a held lock keeps others out")
        finally:
            path.unlink(missing_ok=True)
    return Finding(
        "locks", "failed", f"two holders got one lock below `{home.locks}`",
        "put roost's home on a local disk: `export ROOST_HOME=/path/on/a/local/disk`",
    )  # fmt: skip


def _space(home: Home) -> Finding:
    from roost import home as homes

    free = shutil.disk_usage(homes.ensure(home.data)).free
    says = f"{free / GIB:.1f} GiB free for `{home.data}`"
    todo = "remove what nothing needs: `roost env gc`"
    if free < NO_SPACE:
        return Finding("space", "failed", says, todo)
    return Finding("space", "warning" if free < LITTLE_SPACE else "ok", says, todo if free < LITTLE_SPACE else None)


def _certificates() -> Finding:
    """See that what the variables name is there, and that there are certificates at all."""
    import ssl

    for variable in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"):
        path = os.environ.get(variable)
        if path and not Path(path).exists():
            todo = f"correct it, or drop it: `unset {variable}`"
            return Finding("certificates", "warning", f"`{variable}` names `{path}`, which is not there", todo)
    count = ssl.create_default_context().cert_store_stats()["x509_ca"]
    places = ssl.get_default_verify_paths()
    if not count and not places.capath:
        return Finding("certificates", "warning", "none found", "install your system's `ca-certificates`")
    named = os.environ.get("SSL_CERT_FILE") or places.cafile or places.capath
    return Finding("certificates", "ok", f"{count} authorities, from `{named}`" if count else f"from `{named}`")


def _docker() -> Finding:
    from roost.sandbox import daemon

    found = daemon.daemon() if shutil.which(daemon.PROGRAM) else None
    if found is None:
        return Finding(
            "docker", "skipped", "not here, or it does not answer: only its sandboxes need it (`roost sandbox`)"
        )
    if found.note:
        return Finding("docker", "warning", found.note, "install Docker 25 or newer")
    return Finding("docker", "ok", f"version {found.version}, for sandboxes")


def _index(home: Home, settings: Settings, *, offline: bool) -> Finding:
    """Ask the default index for one name, past everything that is remembered."""
    if offline:
        return Finding("index", "skipped", "not asked: offline")
    from roost.distributions.index import Index
    from roost.distributions.indexes import configured

    found = configured(settings, os.environ)
    name = "the default index" if found.default else "the engine's default index"
    try:
        Index(found, home=home, settings=settings, again=True).project("pip")
    except RoostError as error:
        said = "; ".join((error.what, *error.why))
        todo = "check the network, the proxy variables and the `[index]` settings; `--offline` takes what is remembered"
        return Finding("index", "warning", said, todo)
    return Finding(
        "index", "ok", f"{name} answers" + (f", and {len(found.extra)} more are asked before it" if found.extra else "")
    )


def _show(findings: list[Finding], output: Output) -> None:
    if output.json:
        output.document("roost.doctor/1", {"findings": [_document(finding) for finding in findings]})
        return
    width = max(len(finding.name) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{finding.state:<8} {finding.name:<{width}}  {finding.says}")
        if finding.todo:
            lines.append(f"{'':<{width + 9}}  {finding.todo}")
    output.text("\n".join(lines))


def _document(finding: Finding) -> dict[str, object]:
    return {"name": finding.name, "state": finding.state, "says": finding.says, "todo": finding.todo}
