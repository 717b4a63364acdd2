"""`roost trust`: distributions that the user has looked at and allows."""

from __future__ import annotations

from roost.errors import Exit

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions.explaining import Explained
    from roost.distributions.judgements import Judgement

    from .options import Arguments
    from .show import Output


def trust(arguments: Arguments, output: Output) -> int:
    """Trust distributions for good."""
    from roost.distributions import trust as trusts

    home, _ = place.find(output)
    for name in arguments.words:
        trusts.trust(home, place.canonical(name))
    return listing(arguments, output)


def revoke(arguments: Arguments, output: Output) -> int:
    """Trust distributions no longer."""
    from roost.distributions import trust as trusts

    home, _ = place.find(output)
    for name in arguments.words:
        trusts.revoke(home, place.canonical(name))
    return listing(arguments, output)


def listing(arguments: Arguments, output: Output) -> int:
    """Show what is trusted, by whom, and what was let in by its facts."""
    from roost.distributions import judgements
    from roost.distributions import trust as trusts
    from roost.distributions.judging import day

    del arguments
    home, settings = place.find(output)
    names = trusts.trusted(home)
    shared = [one for ones in judgements.shared(settings).values() for one in ones]
    judged = judgements.every(home)
    if output.json:
        rows = [{"name": one.name, "versions": one.versions, "file": one.file} for one in shared]
        let_in = [_let_in(one) for one in judged]
        document = {"trusted": list(names), "file": str(home.trust_file), "shared": rows, "let_in": let_in}
        output.document("roost.trust/1", document)
        return Exit.OK
    lines = [*names, *(f"{one.name}{one.versions}  ({one.file})" for one in shared)]
    lines = lines or ["nothing is trusted beyond what roost knows by itself"]
    facts = [(one.name, one.version, day(one.since), one.because) for one in judged if one.by == "facts"]
    lines += ["", "let in by their facts", *views.columns(facts)] if facts else []
    output.text("\n".join(lines))
    return Exit.OK


def _let_in(one: Judgement) -> dict[str, object]:
    return {
        "name": one.name, "version": one.version, "sha256": one.sha256, "since": one.since, "by": one.by, "because": one.because,
        "brought_by": one.brought_by,
    }  # fmt: skip


def explain(arguments: Arguments, output: Output) -> int:
    """Say whether an import may bring a distribution, and why."""
    from roost.distributions import explaining

    home, settings = place.find(output)
    name = place.canonical(arguments.words[0])
    found = explaining.explain(name, home=home, settings=settings, offline=arguments.has("offline") or settings.offline)
    if output.json:
        output.document("roost.trust-explain/1", _document(found))
    else:
        output.text("\n".join(_lines(found)))
    return Exit.OK


def _document(one: Explained) -> dict[str, object]:
    return {
        "name": one.name,
        "allowed": one.allowed,
        "reasons": list(one.reasons),
        "facts": [{"what": f.what, "said": f.said, "source": f.source, "date": f.date or None} for f in one.facts],
        "meant": one.meant,
        "changes": list(one.changes),
    }


def _lines(one: Explained) -> list[str]:
    verdict = "may be installed for an import" if one.allowed else "is not installed unless you declare or allow it"
    lines = [f"`{one.name}` {verdict}", *(f"  because {reason}" for reason in one.reasons)]
    if one.meant:
        lines.append(f"  `{one.meant}` was probably meant")
    rows = [(fact.what, fact.said, ", ".join(filter(None, (fact.source, fact.date)))) for fact in one.facts]
    lines += ["", "known of it", *views.columns(rows)]
    if one.changes:
        lines += ["", "what would change it", *(f"  {change}" for change in one.changes)]
    return lines


def export(arguments: Arguments, output: Output) -> int:
    """Write what was let in and what is trusted into a file for others."""
    from pathlib import Path

    from roost import home as homes
    from roost.distributions import judgements
    from roost.distributions import trust as trusts

    home, _ = place.find(output)
    path = place.folder() / Path(arguments.words[0]).expanduser()
    text = judgements.text(home, trusts.trusted(home))
    homes.write(path, text, mode=0o644)
    count = text.count("[[distribution]]")
    if output.json:
        output.document("roost.trust-export/1", {"file": str(path), "distributions": count})
    else:
        output.text(f"{path}: {views.counted(count, 'distribution')}")
    return Exit.OK
