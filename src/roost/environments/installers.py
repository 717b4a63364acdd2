"""The engines that make an interpreter's folder and put a lock's files into it: uv, and pip behind it."""

from __future__ import annotations

from pathlib import Path

from roost import processes
from roost.distributions import engine, faults, pylock
from roost.distributions.indexes import Indexes
from roost.distributions.indexes.written import written
from roost.errors import ProcessFailed
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Protocol

    from roost.distributions import Lock
    from roost.home import Home
    from roost.processes import Completed
    from roost.reporting import Reporter
    from roost.settings import Settings

    class Installer(Protocol):
        """Makes an environment's folder and installs exactly what a lock names, hashes checked."""

        name: str

        def missing(self, lock: Lock) -> str | None:
            """Return why this installer cannot be used for a lock, or None."""

        def install(self, lock: Lock, folder: Path, site: Site) -> tuple[str, ...]:
            """Make folder and install the lock in it; returns the steps taken.

            Raises:
                RoostError: of the classes in `faults`.
            """


class Site(Value):
    """What an installer works with."""

    home: Home
    settings: Settings
    report: Reporter
    offline: bool
    keep: tuple[int, ...]  # descriptors of the locks, inherited so that they last as long as the installer
    what: str  # for errors: "cannot build the environment of pandas"
    installers: tuple[Installer, ...] = ()  # who may install, in this order; () the usual ones
    allow: tuple[str, ...] = ()  # canonical names of distributions that the user allows what few have to do


class Uv:
    """The usual one: hard links or clones from roost's own cache."""

    name = "uv"

    def missing(self, lock: Lock) -> str | None:  # noqa: ARG002  # uv takes every lock
        """Return why uv cannot be used."""
        try:
            engine.find()
        except engine.EngineMissing as error:
            return error.what
        return None

    def install(self, lock: Lock, folder: Path, site: Site) -> tuple[str, ...]:
        """Make the folder; install from the cache, and from the index what is not there."""
        self.make(lock, folder, site)
        if not lock.artifacts:
            return ()
        file = folder / "pylock.toml"
        file.write_text(pylock.write(lock.artifacts, lock.interpreter), "utf-8")
        sync = ["pip", "sync", "--python", str(folder / "bin" / "python"), str(file)]
        cached = self._try([*sync, "--offline", "--quiet"], site)
        if cached.status == 0:
            return (f"uv from its cache: {len(lock.artifacts)} installed",)
        said = f"uv from its cache: {faults.one_line(cached.errors)}"
        if site.offline:
            raise faults.classify(cached.errors, what=site.what, stage="install", indexes=lock.indexes)
        progress = engine.Progress(site.report)
        indexes = lock.indexes or Indexes()
        with written(indexes) as asked:
            done = self._try([*sync, *asked.options], site, progress, asked.variables)
        if done.status:
            raise faults.classify(done.errors, what=site.what, stage="install", indexes=indexes)
        return (
            said,
            f"uv from the index: {len(lock.artifacts)} installed, {progress.downloaded} downloaded, {progress.built} built",
        )

    def make(self, lock: Lock, folder: Path, site: Site) -> None:
        """Make the folder, with a lock's interpreter and nothing installed."""
        words = [
            "venv",
            "--quiet",
            "--relocatable",
            "--no-project",
            *_over_prefix(lock),
            "--python",
            str(lock.interpreter.path),
            str(folder),
        ]
        made = self._try(words, site)
        if made.status:
            raise faults.classify(made.errors, what=site.what, stage="install")

    def _try(
        self,
        arguments: Sequence[str],
        site: Site,
        progress: engine.Progress | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Completed:
        try:
            return engine.run(
                arguments,
                home=site.home,
                settings=site.settings,
                timeout=site.settings.build_timeout,
                report=site.report,
                line=progress,
                keep=site.keep,
                variables=variables,
                cwd=Path("/"),
            )
        except ProcessFailed as error:
            raise _too_long(site, error) from error


class Pip:
    """Behind uv: the interpreter's own venv and pip."""

    name = "pip"

    def missing(self, lock: Lock) -> str | None:
        """Return why pip cannot be used: it must be part of the lock's interpreter."""
        done = processes.run(
            [lock.interpreter.path, "-I", "-c", "import pip, venv"], env={"PATH": "/usr/bin:/bin"}, timeout=60
        )
        return f"Python {lock.interpreter.full} has no pip of its own" if done.status else None

    def install(self, lock: Lock, folder: Path, site: Site) -> tuple[str, ...]:
        """Make the folder with `venv`, install with `pip --python`, hashes required where there are any."""
        from roost.distributions.pip import environment

        python = str(lock.interpreter.path)
        variables = environment(site.home, site.settings, lock.indexes or Indexes())
        self._run([python, "-I", "-m", "venv", "--without-pip", *_over_prefix(lock), str(folder)], variables, site)
        if lock.artifacts:
            file = folder / "requirements.txt"
            file.write_text("".join(f"{line}\n" for line in map(_line, lock.artifacts)), "utf-8")
            words = [
                python,
                "-m",
                "pip",
                "--python",
                str(folder / "bin" / "python"),
                "install",
                "--no-deps",
                "--quiet",
                "-r",
                str(file),
            ]
            self._run(words, variables, site)
        return (f"pip: {len(lock.artifacts)} installed",)

    def _run(self, argv: Sequence[str], variables: dict[str, str], site: Site) -> None:
        try:
            done = processes.run(
                argv, env=variables, timeout=site.settings.build_timeout, keep=site.keep, cwd=Path("/")
            )
        except ProcessFailed as error:
            raise _too_long(site, error) from error
        if done.status:
            raise faults.classify(done.errors or done.output, what=site.what, stage="install")


def _over_prefix(lock: Lock) -> tuple[str, ...]:
    """Let what conda packages have installed be seen."""
    return ("--system-site-packages",) if lock.interpreter.prefix else ()


def _too_long(site: Site, error: ProcessFailed) -> faults.TimedOut:
    fault = faults.TimedOut(site.what, why=(error.what, *error.why))
    fault.stage = "install"
    return fault


def _line(artifact: object) -> str:
    from roost.distributions import Artifact

    assert isinstance(artifact, Artifact)
    place, _, fragment = artifact.url.partition("#")
    if artifact.commit:
        return f"{artifact.name} @ {place}@{artifact.commit}" + (f"#{fragment}" if fragment else "")
    if fragment == "editable":
        return f"-e {place}"
    below = f"#{fragment}" if fragment else ""
    digest = f"{'&' if below else '#'}sha256={artifact.sha256}" if artifact.sha256 else ""
    return f"{artifact.name} @ {place}{below}{digest}"
