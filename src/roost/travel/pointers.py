"""The small objects of a remote cache that say which environment consists of which large ones."""

from __future__ import annotations

import json

from roost.digests import sha256
from roost.values import Value

from . import artifacts, signing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from roost.distributions import Artifact, Lock
    from roost.scripts import Interpreter

    from .store import Store

SCHEMA = "roost.pointer/1"
LIMIT = 32 << 20  # bytes


class Pointer(Value):
    """One environment in a remote cache."""

    name: str  # of the environment where it was built
    key: str  # the same
    implementation: str
    short: str  # Python's major and minor version
    abi: str
    platform: str  # where it was built, with libc
    artifacts: tuple[Artifact, ...]
    roots: tuple[str, ...]
    extras: tuple[tuple[str, tuple[str, ...]], ...]
    archive: str | None = None  # its sha256; None: every distribution is there as a wheel

    @property
    def places(self) -> tuple[str, ...]:
        """Name the objects that hold it: by what is in it, by its key, by what was asked for."""
        return (
            f"environments/{identity(self.artifacts, self)}.json",
            f"keys/{self.key}.json",
            f"{answering(self.roots, self)}/{identity(self.artifacts, self)}.json",
        )


def identity(files: Iterable[Artifact], python: Pointer | Interpreter) -> str:
    """Digest what an environment is made of, whichever version of the C library it was built beside."""
    contents = sorted([one.name, one.version, one.sha256 or f"{one.url} {one.commit or ''}"] for one in files)
    return sha256(json.dumps([*_kind(python), contents]).encode())


def answering(roots: Sequence[str], python: Pointer | Interpreter) -> str:
    """Name the folder of the environments for which these distributions were asked for."""
    return f"roots/{sha256(json.dumps([*_kind(python), sorted(set(roots))]).encode())}"


def _kind(python: Pointer | Interpreter) -> list[str]:
    return [python.implementation, python.short, python.abi, python.platform.rstrip("0123456789.")]


def of_lock(lock: Lock) -> str:
    """Name the object of a lock's environment."""
    return f"environments/{identity(lock.artifacts, lock.interpreter)}.json"


def write(store: Store, pointer: Pointer, *, key: Path | None) -> None:
    """Put a pointer into its places; what it points to must be there already.

    Args:
        key: the private key to sign it with; None: it is not signed.
    """
    body = json.dumps({
        "name": pointer.name,
        "key": pointer.key,
        "python": [pointer.implementation, pointer.short, pointer.abi, pointer.platform],
        "roots": pointer.roots,
        "extras": pointer.extras,
        "artifacts": artifacts.write(pointer.artifacts),
        "archive": pointer.archive,
    })  # fmt: skip
    signature = signing.sign(body.encode(), key) if key else None
    data = json.dumps({"schema": SCHEMA, "body": body, "signature": signature}).encode()
    for place in pointer.places:
        store.write(place, data)


def read(store: Store, name: str, *, trusted: Sequence[str]) -> Pointer | None:
    """Read a pointer; None: it is not there.

    Args:
        trusted: public keys of which one must have signed it; () nobody has to.

    Raises:
        RemoteDamaged: it is cut, changed, lies in another's place, or is not signed by who is trusted.
        RemoteUnreachable: no answer.
    """
    data = store.read(name, LIMIT)
    if data is None:
        return None
    try:
        document = json.loads(data)
        if document["schema"] != SCHEMA:
            raise store.damaged(name, f"it is `{document['schema']}`, this roost reads `{SCHEMA}`")
        body, signature = str(document["body"]), document["signature"]
        if trusted and not signing.signed(body.encode(), signature if isinstance(signature, str) else None, trusted):
            raise store.damaged(name, "it is not signed by a key of `remote.trusted-keys`")
        pointer = _pointer(json.loads(body))
    except (ValueError, KeyError, TypeError) as error:
        raise store.damaged(name, "it is cut, or no pointer") from error
    if name not in pointer.places:
        raise store.damaged(name, "it is about another environment")
    return pointer


def _pointer(body: dict[str, object]) -> Pointer:
    python, roots, extras = (_list(body[name]) for name in ("python", "roots", "extras"))
    implementation, short, abi, platform = map(str, python)
    key, archive = body["key"], body["archive"]
    if not artifacts.digest(key) or (archive is not None and not artifacts.digest(archive)):
        raise ValueError("a digest is none")
    return Pointer(
        str(body["name"]),
        str(key),
        implementation,
        short,
        abi,
        platform,
        artifacts.read(body["artifacts"]),
        tuple(map(str, roots)),
        tuple((str(one[0]), tuple(map(str, _list(one[1])))) for one in map(_list, extras)),
        str(archive) if archive else None,
    )


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("no list")  # noqa: TRY004  # whoever reads a document waits for one error
    return value
