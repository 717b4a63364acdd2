"""Hashes that the user declared: only files that have one of them are locked (pip's `--hash`)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .values import Artifact

    Table = Mapping[str, object]
    Declared = Sequence[tuple[str, tuple[str, ...]]]


def permitted(package: Table, declared: Declared) -> Table:
    """Give a locked package (PEP 751) with only those of its files that have a declared hash.

    Raises:
        HashMismatch: none has.
    """
    allowed = dict(declared).get(str(package.get("name", "")))
    if not allowed:
        return package
    wheels, sdist, archive = package.get("wheels"), package.get("sdist"), package.get("archive")
    left = {key: value for key, value in package.items() if key not in {"wheels", "sdist", "archive"}}
    if isinstance(wheels, list) and (fitting := [wheel for wheel in wheels if _fits(wheel, allowed)]):
        left["wheels"] = fitting
    single = {"sdist": sdist, "archive": archive}
    left |= {kind: file for kind, file in single.items() if isinstance(file, dict) and _fits(file, allowed)}
    if not left.keys() & {"wheels", "sdist", "archive"}:
        files = [*(wheels if isinstance(wheels, list) else ()), sdist, archive]
        raise _mismatch(package, allowed, [file for file in files if isinstance(file, dict)])
    return left


def confirm(found: Sequence[Artifact], declared: Declared) -> None:
    """Check files that were selected already.

    Raises:
        HashMismatch: a file has none of the hashes declared for it.
    """
    for artifact in found:
        hashes = {"hashes": {"sha256": artifact.sha256} if artifact.sha256 else {}}
        permitted({"name": artifact.name, "version": artifact.version, "archive": hashes}, declared)


def _fits(file: Table, allowed: Sequence[str]) -> bool:
    hashes = file.get("hashes")
    return isinstance(hashes, dict) and any(f"{name}:{value}" in allowed for name, value in hashes.items())


def _mismatch(package: Table, allowed: Sequence[str], files: Sequence[Table]) -> Exception:
    from .faults import HashMismatch

    what = f"no file of `{package.get('name')}` {package.get('version', '')}".rstrip()
    got = [f"{kind}:{value}" for file in files for kind, value in (_hashes(file)).items()]
    return HashMismatch(
        f"{what} has a hash that was declared for it",
        why=(f"declared: {', '.join(allowed)}", f"found: {', '.join(got[:4]) or 'no hash is known'}"),
        hints=(
            "somebody changed the file, or the hashes belong to another version: compare them, then write the right ones",
        ),
    )


def _hashes(file: Table) -> Mapping[str, object]:
    hashes = file.get("hashes")
    return hashes if isinstance(hashes, dict) else {}
