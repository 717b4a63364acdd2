"""`roost sandbox start|exec|put|outputs|list|stop`: sandboxes that are kept for several commands."""

from __future__ import annotations

import os
import time
from pathlib import Path

from roost.errors import Exit, UsageError

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.sandbox.kept import Cell

    from .options import Arguments
    from .show import Output

FOLDER_ALONE = "between its commands only the folder of a sandbox of `{tier}` is kept; processes end with each command"


def start(arguments: Arguments, output: Output) -> int:
    """Make a sandbox with a script's environment, and say its name."""
    from roost.runs import brokering
    from roost.runs import sandboxed as runs
    from roost.sandbox import folders, kept, tiers

    from . import sandboxed
    from .run import _prepare

    home, settings = place.find(output)
    policy = sandboxed.asked(arguments, settings, tier="auto")
    asked = sandboxed.wish(arguments, policy, settings)
    tier = tiers.working(policy.tier, home, image=asked.image)
    name = arguments.text("name")
    if name is not None and not kept.NAME.fullmatch(name):
        raise UsageError(
            f"`--name {name}` is no name", hints=("lower case letters, digits and dashes: `--name charts`",)
        )
    prepared = _prepare(arguments, output, home, settings)
    asked = sandboxed.fitted(asked, tier, prepared, arguments, output=output, home=home, settings=settings)
    cells = os.fspath(home.cells)
    nowhere = folders.Place(cells, cells, cells)  # it gets its own
    way = brokering.closed(prepared.run)  # nobody stays who could answer
    options = place.options(arguments, settings)
    decided = runs.decide(prepared, asked, tier, home=home, options=options)
    job = runs.job(decided, prepared, (), asked, place=nowhere, way=way)
    output.progress("starting the sandbox")
    cell = kept.start(home, job, tier.name, name=name, idle=_seconds(arguments))
    kept.put(cell, asked.given)
    if not tier.name.startswith("docker"):
        output.note(FOLDER_ALONE.format(tier=tier.name))
    if arguments.has("json"):
        output.document("roost.cell/1", _document(cell, runs=True))
    else:
        output.text(cell.name)
    return Exit.OK


def execute(arguments: Arguments, output: Output) -> int:
    """Run a command in a sandbox; ends as it ended."""
    from roost.sandbox import apart, kept
    from roost.sandbox.streams import Stream, writer

    from . import sandboxed

    home, _ = place.find(output)
    cell = kept.find(home, arguments.words[0])
    said, errors = (Stream(writer(stream), cell.job.limits.output) for stream in (1, 2))
    null = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    try:
        stdin = null if os.isatty(0) else 0
        ended = apart.ended_as(
            apart.wait(
                lambda alive: apart.ending(kept.execute(cell, arguments.rest, said, errors, stdin=stdin, alive=alive))
            )
        )
    finally:
        os.close(null)
    words = arguments.rest or cell.job.argv
    told = sandboxed.told(ended, cell.job, os.path.basename(words[0]))  # noqa: PTH119
    if told:
        output.fail(told)
    for note in ended.notes:
        output.note(note)
    return sandboxed.status(ended)


def put(arguments: Arguments, output: Output) -> int:
    """Copy files into a sandbox's work folder."""
    from roost.sandbox import kept

    home, _ = place.find(output)
    name, *files = arguments.words
    names = kept.put(kept.find(home, name), map(Path, files))
    if output.json:
        output.document("roost.put/1", {"name": name, "files": list(names)})
    return Exit.OK


def outputs(arguments: Arguments, output: Output) -> int:
    """Collect what was made in a sandbox."""
    from roost.sandbox import kept

    from .sandboxes import collected, empty

    home, _ = place.find(output)
    name, out = arguments.words
    cell = kept.find(home, name)
    return collected(kept.outputs(cell, empty(out), names=arguments.texts("only")), output)


def listing(arguments: Arguments, output: Output) -> int:
    """Show the sandboxes that are kept, and whether commands can run in them."""
    from roost.sandbox import kept

    home, _ = place.find(output)
    wanted = arguments.words
    cells = [kept.find(home, name) for name in wanted] if wanted else kept.listing(home)
    found = [(cell, kept.runs(cell)) for cell in cells]
    if output.json:
        output.document("roost.cells/1", {"sandboxes": [_document(cell, runs=runs) for cell, runs in found]})
    else:
        rows = [
            (cell.name, cell.tier, "runs" if runs else "ended", f"used {views.ago(_used(cell))}", _environment(cell))
            for cell, runs in found
        ]
        output.text("\n".join(views.columns(rows)) if rows else "no sandbox is kept")
    return Exit.OK if all(runs for _, runs in found) or not wanted else Exit.UNAVAILABLE


def stop(arguments: Arguments, output: Output) -> int:
    """End sandboxes."""
    from roost.sandbox import kept

    home, _ = place.find(output)
    if arguments.has("all") == bool(arguments.words):
        raise UsageError("name the sandboxes to stop, or `--all`", hints=("`roost sandbox list`",))
    cells = kept.listing(home) if arguments.has("all") else [kept.find(home, name) for name in arguments.words]
    for cell in cells:
        kept.stop(cell)
    if output.json:
        output.document("roost.stopped/1", {"stopped": [cell.name for cell in cells]})
    return Exit.OK


def _seconds(arguments: Arguments) -> float:
    from roost.sandbox import kept

    text = arguments.text("idle")
    if text is None:
        return kept.IDLE
    if not text.isdecimal() or not 0 < int(text) < 10**8:
        raise UsageError(f"`--idle` takes seconds, not `{text}`")
    return float(text)


def _used(cell: Cell) -> float:
    try:
        return cell.file.stat().st_mtime
    except FileNotFoundError:  # it was stopped meanwhile
        return time.time()


def _environment(cell: Cell) -> str:
    return os.path.basename(os.path.dirname(os.path.dirname(cell.job.python)))  # noqa: PTH119, PTH120


def _document(cell: Cell, *, runs: bool) -> dict[str, object]:
    return {
        "name": cell.name, "tier": cell.tier, "runs": runs, "folder": cell.job.folder, "environment": _environment(cell),
        "network": list(cell.job.network), "idle": cell.idle, "used": _used(cell),
    }  # fmt: skip
