"""`agent.yaml` of a package: which keys mean something, what each may be, and what no package may ask for."""

from __future__ import annotations

import re

from roost.values import Value

from . import yaml
from .yaml import Plain, invalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from .errors import ManifestInvalid

FILE = "agent.yaml"
LARGEST = 1 << 20  # bytes

NAME = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")
TARGET = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
VARIABLE = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})

# What decides which code is loaded, by whom and from where; other Python variables change only how it is shown.
_LOADING = re.compile(r"(LD|DYLD|PYTHON|PIP|UV|ROOST|VIRTUAL_ENV)(_|$)|PYTHON[A-Z]|(PATH|BASH_ENV|SHELLOPTS|GCONV_PATH)$")  # fmt: skip
_HARMLESS = frozenset({
    "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE", "PYTHONFAULTHANDLER",
})  # fmt: skip

_TEXTS = ("display_name", "description", "author", "license", "runtime", "protocol")
_LISTS = ("capabilities", "required_ui_capabilities")
_MAPPINGS = ("metadata", "mcp", "rest", "a2a", "ui", "permissions", "data_access", "plan_mode", "translation", "roost")
_OTHERS = (
    "name",
    "version",
    "entrypoint",
    "environment",
    "env",
    "dependencies",
    "http_server",
    "command",
    "ui_spec_version",
)
_TARGETS = (("rest", "entry"), ("a2a", "service"), ("a2a", "entry"), ("a2a", "http_server"))


class Manifest(Value):
    """What a package says of itself."""

    name: str
    version: str  # the agent's: `metadata.version` if there, else `version`; "" neither
    entrypoint: str  # "module:attribute"; "" none
    description: str
    surfaces: tuple[str, ...]  # of "rest", "a2a", "ui", "http"
    dependencies: tuple[str, ...]  # PEP 508, not checked
    environment: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]  # keys that mean nothing here; kept, and told


def read(data: bytes, name: str = FILE) -> Manifest:
    """Read a manifest.

    Raises:
        ManifestInvalid: it is too large, cannot be read, or something in it is not what it may be.
        YamlMissing: there is no library for YAML.
    """
    if len(data) > LARGEST:
        raise too_large(len(data), name)
    found = {key: value for key, value in yaml.read(data, name).items() if value is not None}
    for why in _flaws(found):
        raise invalid(name, why)
    metadata = found.get("metadata", {})
    surfaces = (
        *(one for one in ("rest", "a2a", "ui") if found.get(one)),
        *(("http",) if "http_server" in found else ()),
    )
    return Manifest(
        name=found["name"],
        version=_text(metadata.get("version") or found.get("version")),
        entrypoint=found.get("entrypoint", ""),
        description=found.get("description", ""),
        surfaces=surfaces,
        dependencies=tuple(found.get("dependencies", ())),
        environment=tuple((key, _text(value)) for key, value in found.get("environment", {}).items()),
        unknown=tuple(sorted(set(found) - {*_TEXTS, *_LISTS, *_MAPPINGS, *_OTHERS})),
    )


def too_large(size: int, name: str = FILE) -> ManifestInvalid:
    """Give the error for a manifest of this many bytes."""
    return invalid(name, f"it has {size:,} bytes, and {LARGEST:,} are allowed")


def _flaws(found: Mapping[str, Any]) -> Iterator[str]:
    """Say what is wrong, each in a sentence; the first one counts, and the later ones may be looked for no more."""
    if "name" not in found:
        yield "`name` is missing"
    for key in ("name", "entrypoint", "http_server", *_TEXTS):
        yield from _other_than(str, f"`{key}` must be a text", found.get(key, ""))
    for key in (*_MAPPINGS, "environment", "env"):
        yield from _other_than(dict, f"`{key}` must be a mapping", found.get(key, {}))
    yield from _wrong_name(found["name"])
    yield from _wrong_targets(found)
    yield from _wrong_lists(found)
    for value, key in (
        (found.get("version"), "version"),
        (found.get("metadata", {}).get("version"), "metadata.version"),
    ):
        yield from _other_than(str, f"`{key}` must be a text", _text(value) or value or "")
    for key in ("environment", "env"):
        yield from _wrong_variables(key, found.get(key, {}))


def _other_than(kind: type, what: str, value: object) -> Iterator[str]:
    if not isinstance(value, kind):
        yield f"{what}, and is {_kind(value)}"


def _wrong_lists(found: Mapping[str, Any]) -> Iterator[str]:
    for key in ("dependencies", *_LISTS):
        value = found.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            yield f"`{key}` must be a list of texts"


def _wrong_name(name: str) -> Iterator[str]:
    if not NAME.fullmatch(name) or name.partition(".")[0] in _DEVICES:
        yield f"`name` may be small letters, digits, `.`, `_` and `-`, at most 64, and is {name[:80]!a}"


def _wrong_targets(found: Mapping[str, Any]) -> Iterator[str]:
    for key in ("entrypoint", "http_server"):
        if key in found and not TARGET.fullmatch(found[key]):
            yield f"`{key}` must be `module:attribute`, and is {found[key][:80]!a}"
    for part, key in _TARGETS:
        value = found.get(part, {}).get(key)
        if value is not None and not (isinstance(value, str) and (TARGET.fullmatch(value) or MODULE.fullmatch(value))):
            yield f"`{part}.{key}` must be `module:function`"


def _wrong_variables(key: str, variables: Mapping[str, Any]) -> Iterator[str]:
    for name, value in variables.items():
        if not VARIABLE.fullmatch(name):
            yield f"`{key}` has a variable with the name {name[:80]!a}"
        if _LOADING.match(name.upper()) and name not in _HARMLESS:
            yield f"`{key}` sets `{name}`, which decides what code is loaded"
        if not isinstance(value, str | Plain | None) or "\0" in _text(value):
            yield f"`{key}.{name}` must be a text"


def _kind(value: object) -> str:
    if isinstance(value, Plain):
        return f"{value.kind} (`{value.text[:40]}`): write it in quotes"
    return "a list" if isinstance(value, list) else "a mapping" if isinstance(value, dict) else "a text"


def _text(value: object) -> str:
    return value.text if isinstance(value, Plain) else value if isinstance(value, str) else ""
