"""`roost runs`: what ran in a sandbox or failed, and what came of it."""

from __future__ import annotations

from roost.errors import Exit, UsageError

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from roost.runs.history import Run

    from .options import Arguments
    from .show import Output

TAIL = 20  # lines of what it said
STREAMS = (("output", "output.txt"), ("errors", "errors.txt"))


def listing(arguments: Arguments, output: Output) -> int:
    """List the runs of which there is a record, the newest first."""
    from roost.runs import history

    home, _ = place.find(output)
    found = history.listing(home)
    text = arguments.text("script")
    if text:
        found = [one for one in found if text in str(one.document.get("script"))]
    if output.json:
        output.document("roost.runs/1", {"runs": [dict(one.document) for one in found]})
        return Exit.OK
    rows = [
        (one.id, str(one.document.get("started")), _end(one), _tier(one), _shown(str(one.document.get("script"))))
        for one in found
    ]
    output.text(
        "\n".join(views.columns(rows)) or "no run has left a record: those in a sandbox do, and those that fail"
    )
    return Exit.OK


def show(arguments: Arguments, output: Output) -> int:
    """Show one record: policy, end, outputs, and the last lines of what it said."""
    run = _one(arguments, output)
    if output.json:
        output.document("roost.run/1", dict(run.document) | {name: run.stream(file) for name, file in STREAMS})
        return Exit.OK
    output.text("\n".join(_lines(run)))
    return Exit.OK


def log(arguments: Arguments, output: Output) -> int:
    """Show what a run has said: its output, or its errors."""
    run = _one(arguments, output)
    output.text(run.stream(STREAMS[1 if arguments.has("errors") else 0][1]).rstrip("\n"))
    return Exit.OK


def remove(arguments: Arguments, output: Output) -> int:
    """Remove records."""
    from roost.runs import history

    home, _ = place.find(output)
    if arguments.has("all") == bool(arguments.words):
        raise UsageError("`roost runs rm` needs the id of a run, or `--all`", hints=("`roost runs list`",))
    every = [one for one in history.listing(home) if not one.running]
    gone = every if arguments.has("all") else [history.find(home, word) for word in arguments.words]
    for one in dict.fromkeys(run.id for run in gone):
        history.remove(history.find(home, one))
    if output.json:
        output.document("roost.removed/1", {"removed": [one.id for one in gone]})
    else:
        output.text(f"removed {len(gone)} {'record' if len(gone) == 1 else 'records'}")
    return Exit.OK


def _one(arguments: Arguments, output: Output) -> Run:
    from roost.runs import history

    home, _ = place.find(output)
    if arguments.words and arguments.has("last"):
        raise UsageError("`--last` and an id are two ways to name a run", hints=("give one of them",))
    return history.find(home, arguments.words[0] if arguments.words else None)


def _lines(run: Run) -> Iterator[str]:
    document = run.document
    sandbox = document.get("sandbox") or {}
    facts = [
        ("run", run.id),
        ("script", _shown(str(document.get("script")))),
        ("started", str(document.get("started"))),
        ("ended", _end(run)),
        ("environment", str(document.get("environment"))),
        ("policy", str(sandbox.get("policy") or "")),
        ("held by", ", ".join(f"{name} {by}" for name, by in (sandbox.get("held") or {}).items())),
        *(("note", str(note)) for note in sandbox.get("notes") or ()),
        *(
            ("output", f"{one['name']} ({views.bytes_text(one['size'])}, {one['kind']})")
            for one in document.get("outputs") or ()
        ),
        *(("left", f"{one['name']}: {one['why']}") for one in document.get("refused") or ()),
    ]
    yield from views.columns([fact for fact in facts if fact[1]])
    for name, file in STREAMS:
        lines = run.stream(file).splitlines()
        if lines:
            yield f"\n{name}{f', the last {TAIL} of {len(lines)} lines' if len(lines) > TAIL else ''}:"
            yield from (f"  {line}" for line in lines[-TAIL:])


def _end(run: Run) -> str:
    outcome = run.document.get("outcome")
    if outcome is None:
        error = run.document.get("error")
        return "is running" if run.running else f"was not started: {error['message']}" if error else "was cut off"
    seconds = f"after {outcome['seconds']:.1f} s"
    reason = outcome.get("reason") or outcome.get("death")
    if reason in {None, "ended", "exit"}:
        return f"status {outcome['status']} {seconds}"
    return f"{reason} {seconds}"


def _tier(run: Run) -> str:
    return str((run.document.get("sandbox") or {}).get("tier") or "-")


def _shown(text: str) -> str:
    from roost.sandbox.streams import harmless

    return harmless(text)
