"""What uv's and pip's own files say about indexes; roost takes it where neither its settings nor a variable says anything."""

from __future__ import annotations

import os
from pathlib import Path

from .values import Indexes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def places(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Name the files of uv and pip that are read, whether they are there or not, and the one with everybody's credentials.

    An index that wants credentials is somebody's own and asked before others: so netrc has a part in which one is asked.
    """
    user = environ.get("HOME") or "~"
    netrc = environ.get("NETRC") or f"{user}/.netrc"
    return tuple(dict.fromkeys([*_uv_places(environ, user), *_pip_places(environ, user), netrc]))


def _config_folders(environ: Mapping[str, str], user: str) -> tuple[str, ...]:
    return (
        environ.get("XDG_CONFIG_HOME") or f"{user}/.config",
        *(environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"),
        "/etc",
    )


def of_uv(environ: Mapping[str, str], user: str) -> Indexes:
    """Read uv's own files, the user's before the machine's ("Configuration files" of its documentation)."""
    for file in _uv_places(environ, user):
        try:
            return uv_file(Path(file).read_bytes())
        except OSError:
            continue
    return Indexes()


def _uv_places(environ: Mapping[str, str], user: str) -> tuple[str, ...]:
    named = environ.get("UV_CONFIG_FILE")
    return (named,) if named else tuple(f"{folder}/uv/uv.toml" for folder in _config_folders(environ, user))


def uv_file(data: bytes) -> Indexes:
    """Read one `uv.toml`; what cannot be read says nothing."""
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


def of_pip(environ: Mapping[str, str], user: str) -> Indexes:
    """Read pip's own files, all of them: later ones win."""
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
