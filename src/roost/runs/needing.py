"""What a question of a running script asks for: requirements by the trust of before its start, or a reason."""

from __future__ import annotations

import os
from pathlib import Path

from roost.distributions import Requirement, direct, plan_for
from roost.scripts import Import

from .asked import listed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from roost.distributions import Plan
    from roost.distributions.names import Parsed

    from .asked import Asked


def imported(request: Mapping[str, object], asked: Asked) -> tuple[list[Requirement], str | None, str | None]:
    """Say which distributions a failed import asks for; none, with the reason, where there is nothing to add.

    The third is the one that is there and should have it.
    """
    places = [(str(file), int(str(line))) for file, line in map(listed, listed(request.get("places")))]
    if request.get("engine") is None and _copes(places, asked):
        return [], None, None
    line = places[0][1] if places else 1
    written = _written(places[:1], asked, str(request["name"]))
    wanted = written or Import(str(request.get("full") or request["name"]), (), line, "required")
    plan = _planned(wanted, asked)
    held = dict(asked.held.distributions)
    there = [one.name for one in plan.requirements if one.name in held]
    reason = f"`import {wanted.module}` at line {line}, while it ran"
    if request.get("engine"):
        reason = f"`{request['engine']}` loads `{wanted.module}`, while it ran"
    added = [
        one.replace(source="mended", reason=reason, optional=False) for one in plan.requirements if one.name not in held
    ]
    if added:
        return added, None, None
    if plan.unresolved:
        return [], _unanswered(plan), None
    if there:
        why = f"`{wanted.module}` should come from `{there[0]}`, of which {held[there[0]]} is in the environment"
        return [], why, there[0]
    return [], f"nothing is known to provide `{wanted.module}`", None


def _planned(wanted: Import, asked: Asked) -> Plan:
    """Decide what one import needs, as for one that was read in the script."""
    script = asked.script.replace(imports=(wanted.replace(kind="required", provider=None, marker=None, group=None),),
                                  calls=(), urls=(), declared=asked.script.declared.replace(requirements=(), lock=None))  # fmt: skip
    return plan_for(
        script, asked.python, home=asked.home, settings=asked.settings, options=asked.options, report=asked.report
    )


def _unanswered(plan: Plan) -> str | None:
    """Say why an import cannot be had."""
    if not plan.unresolved:
        return None
    one = plan.unresolved[0]
    return "\nhint: ".join(filter(None, (one.sentence, one.hint)))


def _written(places: Sequence[tuple[str, int]], asked: Asked, name: str) -> Import | None:
    """Find the import as it was read in the script or its local modules."""
    for file, line in places:
        for one in asked.script.imports:
            where = os.fspath(one.file) if one.file else ""
            if where == file and one.line == line and one.root == name.partition(".")[0]:
                return one
    return None


def _copes(places: Sequence[tuple[str, int]], asked: Asked) -> bool:
    """Judge code that was not read before the run: plugins, modules found while it ran."""
    from roost.scripts import expected

    read = {"", *(os.fspath(one.file) for one in asked.script.imports if one.file)}
    for number, (file, line) in enumerate(places):
        if file in read:
            continue
        for block in expected(Path(file)):
            if block.first <= line <= block.last and (number == 0 or block.anywhere):
                return True
    return False


def installed(request: Mapping[str, object], asked: Asked) -> tuple[list[Requirement], str | None]:
    """Take the requirements of a `pip install` that the script ran; and why one of them may not be, None where all may."""
    from roost.distributions.names import parse

    found = []
    for text in map(str, listed(request.get("requirements"))):
        parsed = parse(direct.bare(text))
        reason = "`pip install`, while it ran"
        if asked.bounds is not None and (why := _doubt(parsed, asked)):
            return [], why
        found.append(
            Requirement(parsed.name, direct.bare(text), reason, "mended", wheels_only=asked.bounds is not None)
        )
    return found, None


def _doubt(parsed: Parsed, asked: Asked) -> str | None:
    """Say why a distribution may not be installed because code asks for it that nobody has read; None: it may.

    One that is not known must do what it must for an import of a module with its name.
    """
    from roost.distributions import tables
    from roost.distributions.trust import trusted

    if parsed.url or parsed.marker:
        return f"`{parsed.name}` is asked for by more than its name"
    if tables.rank(parsed.name) is not None or parsed.name in {*asked.options.allow, *trusted(asked.home)}:
        return None
    if parsed.name in dict(asked.held.distributions):
        return None
    plan = _planned(Import(parsed.name.replace("-", "_"), (), 1, "required"), asked)
    if any(one.name == parsed.name for one in plan.requirements):
        return None
    return _unanswered(plan) or f"nothing is known of `{parsed.name}`"
