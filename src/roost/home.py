"""Where roost keeps its things; the only module that knows a path."""

from __future__ import annotations

import os
import stat
from _thread import get_ident  # `threading` costs an import
from pathlib import Path

from .errors import CannotCreate, ConfigurationError
from .values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class Home(Value):
    """The four folders of one user's roost."""

    config: Path  # settings and trust, edited by people
    data: Path  # environments
    state: Path  # locks, remembered requests, references, logs
    cache: Path  # may be deleted at any moment; nothing but time is lost
    note: str | None = None  # why these are not the usual folders, in a sentence
    pool: Path | None = None  # environments that somebody else keeps for all users of the machine

    @property
    def environments(self) -> Path:
        """Ready environments, one folder each."""
        return self.data / "environments"

    @property
    def pythons(self) -> Path:
        """Pythons that the engine fetched."""
        return self.data / "pythons"

    @property
    def prefixes(self) -> Path:
        """Conda packages with a Python among them, one folder for each set."""
        return self.data / "prefixes"

    @property
    def runs(self) -> Path:
        """Records of runs that ended badly."""
        return self.data / "runs"

    @property
    def locks(self) -> Path:
        """Files that are locked, never read."""
        return self.state / "locks"

    @property
    def requests(self) -> Path:
        """Remembered requests: digest of requirements, Python and index → lock."""
        return self.state / "requests"

    @property
    def references(self) -> Path:
        """Which script led to which request and environment; what `gc` decides from."""
        return self.state / "references"

    @property
    def additions(self) -> Path:
        """What scripts' runs have found missing, and where that led."""
        return self.state / "additions"

    @property
    def arrivals(self) -> Path:
        """Which environments came from elsewhere, and what they answer."""
        return self.state / "arrivals"

    @property
    def judgements(self) -> Path:
        """Distributions that were let in though nobody declared them, a file for each name."""
        return self.state / "judgements"

    @property
    def past(self) -> Path:
        """How the last runs of scripts ended, for those that may still have to be waited for."""
        return self.state / "past"

    @property
    def cells(self) -> Path:
        """Sandboxes that are kept for several commands, one folder each."""
        return self.state / "cells"

    @property
    def logs(self) -> Path:
        """Log files of the command line."""
        return self.state / "logs"

    @property
    def engine_cache(self) -> Path:
        """The engine's own cache; on the file system of the environments, so that files can be linked."""
        return self.cache / "uv"

    @property
    def facts(self) -> Path:
        """What indexes have said: file lists of wheels, release facts, interpreters found."""
        return self.cache / "facts"

    @property
    def launcher(self) -> Path:
        """Records of the fast path."""
        return self.cache / "launcher"

    @property
    def programs(self) -> Path:
        """Notebooks, Markdown and standard input as the Python files that run."""
        return self.cache / "programs"

    @property
    def built(self) -> Path:
        """Wheels that were built here from sources."""
        return self.cache / "built"

    @property
    def settings_file(self) -> Path:
        """The user's settings (TOML)."""
        return self.config / "roost.toml"

    @property
    def trust_file(self) -> Path:
        """Distributions that the user trusts for good (TOML)."""
        return self.config / "trust.toml"


def locate(environ: Mapping[str, str] = os.environ) -> Home:
    """Find the home; makes nothing except, where the usual place cannot be written, a private temporary one.

    `ROOST_HOME` names one folder that holds all four, `ROOST_POOL` a folder of environments for all users. Otherwise the XDG Base Directory Specification is
    followed on Linux and macOS alike (decision 0002), with the password database in the place of a missing `HOME`.

    Raises:
        ConfigurationError: `ROOST_HOME` or `ROOST_POOL` is no absolute path.
        CannotCreate: no place can be written, not even the temporary folder.
    """
    pool = _named(environ, "ROOST_POOL")
    home = _own(environ)
    return home.replace(pool=pool) if pool else home


def _named(environ: Mapping[str, str], variable: str) -> Path | None:
    named = environ.get(variable)
    if named and not named.startswith("/"):
        raise ConfigurationError(
            f"`{variable}` must be an absolute path, not `{named}`",
            hints=(f'export {variable}="{Path(named).absolute()}"',),
        )
    return Path(named) if named else None


def _own(environ: Mapping[str, str]) -> Home:
    named = _named(environ, "ROOST_HOME")
    if named:
        return _below(named)
    user = environ.get("HOME") or _password_home()
    if not user.startswith("/"):
        return _temporary("there is no home folder")
    home = Home(
        config=_xdg(environ, "XDG_CONFIG_HOME", user, ".config"),
        data=_xdg(environ, "XDG_DATA_HOME", user, ".local/share"),
        state=_xdg(environ, "XDG_STATE_HOME", user, ".local/state"),
        cache=_xdg(environ, "XDG_CACHE_HOME", user, ".cache"),
    )
    for folder in (home.data, home.state, home.cache):
        if not _writable(folder):
            return _temporary(f"`{folder}` cannot be written")
    return home


def _below(root: Path) -> Home:
    return Home(config=root / "config", data=root / "data", state=root / "state", cache=root / "cache")


def _xdg(environ: Mapping[str, str], variable: str, user: str, default: str) -> Path:
    """Give the folder that a variable names; relative values are ignored, as the XDG specification asks."""
    named = environ.get(variable, "")
    base = Path(named) if named.startswith("/") else Path(user) / default
    return base / "roost"


def _password_home() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def _writable(folder: Path) -> bool:
    """Tell whether folder, or the nearest part of its path that exists, can be written."""
    at = folder
    while not at.exists() and at != at.parent:
        at = at.parent
    return at.is_dir() and os.access(at, os.W_OK | os.X_OK)


def _temporary(reason: str) -> Home:
    """Use a folder of this user below the temporary folder, refusing one that somebody else could have planted."""
    import tempfile

    root = Path(tempfile.gettempdir()) / f"roost-{os.getuid()}"
    try:
        root.mkdir(mode=0o700, exist_ok=True)
        facts = root.lstat()
    except OSError as error:
        raise CannotCreate(
            f"cannot make a home for roost at `{root}`",
            why=(reason, str(error.strerror)),
            hints=("name a folder that can be written: `export ROOST_HOME=/path/to/folder`",),
        ) from error
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise CannotCreate(
            f"`{root}` belongs to somebody else, or others may write it",
            why=(reason,),
            hints=("name a folder of your own: `export ROOST_HOME=/path/to/folder`",),
        )
    home = _below(root)
    return home.replace(note=f"{reason}; using `{root}`")


def ensure(folder: Path) -> Path:
    """Make folder, private to its user, with its parents; returns it.

    Raises:
        CannotCreate: it cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotCreate(
            f"cannot make the folder `{folder}`",
            why=(error.strerror or str(error),),
            hints=("name another place: `export ROOST_HOME=/path/to/folder`",),
        ) from error
    return folder


def write(path: Path, text: str | bytes, *, mode: int = 0o600, sync: bool = True) -> None:
    """Write path so that it appears whole or not at all: beside it, fsynced, renamed.

    Args:
        sync: wait until it is on the disk: it survives a power cut.

    Raises:
        CannotCreate: the disk is full, or the folder cannot be written.
    """
    data = text.encode() if isinstance(text, str) else text
    beside = path.parent / f".{path.name}.{os.getpid()}.{get_ident()}.tmp"
    ensure(path.parent)
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            if sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise CannotCreate(f"cannot write `{path}`", why=(error.strerror or str(error),)) from error
