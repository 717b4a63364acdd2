"""`roost env pack|unpack|…`: environments and their lists on the way from and to other machines."""

from __future__ import annotations

import os
from pathlib import Path

from roost import home as homes
from roost.errors import CannotCreate, Exit, UsageError
from roost.travel import errors as travel_errors

from . import place, views

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from roost.distributions import Options
    from roost.home import Home
    from roost.settings import Settings
    from roost.travel import Subject
    from roost.travel.reading import Form

    from .options import Arguments
    from .show import Output


def export(arguments: Arguments, output: Output) -> int:
    """Write needs in another form, and name what it could not keep."""
    from roost import travel

    home, settings = place.find(output)
    options = place.options(arguments, settings)
    form = _form(arguments)
    if form is None:
        raise UsageError(
            "`roost env export` needs `--format`", hints=("`roost env export FILE --format requirements`",)
        )
    word = arguments.words[0] if arguments.words else _listed_here()
    subject = _subject(word, home, settings, options, output)
    if form == "dockerfile":
        subject = subject.replace(needs=subject.needs.losing(*subject.outside))
    name = arguments.text("output")
    target = Path(name).absolute() if name else None
    if target and target.exists() and not arguments.has("force"):
        raise CannotCreate(f"`{name}` is there already", hints=("name another file, or write over it with `--force`",))
    constraints = f"{target.stem}.constraints.txt" if target else None
    exact = arguments.has("locked")
    written = travel.export(
        subject, form, exact=exact, beside=constraints, home=home, settings=settings, options=options, report=output
    )
    _tell_lost(written.lost, arguments, output, "nothing was written")
    beside = [*written.beside, *_missing(written.offered, target)]
    for file, text in (
        [(target, written.text), *((target.parent / one, text) for one, text in beside)] if target else []
    ):
        homes.write(file, text, mode=0o644)
    if output.json:
        data = {
            "format": form,
            "file": str(target) if target else None,
            "text": written.text,
            "lost": list(written.lost),
        }
        output.document("roost.export/1", data)
    elif target:
        output.text("\n".join(f"wrote `{one}`" for one in (target.name, *(name for name, _ in beside))))
    else:
        output.text(written.text)
    return Exit.OK


def _missing(offered: Sequence[tuple[str, str]], target: Path | None) -> list[tuple[str, str]]:
    """Give the files of which the target's folder has none of that name."""
    return [(name, text) for name, text in offered if target and not os.path.lexists(target.parent / name)]


def _subject(word: str, home: Home, settings: Settings, options: Options, output: Output) -> Subject:
    """Find what is to be exported: a file if there is one of that name, else an environment."""
    from roost import environments, travel
    from roost.travel import exporting, importing, reading

    path = Path(word)
    if not path.exists():
        return travel.of_environment(environments.find(home, word))
    form = travel.form_of(path)
    if form == "pylock":
        lock, needs = importing.lock(path, form, home=home, settings=settings, options=options, report=output)
        return exporting.Subject(needs, lock)
    if form != "pep723":
        return exporting.Subject(reading.read(path, form))
    script = place.read(word, home, output)
    needs = travel.of_script(script, home=home, settings=settings, options=options, report=output)
    return exporting.program(needs, script)


def _listed_here() -> str:
    """Choose the list of the working folder."""
    folder = place.folder()
    for name in ("requirements.txt", "pyproject.toml", "pylock.toml", "environment.yml", "Dockerfile"):
        if (folder / name).is_file():
            return name
    raise UsageError(
        "`roost env export` needs a file or an environment", why=(f"`{folder}` has no list of requirements",)
    )


def import_(arguments: Arguments, output: Output) -> int:
    """Make an environment of a list, or declare the list in a script."""
    from roost import travel

    home, settings = place.find(output)
    options = place.options(arguments, settings)
    path = Path(arguments.words[0])
    form = _form(arguments) or travel.form_of(path)
    if not path.exists():
        travel.form_of(path)
    target = arguments.text("into")
    strict = arguments.has("strict")
    if target is None:
        made = travel.build(path, form, strict=strict, home=home, settings=settings, options=options, report=output)
    else:
        script = place.read(target, home, output)
        made = travel.into(
            script, path, form, strict=strict, home=home, settings=settings, options=options, report=output
        )
    _tell_lost(made.lost, arguments, output, "nothing was changed")
    environment = made.environment
    if output.json:
        document = views.environment_document(environment) if environment else None
        where = made.edit.where if made.edit else None
        data = {"environment": document, "into": where, "lost": list(made.lost), "lock": views.lock_document(made.lock)}
        output.document("roost.import/1", data)
    elif environment:
        verb = "made" if environment.fresh else "there already:"
        output.text(f"{verb} {environment.name} ({views.counted(len(environment.distributions), 'distribution')})")
    else:
        output.text(f"declared in {made.where}")
    return Exit.OK


