"""A source → its wheel: fetched, unpacked, built in a sandbox without network, looked through, and kept."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from roost import archives, locks
from roost.distributions import engine, faults
from roost.distributions.indexes import Indexes
from roost.distributions.indexes.written import written
from roost.errors import ProcessFailed, RoostError
from roost.sandbox import folders, policy, streams, system, tiers
from roost.sandbox.calling import call
from roost.sandbox.outputs import collect
from roost.sandbox.values import Job
from roost.values import Value

from . import backends, kept
from .fetching import UNPACKED, fetch, root

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.distributions.resolve import Means
    from roost.distributions.values import Artifact
    from roost.sandbox.folders import Place
    from roost.sandbox.policy import Policy
    from roost.sandbox.tiers import Tier
    from roost.scripts import Interpreter

PROGRAM = Path(__file__).resolve().parent.parent.parent / "inside" / "backend.py"
SAID = "said"  # the folder in which a hook's answer lies, beside the source
COMPILERS = (
    "CC", "CXX", "CFLAGS", "CPPFLAGS", "CXXFLAGS", "LDFLAGS", "MAKEFLAGS", "PKG_CONFIG_PATH", "CPATH", "LIBRARY_PATH", "LD_LIBRARY_PATH",
    "JAVA_HOME",
)  # fmt: skip
EPOCH = "315532800"  # 1980: the oldest date that a zip archive can have; so the same source gives the same wheel
LINES = 8  # of what a failed build said
OURS = re.compile(r'[~^ ]+|File "<string>", line \d+, in (<module>|call)')  # lines that say nothing of the project
AWAY = re.compile(
    r"network is unreachable|name resolution|could not resolve|failed to resolve|getaddrinfo|connection refused|nodename nor servname",
    re.IGNORECASE,
)
MISSING = (faults.DistributionNotFound, faults.NoMatchingVersion, faults.Conflict, faults.EngineFailed)
LOOSER = (
    "a build has no network here; of a project that you have read, give it one: `build = 'net=all'` below `[sandbox.policies]` in the settings, "
    "or have it built without a sandbox: `build = 'tier=none'`"
)


class Builder(Value):
    """Builds for one question: where sources come from, and by which policy their code runs."""

    tier: Tier
    policy: Policy
    means: Means
    indexes: Indexes
    exclude_newer: str | None = None

    def wheel(self, source: Artifact, interpreter: Interpreter, what: str) -> tuple[Artifact, Artifact]:
        """Build a source for an interpreter, unless that was done before.

        Args:
            source: as for `fetch`; its version may be empty where it is not known.
            what: for errors: "cannot build the environment of soup".

        Returns:
            The source with its digest or commit and its version, and its wheel, a file here.

        Raises:
            BuildFailed: it cannot be built.
            RoostError: as `fetch`.
        """
        home = self.means.home
        found = kept.find(home, source, interpreter)
        if found:
            return source.replace(version=found.version), found
        with folders.fresh() as place:
            work = _Work(self, place, interpreter, f"{source.name} {source.version}".strip(), what)
            source = fetch(source, Path(place.work) / "source", self.indexes, self.means, what)
            name = kept.key(source, interpreter)
            with locks.exclusive(home.locks / f"source-{name}", timeout=self.means.settings.build_timeout):
                found = kept.find(home, source, interpreter)
                if found is None:
                    self.means.report.progress(f"building `{work.title}` from its source")
                    self.means.report.detail(
                        f"`{work.title}` is built by the policy {self.policy.line(self.tier.name)}"
                    )
                    wheel, version = work.built(source)
                    found = kept.keep(home, source, interpreter, wheel, version)
                    self.means.report.step(
                        f"built a wheel of `{source.name}` {version} from its source ({self.tier.name})"
                    )
            return source.replace(version=found.version), found


def builder(means: Means, indexes: Indexes, exclude_newer: str | None = None) -> Builder | None:
    """Give what builds; None: the engine does, outside of a sandbox, as the settings say or as none works here, which is said.

    Raises:
        NoSandbox: the settings ask for one sandbox, and it does not work here.
        ConfigurationError: a policy of the settings cannot be.
    """
    found = policy.of("build", means.settings.sandbox_policies)
    if found.tier == "none":
        return None
    try:
        tier = tiers.working(found.tier, means.home)
    except tiers.NoSandbox as error:
        if found.tier != "auto":
            raise
        means.report.note(f"a source distribution is built outside of a sandbox: {'; '.join(error.why)}")
        return None
    return Builder(tier, found, means, indexes, exclude_newer)


class _Work:
    """One build under way."""

    def __init__(self, builder: Builder, place: Place, interpreter: Interpreter, title: str, what: str) -> None:
        self.builder, self.place, self.interpreter, self.title, self.what = builder, place, interpreter, title, what
        self.above = Path(place.work).parent

    def built(self, source: Artifact) -> tuple[Path, str]:
        """Build what lies unpacked in the work folder; gives the wheel and its version."""
        unpacked = Path(self.place.work) / "source"
        project = unpacked if source.commit is not None else root(unpacked)
        below = re.search(r"(?:^|&)subdirectory=([^&]*)", source.url.partition("#")[2])
        if below:
            project = project / below[1]
        if not os.path.realpath(project).startswith(os.path.realpath(unpacked)) or not project.is_dir():
            raise self._failed("the folder that is named in it is not there")
        try:
            backend = backends.read(project)
            environment = self._environment(backend.requires)
            more = backends.requirements(self._call(environment, project, "get_requires_for_build_wheel", backend)[0])
            if more:
                environment = self._environment((*backend.requires, *more))
            name, folder = self._call(environment, project, "build_wheel", backend)
        except backends.UnfitProject as error:
            raise self._failed(str(error)) from None
        if not isinstance(name, str) or "/" in name or not (folder / name).is_file():
            raise self._failed("its build gave no wheel")
        return folder / name, self._checked(source, folder / name)

    def _environment(self, requires: Sequence[str]) -> Path:
        """Make an environment for the build: wheels alone, from the indexes that are asked for everything.

        A new one each time: the engine starts its Python, and that must not obey what was installed before.
        """
        environment = self.above / f"environment-{len(requires)}"
        self._engine(["venv", "--quiet", "--no-project", "--python", str(self.interpreter.path), str(environment)])
        if not requires:
            return environment
        python, one = environment / "bin" / "python", self.builder
        with written(one.indexes, requires, environ=one.means.environ) as asked:
            words = ["pip", "install", "--quiet", "--only-binary", ":all:", "--python", str(python), *asked.options]
            words += ["--exclude-newer", one.exclude_newer] if one.exclude_newer else []
            words += ["--offline"] if one.means.settings.offline else []
            words += ["-r", "-"] if asked.lines else []
            words += ["-r", str(asked.project)] if asked.project else []
            self._engine(words, "".join(f"{line}\n" for line in asked.lines), asked.variables)
        return environment

    def _engine(self, words: Sequence[str], stdin: str | None = None, variables: dict[str, str] | None = None) -> None:
        means = self.builder.means
        try:
            done = engine.run(
                words, home=means.home, settings=means.settings, timeout=means.settings.build_timeout, report=means.report,
                stdin=stdin, variables=variables, cwd=Path("/"),
            )  # fmt: skip
        except ProcessFailed as error:
            raise faults.TimedOut(self.what, why=(error.what, *error.why)) from error
        if done.status:
            fault = faults.classify(done.errors, what=self.what, stage="install", indexes=self.builder.indexes)
            kind = faults.BuildFailed if isinstance(fault, MISSING) else type(fault)
            why = (f"`{self.title}` cannot be built from its source: what its build requires cannot be had", *fault.why)
            raise kind(self.what, why=why, hints=() if kind is faults.BuildFailed else fault.hints)

    def _call(self, environment: Path, project: Path, hook: str, backend: backends.Backend) -> tuple[object, Path]:
        """Call a hook in the sandbox; gives its answer, and the folder of ours with what it left beside it."""
        work, policy = Path(self.place.work), self.builder.policy
        (work / SAID).mkdir(exist_ok=True)
        answer = work / SAID / "answer.json"
        python = environment / "bin" / "python"
        above = os.path.dirname(os.path.dirname(os.path.realpath(self.interpreter.path)))  # noqa: PTH120
        own = {
            "PATH": f"{environment}/bin:/usr/local/bin:/usr/bin:/bin", "VIRTUAL_ENV": str(environment), "HOME": self.place.home,
            "TMPDIR": self.place.home, "SOURCE_DATE_EPOCH": EPOCH,
        }  # fmt: skip
        words = (str(project), str(answer), hook, backend.name, json.dumps(backend.where))
        job = Job(
            argv=(str(python), "-I", "-c", PROGRAM.read_text("utf-8"), *words),
            environ=system.variables(self.builder.means.environ, COMPILERS, own),
            folder=self.place.work,
            home=self.place.home,
            fresh=True,
            readable=(str(environment), *(() if above in {"/usr", "/"} else (above,))),
            network=policy.network or (),
            limits=policy.limits,
            python=str(python),
        )
        ended, said = call(self.builder.tier, job)
        text = streams.harmless(said.decode("utf-8", "replace"))
        if ended.reason != "ended":
            raise self._failed(
                f"its build was ended: it reached the limit of {ended.reason} of the policy for builds", text
            )
        if ended.status:
            raise self._failed(f"its build ended with {ended.status}", text)
        target = self.above / hook
        taken = collect(work, target, names=(SAID,))
        try:
            return json.loads((target / SAID / answer.name).read_bytes()), target / SAID
        except (OSError, ValueError):
            refused = "; ".join(f"{name}: {why}" for name, why in taken.refused[:3])
            raise self._failed(f"its build gave no answer{f' ({refused})' if refused else ''}", text) from None

    def _checked(self, source: Artifact, wheel: Path) -> str:
        """Look a wheel through: it must be the distribution that was asked for; gives its version."""
        from packaging.utils import InvalidWheelFilename, parse_wheel_filename
        from packaging.version import InvalidVersion, Version

        try:
            name, version, _, _ = parse_wheel_filename(wheel.name)
            wanted = Version(source.version) if source.version else version
        except (InvalidWheelFilename, InvalidVersion) as error:
            raise self._failed(f"its build gave `{streams.harmless(wheel.name[:200])}`, which is no wheel") from error
        if name != source.name or version.public != wanted.public:
            raise self._failed(f"its build gave `{wheel.name}`")
        try:
            archives.look(wheel, limits=UNPACKED)
        except RoostError as error:
            raise self._failed(
                f"the wheel that its build gave is refused: {error.why[0] if error.why else error.what}"
            ) from error
        return str(version)

    def _failed(self, why: str, said: str = "") -> faults.BuildFailed:
        lines = [line.strip() for line in said.replace(f"{self.place.work}/source/", "").splitlines()]
        lines = [line for line in lines if line and not OURS.fullmatch(line)][-LINES:]
        hints = faults.about_system(said) + ((LOOSER,) if AWAY.search(said) else ())
        return faults.BuildFailed(
            self.what, why=(f"`{self.title}` cannot be built from its source: {why}", *lines), hints=hints
        )
