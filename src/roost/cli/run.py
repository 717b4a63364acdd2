"""`roost run`: read, prepare, and become the script."""

from __future__ import annotations

import os

from roost.errors import RoostError, UsageError

from . import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.home import Home
    from roost.runs import Prepared
    from roost.scripts import Script
    from roost.settings import Settings

    from .options import Arguments
    from .report import Report
    from .show import Output


def run(arguments: Arguments, output: Output) -> int:
    """Run a script in its environment; returns only when somebody waits for the outcome (`--report`)."""
    target = arguments.text("report")
    if not target:
        home, settings = place.find(output)
        prepared, words = _prepare(arguments, output, home, settings)
        output.finish()
        from roost import runs

        runs.execute(prepared, words, home=home, report=output)
    from .report import opened

    with opened(target) as document:
        return _reported(arguments, output, document)


def _reported(arguments: Arguments, output: Output, document: Report) -> int:
    """Run under a parent that waits, and write down what was decided and what came of it, a failure too."""
    from roost import runs

    try:
        home, settings = place.find(output)
        prepared, words = _prepare(arguments, output, home, settings)
        document.prepared(prepared)
        output.finish()
        outcome = runs.supervise(prepared, words, home=home, report=output)
    except RoostError as error:
        document.failed(error)
        raise
    document.ended(outcome)
    return outcome.status


def _prepare(arguments: Arguments, output: Output, home: Home, settings: Settings) -> tuple[Prepared, Sequence[str]]:
    from roost import runs

    _mending(arguments, output)
    script, words = _script(arguments, home)
    options = place.options(arguments, settings)
    return runs.prepare(script, home=home, settings=settings, options=options, report=output), words


def _script(arguments: Arguments, home: Home) -> tuple[Script, Sequence[str]]:
    """Read what is to run; returns it with the words that are its own."""
    from roost import scripts

    module, text = arguments.text("m"), arguments.text("c")
    if module is not None:
        return scripts.read_module(module, folder=place.folder(), interpreters=place.pythons(home)), arguments.rest
    if text is not None:
        data = text.encode("utf-8", "surrogateescape")
        script = scripts.read_text(
            data, name="-c", form="command", folder=place.folder(), interpreters=place.pythons(home)
        )
        return script, arguments.rest
    return place.read(arguments.words[0], home), arguments.rest


def _mending(arguments: Arguments, output: Output) -> None:
    """Check the mode asked for, and say what it does not do yet."""
    from .table import MEND_MODES

    mode = arguments.text("mend")
    if mode is None:
        mode = os.environ.get("ROOST_MEND") or "off"
        if mode not in MEND_MODES:
            offered = ", ".join(f"`{choice}`" for choice in MEND_MODES)
            raise UsageError(f"`ROOST_MEND` cannot be `{mode}`", why=(f"it is one of {offered}",))
    elif mode != "off":
        output.note(f"mending while a script runs is not built yet: `--mend {mode}` acts as `--mend off`")
