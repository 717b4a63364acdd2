"""Which indexes the machine's owner has configured for pip and uv: variables first, then their files."""

from __future__ import annotations

import configparser
import os
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Configured:
    """Where to ask, and how to get there."""

    indexes: tuple[str, ...]  # simple index roots (PEP 503)
    links: tuple[str, ...]  # folders or pages with links to files
    certificates: Path | None  # a bundle to trust
    proxy: str | None


def configured(environ: Mapping[str, str]) -> Configured:
    """Read what is configured, in the order in which the two programs prefer it."""
    pip, uv = pip_settings(environ), uv_settings(environ)
    first = (
        environ.get("UV_DEFAULT_INDEX"),
        environ.get("UV_INDEX_URL"),
        environ.get("PIP_INDEX_URL"),
        pip.get("index-url"),
    )
    more = [environ.get(name, "") for name in ("UV_INDEX", "UV_EXTRA_INDEX_URL", "PIP_EXTRA_INDEX_URL")]
    indexes = [*filter(None, first), *_words(*more, pip.get("extra-index-url", "")), *uv]
    links = _words(
        environ.get("UV_FIND_LINKS", "").replace(",", " "), environ.get("PIP_FIND_LINKS", ""), pip.get("find-links", "")
    )
    if environ.get("PIP_NO_INDEX", pip.get("no-index", "")).lower() in {"1", "true", "yes", "on"}:
        indexes = []
    certificates = next(
        filter(None, (environ.get(name) for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))),
        pip.get("cert"),
    )
    return Configured(
        tuple(dict.fromkeys(re.sub(r"^[\w.-]+=(?=\w+:)", "", index) for index in indexes)),  # uv: `name=https://…`
        tuple(dict.fromkeys(links)),
        Path(certificates) if certificates and Path(certificates).is_file() else None,
        environ.get("PIP_PROXY") or pip.get("proxy"),
    )


def pip_settings(environ: Mapping[str, str]) -> dict[str, str]:
    """Read pip's configuration files; later ones win, `[install]` before `[global]`."""
    found: dict[str, str] = {}
    for file in pip_files(environ):
        parser = configparser.RawConfigParser()
        try:
            parser.read(file, "utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= {key.replace("_", "-"): value.strip() for key, value in parser.items(section)}
    return found


def pip_files(environ: Mapping[str, str]) -> Iterator[Path]:
    """Name pip's configuration files, weakest first."""
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    home = Path(environ.get("HOME", "/nonexistent"))
    for folder in reversed(environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(":")):
        yield Path(folder, "pip/pip.conf")
    if sys.platform == "darwin":
        yield Path("/Library/Application Support/pip/pip.conf")
        yield home / "Library/Application Support/pip/pip.conf"
    yield Path("/etc/pip.conf")
    yield home / ".pip/pip.conf"
    yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "pip/pip.conf")
    yield Path(sys.base_prefix, "pip.conf")
    if named:
        yield Path(named)


def uv_settings(environ: Mapping[str, str]) -> list[str]:
    """Read the indexes that uv's own configuration files name, the user's before the machine's."""
    if environ.get("UV_NO_CONFIG"):
        return []
    home = Path(environ.get("HOME", "/nonexistent"))
    files = [Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "uv/uv.toml"), Path("/etc/uv/uv.toml")]
    if "UV_CONFIG_FILE" in environ:
        files = [Path(environ["UV_CONFIG_FILE"])]
    found: list[str] = []
    for file in files:
        try:
            read = tomllib.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        for table in (read, read.get("pip", {})):
            found += [one["url"] for one in table.get("index", []) if isinstance(one, dict) and "url" in one]
            found += [table["index-url"]] if "index-url" in table else []
            found += table.get("extra-index-url", [])
    return found


def without_credentials(url: str) -> str:
    """Give a URL as it may be shown."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if parts.scheme else url


def _words(*texts: str) -> list[str]:
    return [word for text in texts for word in text.split()]
