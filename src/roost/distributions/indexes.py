"""Which indexes are asked: roost's settings, then uv's variables and files, then pip's."""

from __future__ import annotations

import os
from pathlib import Path

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from roost.settings import Settings


class Indexes(Value):
    """Where distributions come from. Addresses as configured: with a leading `name=` and with credentials, perhaps."""

    default: str | None = None  # asked last; None: the engine's own default
    extra: tuple[str, ...] = ()  # asked before the default one, in this order; the first that has a name gives it
    find_links: tuple[str, ...] = ()  # folders and pages with wheels
    merged: bool = False  # the extra ones are pip's, whose users expect one name from several indexes

    @property
    def named(self) -> tuple[tuple[str, str], ...]:
        """Give each index with its name, credentials and all: the extra ones first, as they are asked."""
        entries = [*self.extra, *([self.default] if self.default else [])]
        return tuple(_named(entry, number) for number, entry in enumerate(entries))

    def arguments(self) -> tuple[str, ...]:
        """Give the engine's options; credentials are left out, they go through `variables`."""
        words: list[str] = []
        for number, (name, address) in enumerate(self.named):
            bare = without_credentials(address)
            option = "--index" if number < len(self.extra) else "--default-index"
            words += [option, bare if name.startswith("index-") and bare == address else f"{name}={bare}"]
        if self.merged and self.extra:
            words += ["--index-strategy", "unsafe-first-match"]  # whatever fits in an earlier index wins
        for place in self.find_links:
            words += ["--find-links", place if "://" in place else str(Path(place).expanduser().absolute())]
        return tuple(words)

    def variables(self, environ: Mapping[str, str] = os.environ) -> dict[str, str]:
        """Give the variables by which the engine learns of credentials: never on its command line."""
        found: dict[str, str] = {}
        for name, address in self.named:
            known = credentials(name, address, environ)
            if known:
                found[f"UV_INDEX_{_variable(name)}_USERNAME"], found[f"UV_INDEX_{_variable(name)}_PASSWORD"] = known
        return found


def configured(settings: Settings, environ: Mapping[str, str]) -> Indexes:
    """Find the indexes that this user wants, for each kind the first place that says something."""
    user = environ.get("HOME") or "~"
    uv = _once(lambda: _uv_files(environ, user))
    pip = _once(lambda: _pip_files(environ, user))
    default = (
        settings.index_url
        or environ.get("UV_DEFAULT_INDEX")
        or environ.get("UV_INDEX_URL")
        or uv().default
        or environ.get("PIP_INDEX_URL")
        or pip().default
    )
    extra = settings.index_extra or _words(environ, "UV_INDEX") or _words(environ, "UV_EXTRA_INDEX_URL") or uv().extra
    merged = () if extra else _words(environ, "PIP_EXTRA_INDEX_URL") or pip().extra
    find_links = (
        settings.index_find_links
        or tuple(place for place in environ.get("UV_FIND_LINKS", "").split(",") if place)
        or uv().find_links
        or _words(environ, "PIP_FIND_LINKS")
        or pip().find_links
    )
    return Indexes(default, (*extra, *merged), tuple(find_links), merged=bool(merged))


