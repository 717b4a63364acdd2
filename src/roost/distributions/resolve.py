"""One question to a resolver: requirements and a Python in, the text of a lock out."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path

from roost.values import Value

from . import engine
from .indexes.written import written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from roost.home import Home
    from roost.processes import Completed
    from roost.reporting import Reporter
    from roost.scripts import Interpreter
    from roost.settings import Settings

    from .requests import Request
    from .values import Lock


class Means(Value):
    """What every question needs of its surroundings."""

    home: Home
    settings: Settings
    report: Reporter
    environ: dict[str, str]


def compile_with_uv(
    request: Request,
    means: Means,
    *,
    offline: bool,
    upgrade: bool,
    target: Sequence[str] = (),
    links: Sequence[Path] | None = None,
) -> Completed:
    """Ask uv for a lock; its text is the output when the status is 0.

    Args:
        target: options of uv's that name another platform and Python than the request's.
        links: folders with wheels beside what the indexes have; uv builds nothing then. None: it builds sources itself.

    Raises:
        EngineMissing: there is no uv.
        ProcessFailed: it ran longer than it may.
    """
    arguments = [
        "--format",
        "pylock.toml",
        "--no-header",
        "--no-annotate",
        "--python",
        str(request.interpreter.path),
        *target,
    ]
    names = guarded(request, means, offline=offline, target=target) if links is None else (":all:",)
    for name in names:
        arguments += ["--only-binary", name]
    arguments += _links(links or ())
    if request.exclude_newer:
        arguments += ["--exclude-newer", request.exclude_newer]
    if offline:
        arguments.append("--offline")
    if upgrade:
        arguments.append("--refresh")
    return _ask(arguments, request.requirements, request, means)


def needs(request: Request, lock: Lock, means: Means) -> dict[str, set[str]]:
    """Ask uv, from its cache, what needs what in a lock: a name → the names that require it; {}: it does not say.

    Raises:
        ProcessFailed: it ran longer than it may.
    """
    from .building import kept_for

    pins = tuple(f"{one.name}=={one.version}" for one in lock.artifacts if one.sha256 and one.commit is None)
    pinned = request.replace(constraints=(*request.constraints, *pins), interpreter=lock.interpreter)
    arguments = ["--no-header", "--annotation-style", "line", "--offline", "--python", str(lock.interpreter.path)]
    arguments += ["--only-binary", ":all:", *_links(kept_for(lock.artifacts, lock.interpreter, means))]
    answer = _ask(arguments, request.requirements, pinned, means)
    return {} if answer.status else _read_needs(answer.output)


def _read_needs(text: str) -> dict[str, set[str]]:
    """Read a list with a comment at each line's end: `blinker==1.9.0  # via flask, quart`."""
    import re

    found: dict[str, set[str]] = {}
    for line in text.splitlines():
        match = re.match(r"([a-z0-9][a-z0-9-]*)(?:\[[^]]*\])?(?:==| @ ).*\s# via (.*)$", line)
        if match:
            found[match[1]] = {part.strip() for part in match[2].split(",")}
    return found


def _links(folders: Iterable[Path]) -> list[str]:
    return [word for one in folders for word in ("--find-links", str(one))]


def guarded(request: Request, means: Means, *, offline: bool, target: Sequence[str] = ()) -> tuple[str, ...]:
    """Give the names that must not be built: inferred ones, and what only they need.

    Where everything is inferred that is all of them. Where some may be built, the closure of the others is
    resolved first by itself, without building, to learn its names; `:all:` stands for every name.
    """
    if not request.wheels_only:
        return ()
    free = [text for text in request.requirements if _name(text) not in request.wheels_only]
    if not free:
        return (":all:",)
    bound = [text for text in request.requirements if _name(text) in request.wheels_only]
    arguments = ["--no-header", "--no-annotate", "--no-strip-extras", "--only-binary", ":all:",
                 "--python", str(request.interpreter.path), *target]  # fmt: skip
    if request.exclude_newer:
        arguments += ["--exclude-newer", request.exclude_newer]
    if offline:
        arguments.append("--offline")
    answer = _ask(arguments, bound, request, means)
    closure = [_name(line) for line in answer.output.splitlines() if "==" in line and not answer.status]
    return tuple(dict.fromkeys([*request.wheels_only, *closure]))


def _name(text: str) -> str:
    import re

    match = re.match(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)", text)
    return re.sub(r"[-_.]+", "-", match[1]).lower() if match else text


def _ask(arguments: Sequence[str], requirements: Sequence[str], request: Request, means: Means) -> Completed:
    with (
        _standing(request.interpreter) as (standing, left_out),
        _file((*request.constraints, *standing)) as constraints,
        written(request.indexes, requirements, timeless=request.timeless, environ=means.environ) as asked,
    ):
        inputs = (
            ["-", *([str(asked.project)] if asked.project else [])]
            if asked.lines or not asked.project
            else [str(asked.project)]
        )
        return engine.run(
            [
                "pip",
                "compile",
                *inputs,
                *asked.options,
                *arguments,
                *left_out,
                *(["-c", constraints] if constraints else []),
            ],
            home=means.home,
            settings=means.settings,
            timeout=means.settings.build_timeout,
            report=means.report,
            line=engine.Progress(means.report),
            stdin="\n".join(asked.lines) + "\n",
            variables=asked.variables,
            cwd=Path("/"),
        )


@contextmanager
def _standing(interpreter: Interpreter) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Say which distributions the Python has already, as constraints and as options that leave them out of the lock."""
    if not interpreter.prefix:
        yield (), ()
        return
    from .conda import provided

    with provided(interpreter) as found:
        yield found


@contextmanager
def _file(lines: Sequence[str]) -> Iterator[str | None]:
    """Write lines to a file for as long as it is needed; none for no lines."""
    if not lines:
        yield None
        return
    import tempfile

    with tempfile.NamedTemporaryFile("w", prefix="roost-", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        yield file.name
