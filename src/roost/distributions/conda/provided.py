"""What a prefix has of what an index would be asked for: its version is the one, and no file of an index takes its place."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from roost.scripts import Interpreter

OWN = frozenset({"pip", "setuptools", "wheel"})  # a Python's companions: nobody asked for them


@contextmanager
def provided(interpreter: Interpreter) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Tell the engine what the Python's prefix has, for as long as it is asked: constraints, and options.

    A constraint names the one file that may be taken; the options leave it out of the lock, since it stands there.

    Each distribution becomes a wheel with nothing but metadata. What it requires is left out, but for its extras: the
    solver of conda has seen to it, and often under other names.
    """
    import tempfile

    found = distributions(interpreter)

    with tempfile.TemporaryDirectory(prefix="roost-") as name:
        wheels = {canonical: _wheel(Path(name), canonical, folder) for canonical, folder in sorted(found.items())}
        yield (
            tuple(f"{canonical} @ {wheel.as_uri()}" for canonical, wheel in wheels.items()),
            tuple(word for canonical in wheels for word in ("--no-emit-package", canonical)),
        )


def distributions(interpreter: Interpreter) -> dict[str, Path]:
    """Give the distributions in a prefix: canonical name → the folder of its metadata."""
    found = {}
    for place in site(interpreter).glob("*-info"):
        name, _, kind = place.name.rpartition(".")
        canonical = re.sub(r"[-_.]+", "-", name.partition("-")[0]).lower()
        if kind in {"dist-info", "egg-info"} and canonical not in OWN:
            found[canonical] = place
    return found


def modules(interpreter: Interpreter) -> frozenset[str]:
    """Give the top-level modules that a Python's prefix has beside the standard library."""
    try:
        names = os.listdir(site(interpreter))  # noqa: PTH208
    except OSError:
        return frozenset()
    plain = (name.partition(".")[0] for name in names if not name.endswith(("-info", ".pth")))
    return frozenset(name for name in plain if name.isidentifier() and name not in OWN and not name.startswith("__"))


def site(interpreter: Interpreter) -> Path:
    """Give the folder of a prefix in which its distributions lie."""
    return interpreter.path.parent.parent / "lib" / f"python{interpreter.short}" / "site-packages"


def _wheel(folder: Path, canonical: str, metadata: Path) -> Path:
    import zipfile

    name = canonical.replace("-", "_")
    lines, version = _metadata(metadata)
    wheel = folder / f"{name}-{version}-py3-none-any.whl"
    at = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(f"{at}/METADATA", f"Metadata-Version: 2.1\nName: {canonical}\nVersion: {version}\n" + lines)
        archive.writestr(
            f"{at}/WHEEL", "Wheel-Version: 1.0\nGenerator: roost\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{at}/RECORD", "")
    return wheel


def _metadata(folder: Path) -> tuple[str, str]:
    """Give the lines about extras, and the version."""
    from email.parser import HeaderParser

    text = ""
    for name in ("METADATA", "PKG-INFO"):
        if (folder / name).is_file():
            text = (folder / name).read_text("utf-8", "replace")
            break
    headers = HeaderParser().parsestr(text)
    extras = [f"Provides-Extra: {one}\n" for one in headers.get_all("Provides-Extra") or ()]
    bound = [
        f"Requires-Dist: {one}\n" for one in headers.get_all("Requires-Dist") or () if "extra" in one.partition(";")[2]
    ]
    named = folder.name.rpartition(".")[0].split("-")
    return "".join([*extras, *bound]), str(headers.get("Version") or (named[1] if len(named) > 1 else "0"))