def _form(arguments: Arguments) -> Form | None:
    found: Form | None = arguments.text("format")  # type: ignore[assignment]  # the table allows no other
    return found


def _tell_lost(lost: Sequence[str], arguments: Arguments, output: Output, instead: str) -> None:
    """Name what could not be kept.

    Raises:
        NotKept: that is not to be.
    """
    if lost and arguments.has("strict"):
        raise travel_errors.NotKept(f"not every line can be kept, and {instead}", why=tuple(lost))
    for one in lost:
        output.warn(f"not kept: {one}")


def pack(arguments: Arguments, output: Output) -> int:
    """Write an environment's archive."""
    from roost import environments, travel

    home, _ = place.find(output)
    found = environments.find(home, arguments.words[0])
    target = arguments.text("output")
    archived = travel.pack(found, output=Path(target).absolute() if target else None, report=output)
    if output.json:
        data = {"file": str(archived.file), "sha256": archived.sha256, "size": archived.size, "files": archived.files}
        output.document("roost.packed/1", {"environment": found.name, **data})
    else:
        size = views.bytes_text(archived.size)
        output.text(f"packed {found.name} into `{archived.file.name}` ({size})\nsha256 {archived.sha256}")
    return Exit.OK


def unpack(arguments: Arguments, output: Output) -> int:
    """Make the environment of an archive."""
    from roost import travel

    home, settings = place.find(output)
    sha256 = arguments.text("sha256")
    if sha256 is not None and (len(sha256) != 64 or set(sha256.lower()) - set("0123456789abcdef")):
        raise UsageError(f"`--sha256` takes 64 hexadecimal digits, not `{sha256}`")
    options = place.options(arguments, settings)
    file = Path(arguments.words[0])
    found = travel.unpack(file, sha256=sha256, home=home, settings=settings, options=options, report=output)
    if output.json:
        output.document("roost.environment/1", {"environment": views.environment_document(found)})
    else:
        verb = "made" if found.fresh else "there already:"
        output.text(f"{verb} {found.name} ({views.counted(len(found.distributions), 'distribution')})")
    return Exit.OK


def push(arguments: Arguments, output: Output) -> int:
    """Put an environment into a remote cache."""
    from roost import environments, travel

    home, settings = place.find(output)
    found = environments.find(home, arguments.words[0])
    url, again = _remote(arguments, settings), arguments.has("again")
    pushed = travel.push(home, found, url, again=again, settings=settings, report=output)
    if output.json:
        data = {"environment": found.name, "key": found.key, "archive": pushed.pointer.archive, "sent": pushed.sent}
        output.document("roost.pushed/1", data)
    else:
        what = "an archive" if pushed.pointer.archive else views.counted(pushed.objects, "wheel")
        output.text(f"pushed {found.name}: {what}, {views.bytes_text(pushed.sent)} sent")
    return Exit.OK


def pull(arguments: Arguments, output: Output) -> int:
    """Make an environment that a remote cache has."""
    from roost import distributions, travel

    home, settings = place.find(output)
    options = place.options(arguments, settings)
    word = arguments.words[0]
    plan = None
    if Path(word).exists():
        script = place.read(word, home, output)
        plan = distributions.plan(script, home=home, settings=settings, options=options, report=output)
    url = _remote(arguments, settings)
    found = travel.pull(word, plan, url, home=home, settings=settings, options=options, report=output)
    if output.json:
        output.document("roost.environment/1", {"environment": views.environment_document(found)})
    else:
        verb = "made" if found.fresh else "there already:"
        output.text(f"{verb} {found.name} ({views.counted(len(found.distributions), 'distribution')})")
    return Exit.OK


def _remote(arguments: Arguments, settings: Settings) -> str:
    """Give the address of the remote cache: the one given, else the one set."""
    url = arguments.words[1] if len(arguments.words) > 1 else settings.remote_url
    if url is None:
        raise UsageError(
            f"`roost {arguments.command.name}` needs the address of a cache",
            hints=("give it behind the environment, or set it for good: `[remote] url = …` in the settings",),
        )
    return url
