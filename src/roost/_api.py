"""roost as a library: the same rooms that the command line calls."""

from __future__ import annotations

import os
from pathlib import Path

from roost.reporting import Silent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roost.distributions import Options, Plan
    from roost.environments import Environment
    from roost.home import Home
    from roost.runs import Outcome
    from roost.sandbox.policy import Policy
    from roost.scripts import Interpreter, Script
    from roost.settings import Settings


def check(
    path: str | os.PathLike[str],
    *,
    with_: Sequence[str] = (),
    python: str | None = None,
    allow: Sequence[str] = (),
    declared_only: bool = False,
    offline: bool | None = None,
) -> Plan:
    """Decide what a script needs, without building anything and without running it.

    Args:
        path: a script, notebook, Markdown file, zipapp, or folder with `__main__.py`.
        with_: more requirements (PEP 508).
        python: the Python to use: `3.12`, `>=3.11`, or the path of one.
        allow: distributions that imports may bring though roost does not know them.
        declared_only: leave out what nobody declared.
        offline: never ask an index; None: what the settings say.

    Raises:
        RoostError: the script cannot be read, or what it declares cannot be.
    """
    from roost import distributions

    home, settings = _place()
    options = _options(settings, with_=with_, python=python, allow=allow, declared_only=declared_only, offline=offline)
    return distributions.answer(_read(path, home), home=home, settings=settings, options=options, report=Silent())


def environment(requirements: Sequence[str], *, python: str | None = None, offline: bool | None = None) -> Environment:
    """Return a ready environment with these requirements (PEP 508), building it if there is none yet.

    It is shared with every script that leads to the same distributions, and must not be written to.

    Raises:
        RoostError: a requirement is none, nothing fits, no index answers, the disk is full.
    """
    from roost import distributions, environments, travel

    home, settings = _place()
    options = _options(settings, python=python, offline=offline)
    report = Silent()
    script = _declaring(requirements)
    plan = distributions.plan(script, home=home, settings=settings, options=options, report=report)
    travel.prime(plan, home=home, settings=settings, options=options, report=report)
    lock = distributions.lock(plan, home=home, settings=settings, options=options, report=report)
    return environments.ensure(
        lock, home=home, settings=settings, options=options, report=report, installers=travel.installers(settings)
    )


def run(
    path: str | os.PathLike[str],
    args: Sequence[str] = (),
    *,
    with_: Sequence[str] = (),
    python: str | None = None,
    timeout: float | None = None,
    capture: bool = True,
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    sandbox: str | None = None,
    net: str | None = None,
    limits: Mapping[str, float | str | None] | None = None,
    given: Sequence[str | os.PathLike[str]] = (),
    wanted: Sequence[str] = (),
    untrusted: bool = False,
) -> Outcome:
    """Run a script in its environment, wait for its end, and say what became of it.

    A script that fails is an outcome with its status, not an exception.

    Args:
        path: a script, notebook, Markdown file, zipapp, or folder with `__main__.py`.
        args: its arguments.
        with_: more requirements (PEP 508).
        python: the Python to use: `3.12`, `>=3.11`, or the path of one.
        timeout: seconds until the script and its children are ended; None: no limit.
        capture: keep what it writes in the outcome; otherwise it goes where ours goes.
        cwd: its working folder; None: ours.
        env: its environment variables; None: ours.
        stdin: text for its standard input; None: nothing.
        sandbox: `limits`, `landlock`, `bubblewrap`, `docker`, or `auto`, the strongest that works; None: none, unless the
            settings say otherwise. In a sandbox it works in a new and empty folder unless `cwd` names one, gets few of our
            variables and those of `env`, and is always captured.
        net: what it may use of the network there: `none`, `all`, or hosts with ports, `example.org:443,…`.
        limits: of `timeout` (seconds), `processes`, and `memory`, `file_size`, `disk`, `output` (bytes, or `2G`); None: as much as there is.
        given: files that are copied into its folder.
        wanted: files and folders below it that are taken out at the end, where `outcome.outputs` says.
        untrusted: nobody has read it: `auto`, no network, few of everything, unless the settings say otherwise.

    Raises:
        RoostError: it could not be started: the script cannot be read, its environment cannot be built, or the sandbox does not work.
    """
    from roost import runs
    from roost.runs.ready import ready

    home, settings = _place()
    said = dict(limits or {}) | ({"timeout": timeout} if timeout is not None else {})
    policy = _policy(settings, sandbox, net, said, untrusted=untrusted)
    tier = None
    if policy and (policy.tier != "none" or given or wanted or limits or net):
        from roost.sandbox import tiers

        tier = tiers.working(policy.tier, home)
    options = _options(settings, with_=with_, python=python).replace(unread=untrusted)
    prepared = ready(path, lambda file: _read(file, home), home=home, settings=settings, options=options)
    if tier and policy:
        from roost.runs import sandboxed, warded

        wish = sandboxed.Wish(
            policy=policy,
            folder=Path(cwd) if cwd is not None else None,
            given=tuple(map(Path, given)),
            wanted=tuple(wanted),
            environ=dict(env or {}),
        )
        words = [os.fspath(argument) for argument in args]
        return warded.run(prepared, words, wish, tier, home=home, options=options, stdin=stdin)
    return runs.supervise(
        prepared,
        [os.fspath(argument) for argument in args],
        home=home,
        report=Silent(),
        capture=capture,
        timeout=timeout,
        cwd=Path(cwd) if cwd is not None else None,
        env=env,
        stdin=stdin,
    )


def _policy(
    settings: Settings,
    sandbox: str | None,
    net: str | None,
    limits: Mapping[str, float | str | None],
    *,
    untrusted: bool,
) -> Policy | None:
    """Say by which policy it runs; None: plainly."""
    if not (sandbox or net or limits or untrusted or settings.sandbox_policies):
        return None
    from roost.sandbox import policy

    return policy.asked(
        settings.sandbox_policies,
        tier=sandbox,
        net=net,
        limits={name: _limit(one) for name, one in limits.items()},
        untrusted=untrusted,
    )


def _limit(value: float | str | None) -> str:
    return "all" if value is None else str(value)


def _place() -> tuple[Home, Settings]:
    from roost import home, settings

    found = home.locate()
    return found, settings.load(found.settings_file)


def _options(
    settings: Settings,
    *,
    with_: Sequence[str] = (),
    python: str | None = None,
    allow: Sequence[str] = (),
    declared_only: bool = False,
    offline: bool | None = None,
) -> Options:
    import re

    from roost.distributions import Options

    return Options(
        extra=tuple(with_),
        python=python,
        allow=tuple(re.sub(r"[-_.]+", "-", name).lower() for name in allow),
        declared_only=declared_only,
        offline=settings.offline if offline is None else offline,
    )


def _read(path: str | os.PathLike[str], home: Home) -> Script:
    from roost import scripts

    def installed() -> Sequence[Interpreter]:
        from roost.scripts import pythons

        return pythons.installed(home, os.environ)

    return scripts.read(Path(path), interpreters=installed)


def _declaring(requirements: Sequence[str]) -> Script:
    """Make the script that declares requirements and contains nothing."""
    from roost.scripts.values import Declaration, Declared, Script

    lines = tuple(Declaration(text, line, None, "requirements") for line, text in enumerate(requirements, 1))
    data = "\n".join(requirements).encode()
    declared = Declared(lines, where="the requirements given", via="requirements")
    return Script(None, "the requirements given", "command", b"", data, declared=declared)