def places(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Name the files of uv and pip that `configured` may read, whether they are there or not.

    Files with credentials (netrc) are none of them: they decide who may ask, not which index is asked.
    """
    user = environ.get("HOME") or "~"
    return tuple(dict.fromkeys([*_uv_places(environ, user), *_pip_places(environ, user)]))


def credentials(name: str, address: str, environ: Mapping[str, str] = os.environ) -> tuple[str, str] | None:
    """Find user and password for an index: roost's variables, uv's, the address itself, netrc."""
    for prefix in ("ROOST", "UV"):
        user = environ.get(f"{prefix}_INDEX_{_variable(name)}_USERNAME")
        password = environ.get(f"{prefix}_INDEX_{_variable(name)}_PASSWORD")
        if user or password:
            return user or "", password or ""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(address)
    if parts.username is not None:
        return unquote(parts.username), unquote(parts.password or "")
    return _netrc(parts.hostname or "", environ)


def without_credentials(address: str) -> str:
    """Give an address as it may be shown and stored."""
    scheme, mark, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{mark}{host.rpartition('@')[2]}{slash}{path}" if mark else address


def _named(entry: str, number: int) -> tuple[str, str]:
    """Part `name=address`; an index without a name is known by its place."""
    name, equals, address = entry.partition("=")
    if equals and name.replace("-", "").replace("_", "").replace(".", "").isalnum():
        return name, address
    return f"index-{number}", entry


def _variable(name: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in name).upper()


def _words(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(environ.get(name, "").split())


def _once(find: Callable[[], Indexes]) -> Callable[[], Indexes]:
    """Put off reading files until a variable has not answered, and read them once."""
    found: list[Indexes] = []

    def get() -> Indexes:
        if not found:
            found.append(find())
        return found[0]

    return get


def _netrc(host: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    file = environ.get("NETRC") or f"{environ.get('HOME') or '~'}/.netrc"
    if not host or not Path(file).expanduser().is_file():
        return None
    import netrc

    try:
        known = netrc.netrc(Path(file).expanduser()).authenticators(host)
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError):
        return None
    return (known[0] or "", known[2] or "") if known else None


def _config_folders(environ: Mapping[str, str], user: str) -> tuple[str, ...]:
    return (
        environ.get("XDG_CONFIG_HOME") or f"{user}/.config",
        *(environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"),
        "/etc",
    )


def _uv_files(environ: Mapping[str, str], user: str) -> Indexes:
    """Read uv's own files, the user's before the machine's ("Configuration files" of its documentation)."""
    for file in _uv_places(environ, user):
        try:
            return _uv_file(Path(file).read_bytes())
        except OSError:
            continue
    return Indexes()


def _uv_places(environ: Mapping[str, str], user: str) -> tuple[str, ...]:
    named = environ.get("UV_CONFIG_FILE")
    return (named,) if named else tuple(f"{folder}/uv/uv.toml" for folder in _config_folders(environ, user))


def _uv_file(data: bytes) -> Indexes:
    import tomllib

    try:
        document = tomllib.loads(data.decode("utf-8", "replace"))
    except tomllib.TOMLDecodeError:
        return Indexes()  # uv itself will complain
    tables: list[object] = [document, document.get("pip", {})]
    default, extra, links = None, [], []
    for table in tables:
        if not isinstance(table, dict):
            continue
        default = default or _text(table.get("index-url"))
        extra += _texts(table.get("extra-index-url"))
        links += _texts(table.get("find-links"))
    listed = document.get("index")
    for entry in listed if isinstance(listed, list) else []:
        address = _text(entry.get("url")) if isinstance(entry, dict) else None
        if not address or entry.get("explicit"):
            continue
        full = f"{entry['name']}={address}" if _text(entry.get("name")) else address
        if entry.get("default"):
            default = full
        else:
            extra.append(full)
    return Indexes(default, tuple(extra), tuple(links))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _pip_files(environ: Mapping[str, str], user: str) -> Indexes:
    there = [file for file in _pip_places(environ, user) if Path(file).exists()]
    return _pip_file(there) if there else Indexes()


def _pip_places(environ: Mapping[str, str], user: str) -> list[str]:
    """Name pip's files, later ones win ("Configuration" of its documentation)."""
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    folders = _config_folders(environ, user)
    files = [f"{folder}/pip/pip.conf" for folder in reversed(folders[1:-1])]
    files += ["/etc/pip.conf", f"{user}/.pip/pip.conf", f"{folders[0]}/pip/pip.conf"]
    files += [f"{environ['VIRTUAL_ENV']}/pip.conf"] if environ.get("VIRTUAL_ENV") else []
    return [*files, *([named] if named else [])]


def _pip_file(files: list[str]) -> Indexes:
    import configparser

    parser = configparser.RawConfigParser(strict=False)
    for file in files:
        try:
            parser.read(file, "utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip itself will complain

    def value(key: str) -> str:
        return next((parser.get(part, key) for part in ("install", "global") if parser.has_option(part, key)), "")

    return Indexes(
        value("index-url").strip() or None, tuple(value("extra-index-url").split()), tuple(value("find-links").split())
    )
