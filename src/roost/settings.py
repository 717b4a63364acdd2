"""The user's settings: one TOML file, and a variable for each setting by rule."""

from __future__ import annotations

import os

from .errors import ConfigurationError
from .values import Value, fields

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Settings(Value):
    """What can be set; `roost.toml` has a table for each prefix, `[index] url = …` is `index_url` here.

    Each has a variable by rule: `ROOST_` and the name in capitals (`ROOST_INDEX_URL`), which wins over the file.
    Lists are separated by blanks there, pairs by semicolons; in the file pairs are a table.
    """

    python: str | None = None  # the Python to prefer, "3.12"; none: the one roost runs on
    offline: bool = False  # never ask an index
    index_url: str | None = None  # the default index (PEP 503); none: the engine's own default
    index_extra: tuple[str, ...] = ()  # more indexes, asked before the default one
    index_find_links: tuple[str, ...] = ()  # folders or pages with wheels
    index_pins: tuple[str, ...] = ()  # `pattern=name` pairs: such names come from the index of that name and no other
    index_public: tuple[str, ...] = ()  # names or addresses of extra indexes that are nobody's own: they shadow nothing
    index_token_command: tuple[str, ...] = ()  # `name=command` pairs: the command says the token of the index
    index_ca_file: str | None = None  # certificates (PEM) by which indexes are known, beside the system's
    index_timeout: float = 30.0  # seconds that one question to an index may take, repetitions included
    index_exclude_newer: str | None = None  # a date, or a duration such as "7 days"
    conda_channels: tuple[str, ...] = ("conda-forge",)  # where conda packages come from, the first one is asked first
    lock_max_age_days: float = 30.0  # a remembered lock that is older is asked again, when the index can be asked
    build_timeout: float = 1800.0  # seconds that one build of an environment may take
    remote_url: str | None = None  # a cache shared with other machines, looked into before an index is asked: `s3://…`
    remote_timeout: float = 10.0  # seconds that one request to it may take
    remote_sign_key: str | None = None  # the file of an Ed25519 private key, with which what is pushed is signed
    remote_trusted_keys: tuple[str, ...] = ()  # files of public keys; if any, what none of them signed is not used
    keep_max_size: str | None = None  # what the home may have on disk, "20 GB"; none: as much as there is room
    keep_max_age_days: float = 90.0  # environments that no script needs and nobody used for so long go; 0: they stay
    sandbox_image: str | None = None  # the image of Docker's sandboxes, by name; none: the one that roost builds
    sandbox_policies: tuple[str, ...] = ()  # `origin=words` pairs: what programs from there may do and take
    trust_min_age_days: int = 90  # an unknown distribution's first release must be this old
    trust_min_releases: int = 3  # and it must have had this many
    trust_brought_min_age_days: int = 14  # and this old what a known distribution requires and nobody vouches for
    trust_files: tuple[str, ...] = ()  # files of `roost trust export`: what they name is let in as if you trusted it


PAIRS = ("index_pins", "index_token_command", "sandbox_policies")


def load(file: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings file, if there is one, and the variables.

    Raises:
        ConfigurationError: the file is no TOML, names a setting that does not exist, or a value has the wrong type.
    """
    values: dict[str, object] = {}
    if file.exists():
        values.update(_read(file))
    for name, default in _defaults().items():
        text = environ.get(f"ROOST_{name.upper()}")
        if text is not None and text != "":
            values[name] = _parse(name, text, default)
    limit = values.get("keep_max_size")
    if limit is not None and amount(str(limit)) is None:
        raise ConfigurationError(
            f"`keep.max-size` (`ROOST_KEEP_MAX_SIZE`) must be a size such as `20GB`, not `{limit}`"
        )
    return Settings(**values)  # type: ignore[arg-type]  # each value was checked against its field's type


def amount(text: str) -> int | None:
    """Read a size as people write it, `20 GB`, `1.5GiB`, `500M`; None: it is none. `GB` is 1000³, `G` and `GiB` 1024³."""
    import re

    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(?:([kmgt])(i?b?)|b)?\s*", text.lower())
    if not found:
        return None
    base = 1000 if found[3] == "b" else 1024
    power = " kmgt".index(found[2]) if found[2] else 0
    return int(float(found[1]) * float(base) ** power)


def _defaults() -> dict[str, object]:
    plain = Settings()
    return {name: getattr(plain, name) for name in fields(Settings)}


def _read(file: Path) -> dict[str, object]:
    import tomllib

    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"cannot read the settings in `{file}`", why=(str(error),)) from error
    defaults = _defaults()
    values: dict[str, object] = {}
    for name, value in _flatten(document):
        key = name.replace(".", "_").replace("-", "_")
        if key not in defaults:
            known = ", ".join(f"`{known.replace('_', '.', 1)}`" for known in sorted(defaults))
            raise ConfigurationError(
                f"`{file}` has a setting `{name}` that does not exist", hints=(f"there are: {known}",)
            )
        values[key] = _checked(file, name, value, defaults[key])
    return values


def _flatten(table: Mapping[str, object], prefix: str = "") -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for key, value in table.items():
        if f"{prefix}{key}".replace(".", "_").replace("-", "_") in PAIRS and isinstance(value, dict):
            found.append(
                (f"{prefix}{key}", [f"{name}={one}" if isinstance(one, str) else one for name, one in value.items()])
            )
        elif isinstance(value, dict):
            found += _flatten(value, f"{prefix}{key}.")
        else:
            found.append((f"{prefix}{key}", value))
    return found


def _checked(file: Path, name: str, value: object, default: object) -> object:
    """Give value in the type of its default; a setting whose default is none is text."""
    if isinstance(default, tuple) and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(default, float) and isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if (default is None and isinstance(value, str)) or (default is not None and type(value) is type(default)):
        return value
    wanted = (
        "text"
        if default is None
        else {bool: "true or false", int: "a whole number", float: "a number"}.get(type(default), "a list of texts")
    )
    raise ConfigurationError(f"`{name}` in `{file}` must be {wanted}, not `{value!r}`")


def _parse(name: str, text: str, default: object) -> object:
    try:
        if isinstance(default, bool):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()]
        if isinstance(default, tuple):
            return tuple(filter(None, map(str.strip, text.split(";")))) if name in PAIRS else tuple(text.split())
        if isinstance(default, int | float):
            return type(default)(text)
    except (KeyError, ValueError):
        kind = {bool: "1 or 0", int: "a whole number", float: "a number"}[type(default)]
        raise ConfigurationError(f"`ROOST_{name.upper()}` must be {kind}, not `{text}`") from None
    return text
