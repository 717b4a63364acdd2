"""Where several machines keep what they share: any address that fsspec knows."""

from __future__ import annotations

import hashlib
import os
import uuid
from contextlib import contextmanager
from pathlib import Path

from roost.errors import Exit, RoostError

from .secrets import bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

WHOLE = ("s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "memory")  # an object appears there whole or not at all
PIECE = 1 << 20  # bytes


class RemoteMissing(RoostError):
    """A remote cache is asked for, and the libraries for it are not installed."""

    code = "remote-missing"
    exit = Exit.UNAVAILABLE


class RemoteUnreachable(RoostError):
    """The remote cache gives no answer, or refuses."""

    code = "remote-unreachable"
    exit = Exit.UNAVAILABLE


class RemoteDamaged(RoostError):
    """What the remote cache has is not what it says: cut, changed, or signed by nobody who is trusted."""

    code = "remote-damaged"
    exit = Exit.REFUSED


class NotThere(RoostError):
    """The remote cache does not have this environment."""

    code = "not-in-remote"
    exit = Exit.NO_INPUT


class Store:
    """Named objects below one address. Whatever its library raises becomes `RemoteUnreachable`."""

    def __init__(self, url: str, *, timeout: float) -> None:
        """Ask nothing yet.

        Args:
            url: `s3://bucket/folder`, `gs://…`, `file:///…`, or a folder's path.
            timeout: seconds that one request may take.

        Raises:
            RemoteMissing: fsspec, or what it needs for this kind of address, is not installed.
        """
        self.shown = bare(url)[0]
        self._timeout = timeout
        try:
            from fsspec.core import url_to_fs
        except ImportError:
            raise _missing("fsspec", self.shown) from None
        try:
            self._files, self._root = url_to_fs(url, **_options(url, timeout))
        except ImportError as error:
            raise _missing(str(error).partition(";")[0], self.shown) from None
        except ValueError as error:
            raise RemoteUnreachable(f"`{self.shown}` is no address of a remote cache", why=(str(error),)) from error
        protocol = self._files.protocol
        self._whole = (
            bool({protocol} if isinstance(protocol, str) else set(protocol) & set(WHOLE)) and protocol != "file"
        )

    def read(self, name: str, limit: int) -> bytes | None:
        """Give a small object; None: it is not there.

        Raises:
            RemoteDamaged: it is longer than limit.
            RemoteUnreachable: no answer.
        """
        with self._asking(name):
            try:
                with self._files.open(self._place(name), "rb") as file:
                    data: bytes = file.read(limit + 1)
            except FileNotFoundError:
                return None
        if len(data) > limit:
            raise self.damaged(name, f"it is longer than {limit} bytes")
        return data

    def fetch(self, name: str, target: Path, sha256: str) -> None:
        """Copy an object to a file, which is there only if its digest is right.

        Raises:
            RemoteDamaged: it is not there, cut, or another one.
            RemoteUnreachable: no answer.
        """
        beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        found = hashlib.sha256()
        try:
            with self._asking(name), self._files.open(self._place(name), "rb") as source, beside.open("wb") as file:
                while piece := source.read(PIECE):
                    found.update(piece)
                    file.write(piece)
            if found.hexdigest() != sha256:
                raise self.damaged(name, f"its sha256 is `{found.hexdigest()}`")
            beside.replace(target)
        except FileNotFoundError:
            raise self.damaged(name, "it is not there") from None
        finally:
            beside.unlink(missing_ok=True)

    def size(self, name: str) -> int | None:
        """Give the bytes of an object; None: it is not there."""
        with self._asking(name):
            try:
                return int(self._files.info(self._place(name), refresh=True)["size"])
            except TypeError:  # a file system that remembers nothing knows no `refresh`
                return int(self._files.info(self._place(name))["size"])
            except FileNotFoundError:
                return None

    def write(self, name: str, data: bytes | Path) -> None:
        """Put an object where others see it whole or not at all.

        Raises:
            RemoteUnreachable: no answer, or it refuses.
        """
        place = self._place(name)
        aside = place if self._whole else f"{place}.{uuid.uuid4().hex}.tmp"
        with self._asking(name):
            self._files.makedirs(place.rpartition("/")[0], exist_ok=True)
            if isinstance(data, Path):
                self._files.put_file(str(data), aside)
            else:
                self._files.pipe_file(aside, data)
            if aside != place:
                self._files.mv(aside, place)

    def names(self, folder: str) -> list[str]:
        """List what lies in a folder, without the folder's own name."""
        with self._asking(folder):
            try:
                found = self._files.ls(self._place(folder), detail=False, refresh=True)
            except TypeError:
                found = self._files.ls(self._place(folder), detail=False)
            except FileNotFoundError:
                return []
        return sorted(
            name for name in (str(one).rstrip("/").rpartition("/")[2] for one in found) if not name.endswith(".tmp")
        )

    def damaged(self, name: str, why: str) -> RemoteDamaged:
        """Give the error about an object that is not what it should be."""
        return RemoteDamaged(
            f"`{name}` in `{self.shown}` is not used",
            why=(why,),
            hints=("have it sent anew from where it was built: `roost env push --again`",),
        )

    def _place(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    @contextmanager
    def _asking(self, name: str) -> Iterator[None]:
        try:
            yield
        except (RoostError, FileNotFoundError, TypeError):
            raise
        except Exception as error:  # each kind of store has errors of its own
            said = bare(" ".join(str(error).split()) or type(error).__name__)[0]
            raise RemoteUnreachable(
                f"the remote cache `{self.shown}` could not be asked for `{name.partition('/')[0]}`",
                why=(said[:300],),
                hints=(
                    "is the address right, and are you allowed there? credentials come from its own variables, such as `AWS_PROFILE`",
                ),
            ) from error


def _missing(what: str, shown: str) -> RemoteMissing:
    return RemoteMissing(
        f"cannot use the remote cache `{shown}`: {what} is not installed",
        hints=("install it where roost is: `python -m pip install 'roost[remote]'`",),
    )


def _options(url: str, timeout: float) -> dict[str, object]:
    """Give what keeps a store that does not answer from being waited for, where its library has a word for that."""
    if url.startswith(("s3:", "s3a:")):
        limits = {"connect_timeout": timeout, "read_timeout": timeout, "retries": {"max_attempts": 1}}
        return {"config_kwargs": limits, "use_listings_cache": False}
    return {}
