"""A plan, as a page for people and as a document for programs."""

from __future__ import annotations

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.distributions import Answer, Artifact, Lock, Plan, Requirement, Unresolved
    from roost.environments import Environment
    from roost.errors import RoostError

NO_ANSWER = ("index-unreachable", "process-failed", "offline")  # they say nothing about the script
SILENT_MEANS = ("standard library", "local")  # what nobody asks about


class Checked(Value):
    """What `roost check` found out."""

    plan: Plan
    lock: Lock | None = None  # None: not asked for, or no lock was found
    environment: Environment | None = None  # None: not built
    unresolved_there: tuple[Unresolved, ...] = ()  # imports that fail in the environment
    failure: RoostError | None = None  # why there is no lock or no environment

    @property
    def unresolved(self) -> tuple[Unresolved, ...]:
        """All imports that stay unanswered."""
        return self.plan.unresolved + self.unresolved_there

    @property
    def lasting(self) -> bool:
        """Whether the same question gets the same answer as long as nothing changes: all is well, and all of it was known."""
        known = self.lock is None or self.lock.steps in {("remembered",), ("nothing is needed",)}
        remarks = self.unresolved or self.failure or self.plan.script.notes or self.plan.notes
        return known and not (remarks or (self.environment and self.environment.fresh))


def plan_document(checked: Checked) -> dict[str, object]:
    """Give what was found out for programs: `roost.plan/1` without its schema."""
    from .errors import document

    plan = checked.plan
    found: dict[str, object] = {
        "script": {
            "path": str(plan.script.path) if plan.script.path else None,
            "name": plan.script.name,
            "form": plan.script.form,
            "digest": plan.script.digest,
        },
        "distributions": [requirement.text for requirement in plan.requirements],
        "requirements": [requirement_document(requirement) for requirement in plan.requirements],
        "conda": [
            {"requirement": spec, "version": version, "reason": reason} for spec, version, reason in _from_conda(plan)
        ],
        "declared_in": plan.script.declared.where,
        "python": python_document(plan),
        "imports": [answer_document(answer) for answer in plan.answers],
        "unresolved": [unresolved_document(unresolved) for unresolved in checked.unresolved],
        "notes": [*plan.script.notes, *(note for note in plan.notes if note not in plan.script.notes)],
        "lock": lock_document(checked.lock) if checked.lock else None,
        "environment": environment_document(checked.environment) if checked.environment else None,
        "failure": document(checked.failure) if checked.failure else None,
    }
    return found


def requirement_document(requirement: Requirement) -> dict[str, object]:
    """Give one requirement with its reason."""
    return {
        "name": requirement.name,
        "requirement": requirement.text,
        "source": requirement.source,
        "reason": requirement.reason,
        "wheels_only": requirement.wheels_only,
    }


def python_document(plan: Plan) -> dict[str, object]:
    """Give the Python chosen, what it had to satisfy, and why."""
    chosen = plan.python.interpreter
    return {
        "version": chosen.full if chosen else None,
        "path": str(chosen.path) if chosen else None,
        "wanted": plan.python.wanted,
        "reason": plan.python.reason,
        "specifier": plan.script.python.specifier,
        "reasons": list(plan.script.python.reasons),
        "python2": plan.script.python.python2,
    }


def answer_document(answer: Answer) -> dict[str, object]:
    """Give what was decided about one import."""
    imported = answer.imported
    return {
        "name": imported.module,
        "names": list(imported.names),
        "line": imported.line,
        "file": str(imported.file) if imported.file else None,
        "kind": imported.kind,
        "marker": imported.marker,
        "answer": answer.means,
        "distribution": answer.distribution,
        "reason": answer.reason,
    }


def unresolved_document(unresolved: Unresolved) -> dict[str, object]:
    """Give one import that stays unanswered."""
    return {
        "name": unresolved.name,
        "line": unresolved.line,
        "class": unresolved.kind,
        "sentence": unresolved.sentence,
        "hint": unresolved.hint,
    }


def lock_document(lock: Lock) -> dict[str, object]:
    """Give the exact distributions, and the steps that led to them."""
    return {
        "python": lock.interpreter.full,
        "distributions": [artifact_document(artifact) for artifact in lock.artifacts],
        "steps": list(lock.steps),
    }


def artifact_document(artifact: Artifact) -> dict[str, object]:
    """Give one locked file."""
    return {
        "name": artifact.name,
        "version": artifact.version,
        "filename": artifact.filename,
        "url": artifact.url,
        "sha256": artifact.sha256,
        "size": artifact.size,
        "commit": artifact.commit,
    }


