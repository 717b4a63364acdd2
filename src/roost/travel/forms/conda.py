"""conda's `environment.yml`: everything exact in its pip part, which needs no map of names."""

from __future__ import annotations

import json
import re

from roost.distributions import conda, tables
from roost.errors import Exit, RoostError
from roost.scripts.conda import package
from roost.travel.needs import Need, Needs

from .requirements import options, pinned, plain
from .values import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_MATCH = re.compile(r"\s*(?:\S+::)?([A-Za-z0-9][\w.-]*)\s*(.*)")


class YamlMissing(RoostError):
    """A YAML file is to be read, and the library for it is not installed."""

    code = "yaml-missing"
    exit = Exit.UNAVAILABLE


class BadEnvironmentFile(RoostError):
    """An `environment.yml` is no YAML, or not laid out as conda's."""

    code = "bad-environment-file"
    exit = Exit.UNREADABLE


def write(needs: Needs) -> Written:
    """Write an environment that conda makes: Python and conda's own packages from channels, everything else from pip.

    Args:
        needs: exact ones, for one minor version of Python.
    """
    short = needs.python.removeprefix("==").removesuffix(".*")
    notes = (need.note for need in needs.requirements)
    listed = [f"{json.dumps(line)}{note}" for line, note in zip(plain(needs.requirements), notes, strict=True)]
    pip = [*map(json.dumps, options(needs)), *listed]
    packages = [need.text for need in needs.conda]
    python = [] if any(package(one) == "python" for one in packages) else [f"python={short}"]
    lines = [
        f"name: {json.dumps(needs.name)}",
        "channels:",
        *(f"  - {json.dumps(one)}" for one in needs.conda_channels or ("conda-forge",)),
        "dependencies:",
        *(f"  - {json.dumps(one) if ' ' in one else one}" for one in (*python, *packages)),
        *(["  - pip", "  - pip:", *(f"      - {line}" for line in pip)] if pip else []),
    ]
    return Written("\n".join(lines) + "\n", pinned(needs))


def read(path: Path, folder: Path) -> Needs:
    """Read an environment file: its pip part as a requirements file, of the rest what has the same name on the index.

    What only conda has stays conda's, where roost can have it.

    Args:
        folder: an empty one, for the pip part as a file.

    Raises:
        YamlMissing: PyYAML is not installed.
        BadEnvironmentFile: it cannot be read.
    """
    document = _load(path)
    dependencies = document.get("dependencies")
    if not isinstance(dependencies, list):
        raise _bad(path, "it has no list `dependencies`")
    needs = Needs(str(document.get("name") or path.name.partition(".")[0]))
    for one in dependencies:
        if isinstance(one, dict) and isinstance(one.get("pip"), list):
            needs = _with_pip(needs, [str(line) for line in one["pip"]], path, folder)
        elif isinstance(one, str):
            needs = _with_match(needs, one)
        else:
            needs = needs.losing(f"`{one}`: it is no package of conda's")
    channels = document.get("channels")
    if needs.conda and isinstance(channels, list):
        needs = needs.replace(conda_channels=tuple(map(str, channels)))
    others = sorted(str(key) for key in document if key not in {"name", "channels", "dependencies", "prefix"})
    return needs.losing(*(f"`{key}`: roost does not use it" for key in others))


def _load(path: Path) -> dict[str, object]:
    try:
        import yaml
    except ImportError:
        raise YamlMissing(
            f"cannot read `{path.name}` without a library for YAML",
            hints=("install it where roost is: `python -m pip install 'roost[yaml]'`",),
        ) from None
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, OSError, UnicodeDecodeError, RecursionError) as error:
        raise _bad(path, " ".join(str(error).split())) from error
    if not isinstance(document, dict):
        raise _bad(path, "it is no mapping")
    return document


def _bad(path: Path, why: str) -> BadEnvironmentFile:
    return BadEnvironmentFile(f"cannot read `{path}`", why=(why,))


def _with_pip(needs: Needs, lines: list[str], path: Path, folder: Path) -> Needs:
    from . import requirements

    file = folder / path.name
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return needs.listing(requirements.read(file))


def _with_match(needs: Needs, text: str) -> Needs:
    """Take one package of conda's (its MatchSpec): Python, pip, or what has the same name on the index."""
    parts = _MATCH.fullmatch(text)
    if parts and not _on_an_index(parts[1].lower()) and conda.available():
        return needs.replace(conda=(*needs.conda, Need(text.strip(), where=f"`{text}` of conda's part")))
    versions = _versions(parts[2]) if parts else None
    if parts is None or versions is None:
        return needs.losing(f"`{text}`: what it asks for has no other form")
    name = parts[1].lower()
    if name == "python":
        return needs.replace(python=",".join(filter(None, [needs.python, versions])))
    if name in {"pip", "setuptools", "wheel"} and not versions:
        return needs
    if not _on_an_index(name):
        return needs.losing(
            f"`{text}`: it is a package of conda's, and no index is known to have the same under its name; roost installs it "
            "with `python -m pip install 'roost[conda]'`"
        )
    return needs.replace(
        requirements=(*needs.requirements, Need(f"{name}{versions}", where=f"`{text}` of conda's part"))
    )


def _on_an_index(name: str) -> bool:
    own = name in {"python", "pip", "setuptools", "wheel"}
    return own or (tables.rank(name) is not None and bool(tables.roots(name)))


def _versions(text: str) -> str | None:
    """Turn the versions of a match into PEP 440: `=1.26` and `1.26.*` are prefixes, a build string is dropped."""
    text = text.strip()
    if "|" in text or "[" in text:
        return None
    if exact := re.fullmatch(r"==?\s*([\w.!+]+)=[\w.*]+", text):  # name=1.2=build
        return f"=={exact[1]}"
    if prefix := re.fullmatch(r"=\s*([\w.!+]+)(?:\.\*)?", text):
        return f"=={prefix[1]}.*"
    if bare := re.fullmatch(r"([\d][\w.!+]*?)(\.\*)?", text):
        return f"=={bare[1]}{bare[2] or ''}"
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if all(re.fullmatch(r"(?:==|!=|<=|>=|<|>|~=)\s*[\w.!+*]+", part) for part in parts):
        return ",".join(part.replace(" ", "") for part in parts)
    return None
