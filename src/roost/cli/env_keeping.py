"""`roost env gc|du`: what environments take on disk, and what need not stay there."""

from __future__ import annotations

from roost.errors import Exit, UsageError

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.environments import Collected

    from .options import Arguments
    from .show import Output

DAY = 86400.0
DEFAULT_AGE = 30.0  # days without use, after which `gc` takes an environment to which no script refers


def collect(arguments: Arguments, output: Output) -> int:
    """Remove what nothing needs any more."""
    from roost import environments
    from roost.records import additions, collecting
    from roost.runs import foreign
    from roost.sandbox import image
    from roost.travel import collecting as travelled

    home, _ = place.find(output)
    dry = arguments.has("dry-run")
    age, most = _days(arguments) * DAY, _size(arguments)
    output.progress("looking at environments")
    found = environments.collect(home, older_than=age, dry_run=dry, max_size=most)
    if not dry:
        collecting.collect(home, older_than=age)
        additions.collect(home, older_than=age)
        travelled.collect(home, older_than=age)
        foreign.collect(home, older_than=age)
        image.collect(home)
    if output.json:
        output.document("roost.collected/1", _collected_document(found, dry=dry))
    else:
        output.text("\n".join(_collected_lines(found, dry=dry)))
    return Exit.OK


def _collected_document(found: Collected, *, dry: bool) -> dict[str, object]:
    return {
        "removed": [one.name for one in found.removed],
        "bytes": found.bytes,
        "orphans": list(found.orphans),
        "kept": [{"name": one.name, "reason": reason} for one, reason in found.kept],
        "wheels": list(found.wheels),
        "conda": list(found.prefixes),
        "over": found.over,
        "requests": found.requests,
        "dry_run": dry,
    }


def _collected_lines(found: Collected, *, dry: bool) -> list[str]:
    verb = "would remove" if dry else "removed"
    lines = [f"{verb} {one.name}" for one in found.removed]
    lines += [f"{verb} {name}, conda packages on which nothing stands" for name in found.prefixes]
    lines += [f"kept {one.name}: {reason}" for one, reason in found.kept]
    lines += [f"{'would forget' if dry else 'forgot'} {script}, which is gone" for script in found.orphans]
    if found.requests:
        locks = views.counted(found.requests, "remembered lock")
        lines.append(f"{'would forget' if dry else 'forgot'} {locks} that nothing leads to")
    wheels = f" and {views.counted(len(found.wheels), 'unpacked wheel')}" if found.wheels else ""
    count = views.counted(len(found.removed), "environment")
    lines.append(f"{verb} {views.bytes_text(found.bytes)} in {count}{wheels}")
    if found.over:
        lines.append(f"{views.bytes_text(found.over)} more than allowed stay: used within a day, or no environments")
    return lines


def _days(arguments: Arguments) -> float:
    text = arguments.text("older-than")
    if text is None:
        return DEFAULT_AGE
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0 <= days < 1e6:
        raise UsageError(
            f"`--older-than` takes a number of days, not `{text}`", hints=("`roost env gc --older-than 7`",)
        )
    return days


def _size(arguments: Arguments) -> int | None:
    from roost.settings import amount

    text = arguments.text("max-size")
    if text is None:
        return None
    size = amount(text)
    if size is None:
        raise UsageError(
            f"`--max-size` takes a size, not `{text}`", hints=("with its unit: `roost env gc --max-size 20GB`",)
        )
    return size


def usage(arguments: Arguments, output: Output) -> int:
    """Show what environments take on disk: alone, shared, as bytecode; each file once in the totals."""
    from roost import environments
    from roost.environments import sizes

    home, _ = place.find(output)
    found = list(dict.fromkeys(environments.find(home, text) for text in arguments.words))
    output.progress("looking at files")
    rows = [(one, sizes.usage(one.path)) for one in found or environments.listing(home)]
    rows.sort(key=lambda row: row[1].total, reverse=True)
    whole = sizes.of_home(home)
    if output.json:
        each = [
            {"name": one.name, "own": used.own, "shared": used.shared, "bytecode": used.bytecode, "total": used.total}
            for one, used in rows
        ]
        totals = dict(zip(("total", "environments", "cache", "both", "bytecode"), whole.values(), strict=True))
        output.document("roost.usage/1", {"environments": each, "home": totals})
        return Exit.OK
    text = views.bytes_text
    lines = views.columns(
        [
            (one.name, f"{text(used.own)} own", f"{text(used.shared)} shared", f"{text(used.bytecode)} bytecode")
            for one, used in rows
        ]
    )
    lines += views.columns(
        [
            ("all environments", text(whole.environments), f"{text(whole.bytecode)} of it bytecode"),
            ("the engine's cache", text(whole.cache), f"{text(whole.both)} of it in environments too"),
            ("the whole home", text(whole.total), "each file once"),
        ]
    )
    output.text("\n".join(lines))
    return Exit.OK