def environment_document(environment: Environment) -> dict[str, object]:
    """Give one environment."""
    return {
        "name": environment.name,
        "path": str(environment.path),
        "key": environment.key,
        "python": str(environment.python),
        "version": environment.version,
        "distributions": [{"name": name, "version": version} for name, version in environment.distributions],
        "created": environment.created,
        "fresh": environment.fresh,
    }


def plan_page(checked: Checked) -> str:
    """Write what was found out for people: what, why, which Python, what stays open, what may go wrong."""
    plan = checked.plan
    lines = [f"{plan.script.name}: {_verdict(checked)}", ""]
    chosen = plan.python.interpreter
    version = chosen.full if chosen else f"{plan.python.wanted} (to be downloaded)"
    lines += columns([("Python", version, plan.python.reason)])
    if plan.requirements:
        lines += ["", _heading(checked), *columns(_installs(checked))]
    if plan.conda:
        lines += ["", "from conda channels", *columns(_from_conda(plan))]
    for title, entries in (("stays unanswered", _open(checked.unresolved)), ("to know", _notes(checked))):
        if entries:
            lines += ["", title, *entries]
    if checked.failure:
        from .errors import describe

        lines += ["", "cannot be built", *(f"  {line}" for line in describe(checked.failure).splitlines())]
    if checked.environment:
        lines += ["", f"environment {checked.environment.name}"]
    return "\n".join(lines)


def _from_conda(plan: Plan) -> list[tuple[str, str, str]]:
    """Give what is wanted from conda channels: as written, the version that is there, why."""
    if plan.conda is None:
        return []
    from roost.distributions import conda
    from roost.scripts.conda import package

    python = plan.python.interpreter
    prefix = conda.of(python) if python else None
    versions = {one.name: one.version for one in prefix.packages} if prefix else {}
    return [
        (spec, versions.get(package(spec), ""), reason)
        for spec, reason in zip(plan.conda.specs, plan.conda.reasons, strict=True)
    ]


def _heading(checked: Checked) -> str:
    if checked.plan.script.python.python2:
        return "would install, once it is converted"
    return "installed" if checked.environment else "installs"


def _verdict(checked: Checked) -> str:
    if checked.plan.script.python.python2:
        return "is written in Python 2, and cannot be run"
    count = len(checked.plan.requirements)
    packages = len(checked.plan.conda.specs) if checked.plan.conda else 0
    parts = [counted(count, "distribution")] if count else []
    parts += [counted(packages, "conda package")] if packages else []
    needs = f"needs {' and '.join(parts)}" if parts else "needs nothing installed"
    stays = len(checked.unresolved)
    if stays:
        needs += f"; {counted(stays, 'import')} unanswered"
    if checked.failure:
        return f"{needs}; its environment cannot be built"
    if checked.environment:
        return needs if stays else f"{needs}; its environment is ready and its imports succeed"
    return needs


def _installs(checked: Checked) -> list[tuple[str, str, str]]:
    versions = {}
    if checked.lock:
        versions = {artifact.name: artifact.version for artifact in checked.lock.artifacts}
    return [
        (requirement.text, versions.get(requirement.name, ""), requirement.reason)
        for requirement in checked.plan.requirements
    ]


def _open(unresolved: Sequence[Unresolved]) -> list[str]:
    lines: list[str] = []
    for one in unresolved:
        lines.append(f"  line {one.line}: {one.sentence}")
        if one.hint:
            lines.append(f"    {one.hint}")
    return lines


def _notes(checked: Checked) -> list[str]:
    notes = dict.fromkeys((*checked.plan.script.notes, *checked.plan.notes))
    return [f"  {note}" for note in notes]


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Set rows in columns, as narrow as they may be; empty columns are left out."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True) if width]
        lines.append(f"  {'  '.join(cells)}".rstrip())
    return lines


def counted(count: int, noun: str) -> str:
    """Write a number of things: `1 environment`, `2 environments`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def bytes_text(size: int) -> str:
    """Write a size for people: `12.3 MiB`."""
    value = float(size)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024 or unit == "GiB":
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1024
    raise AssertionError


def ago(moment: float) -> str:
    """Write how long ago something was: `3 hours ago`."""
    import time

    seconds = max(time.time() - moment, 0.0)
    for length, unit in ((86400 * 365, "year"), (86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // length)
        if count:
            return f"{count} {unit}{'s' * (count > 1)} ago"
    return "just now"
