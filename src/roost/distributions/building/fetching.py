"""A source where it lies → an unpacked folder, and exactly which file or commit it was."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from roost import archives, processes
from roost.distributions import engine, faults
from roost.distributions.direct import for_git
from roost.distributions.errors import IndexUnreachable
from roost.distributions.fetch import Unreachable, get
from roost.distributions.folders import path_of
from roost.distributions.index import Index
from roost.errors import ProcessFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions.indexes import Indexes
    from roost.distributions.resolve import Means
    from roost.distributions.values import Artifact

LONGEST = 512 << 20  # bytes of a source distribution's file
UNPACKED = archives.Limits(size=4 << 30, entries=200_000, ratio=1000.0, cased=True)


def fetch(source: Artifact, folder: Path, indexes: Indexes, means: Means, what: str) -> Artifact:
    """Put a source into a new folder.

    Args:
        source: a file with its digest, or without one; a repository with its commit, or a branch, tag or commit in its place ("" the newest).
        folder: is made.
        what: for errors.

    Returns:
        The source with its digest, or its commit.

    Raises:
        HashMismatch: the file is another one.
        IndexUnreachable: the file cannot be had.
        RepositoryFailed: the repository, or what is asked of it, cannot be had.
        ArchiveUnreadable, ArchiveUnsafe: the file may not be unpacked.
    """
    if source.commit is not None:
        return source.replace(commit=_cloned(source, folder, indexes, means, what))
    data = _file(source, indexes, means, what)
    digest = hashlib.sha256(data).hexdigest()
    if source.sha256 is not None and digest != source.sha256:
        raise faults.HashMismatch(
            what,
            why=(f"`{source.filename}` is not the file that was locked", f"expected {source.sha256}", f"got {digest}"),
            hints=("somebody changed the file, or a proxy did; ask the index again: `roost run --upgrade FILE`",),
        )
    packed = folder.with_name(f"{folder.name}-packed")
    packed.write_bytes(data)
    archives.unpack(packed, folder, limits=UNPACKED, links=True)
    packed.unlink()
    return source.replace(sha256=digest, size=len(data))


def root(folder: Path) -> Path:
    """Give the folder of the project in an unpacked file: the only one there, as names of source distributions go (PEP 625)."""
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() and not inside[0].is_symlink() else folder


def _file(source: Artifact, indexes: Indexes, means: Means, what: str) -> bytes:
    address = source.url.partition("#")[0]
    if address.startswith("file:"):
        try:
            return path_of(address).read_bytes()
        except OSError as error:
            raise IndexUnreachable(
                what, why=(f"`{source.filename}`: {(error.strerror or str(error)).lower()}",)
            ) from error
    if means.settings.offline:
        raise faults.NotCached(
            what, why=(f"`{source.filename}` was not built before",), hints=("run once with the network, then it works without",)
        )  # fmt: skip
    login = Index(indexes, home=means.home, settings=means.settings, environ=means.environ).login_for(address)
    try:
        answer = get(
            address, timeout=means.settings.build_timeout, limit=LONGEST, login=login, ca_file=means.settings.index_ca_file
        )  # fmt: skip
    except Unreachable as error:
        raise IndexUnreachable(what, why=(f"`{source.filename}`: {error}",)) from error
    if answer.status != 200:
        raise IndexUnreachable(what, why=(f"`{source.filename}`: it answered {answer.status}",))
    return answer.body


def _cloned(source: Artifact, folder: Path, indexes: Indexes, means: Means, what: str) -> str:
    """Fetch a repository with its history, which tells some projects their version; gives the commit."""
    address = source.url.partition("#")[0].removeprefix("git+")
    variables = engine.environment(means.home, means.settings, means.environ) | for_git(indexes.logins)
    variables |= {"GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1"}

    def git(*words: str) -> str:
        try:
            done = processes.run(
                ["git", "-C", str(folder), *words], env=variables, timeout=means.settings.build_timeout
            )
        except ProcessFailed as error:
            raise faults.RepositoryFailed(what, why=(error.what, *error.why)) from error
        if done.status:
            raise faults.classify(f"Git operation failed\n{done.errors}", what=what, indexes=indexes)
        return done.output.strip()

    folder.mkdir()
    git("init", "--quiet")
    git("fetch", "--quiet", "--tags", address, "+refs/heads/*:refs/remotes/origin/*", "+HEAD:refs/remotes/origin/HEAD")
    branch = f"refs/remotes/origin/{source.commit or 'HEAD'}"
    wanted = branch if git("for-each-ref", "--format=%(refname)", branch) == branch else source.commit
    commit = git("rev-parse", "--verify", "--end-of-options", f"{wanted}^{{commit}}").splitlines()[-1]
    git("-c", "advice.detachedHead=false", "checkout", "--quiet", commit)
    if os.path.lexists(folder / ".gitmodules"):
        git("submodule", "--quiet", "update", "--init", "--recursive")
    return commit
