"""Imports tried in an environment, and a sentence for each that fails there."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Answer, Plan, Unresolved
    from roost.environments import Environment
    from roost.scripts import Import

TRIED = ("required", "lazy", "alternative", "conditional")  # optional ones may fail, typing ones never run


def unresolved(plan: Plan, environment: Environment) -> tuple[Unresolved, ...]:
    """Return the script's imports that should succeed in the environment and do not."""
    from roost.distributions import Unresolved
    from roost.environments import try_imports

    answers = [one for one in plan.answers if _from_somewhere(one) and one.imported.kind in TRIED]
    if not answers:
        return ()
    search = plan.script.search
    modules = [one.imported.module for one in answers]
    trials = {trial.module: trial for trial in try_imports(environment, modules, search=search)}
    suspects = [
        f"{one.imported.module}:{name}"
        for one in answers
        for name in one.imported.names
        if name != "*" and trials[one.imported.module].ok and name not in trials[one.imported.module].names
    ]
    confirmed = try_imports(environment, suspects, search=search)
    missing = {trial.module for trial in confirmed if not trial.ok and not trial.died}
    failed: list[tuple[Answer, str, str]] = []
    for one in answers:
        trial = trials[one.imported.module]
        gone = [name for name in one.imported.names if f"{one.imported.module}:{name}" in missing]
        if not trial.ok:
            failed.append((one, *_sentence(one, trial.error or "it cannot be imported", environment)))
        elif gone:
            failed.append((one, "api gone", f"{_installed(one, environment)} has no {_names(gone, one)}"))
    left = _without_answered_groups(failed, answers)
    return tuple(
        Unresolved(one.imported.module, one.imported.line, kind, sentence, _hint(one, kind, environment))  # type: ignore[arg-type]
        for one, kind, sentence in left
    )


def _from_somewhere(answer: Answer) -> bool:
    """Tell whether a distribution or a conda package answers an import."""
    return bool(answer.distribution) or answer.means == "declared"


def _names(gone: list[str], answer: Answer) -> str:
    """Name what is missing, and the module it is missing from unless that goes without saying."""
    what = " and no ".join(f"`{name}`" for name in gone)
    module = answer.imported.module
    return what if module == answer.distribution else f"{what} in `{module}`"


def _without_answered_groups(
    failed: list[tuple[Answer, str, str]], answers: list[Answer]
) -> list[tuple[Answer, str, str]]:
    """Leave out alternatives of which another one succeeds, and imports said twice."""
    bad = {id(one) for one, _, _ in failed}
    good = {_group(one.imported) for one in answers if id(one) not in bad and one.imported.group is not None}
    left: dict[tuple[str, str], tuple[Answer, str, str]] = {}
    for one, kind, sentence in failed:
        if one.imported.group is None or _group(one.imported) not in good:
            left.setdefault((one.imported.module, sentence), (one, kind, sentence))
    return list(left.values())


def _group(imported: Import) -> tuple[object, object]:
    return imported.file, imported.group


def _installed(answer: Answer, environment: Environment) -> str:
    """Name the distribution with its version, "`soup` 2.0", or what else provides it."""
    if not answer.distribution:
        return "what conda has"
    version = dict(environment.distributions).get(answer.distribution or "", "")
    return f"`{answer.distribution}` {version}".rstrip()


def _sentence(answer: Answer, error: str, environment: Environment) -> tuple[str, str]:
    """Give the class of a failed import, and a sentence with what is installed and what is missing."""
    installed, module = _installed(answer, environment), answer.imported.module
    if found := re.search(r"No module named '([^']+)'", error):
        name = found[1]
        if name == module or module.startswith(f"{name}."):
            return "api gone", f"{installed} has no module `{name}`"
        return "nothing installable", _foreign(name, installed, environment)
    if found := re.search(r"cannot import name '([^']+)' from '([^']+)'", error):
        return "api gone", f"{installed} fails at `import {module}`: `{found[2]}` has no `{found[1]}` any more"
    if found := re.search(r"(\S+\.so[.\d]*): cannot open shared object file", error):
        return "other platform", f"{installed} needs the system library `{found[1]}`, which is not on this machine"
    if error.startswith("SyntaxError"):
        return "python 2", f"{installed} is not written for Python {environment.version}: {error}"
    return "api gone", f"{installed} fails at `import {module}` on Python {environment.version}: {error}"


def _foreign(name: str, installed: str, environment: Environment) -> str:
    from roost.scripts import stdlib

    lifetime = stdlib.lifetime(name.partition(".")[0])
    if lifetime and lifetime[1]:
        return f"{installed} imports `{name}`, which left Python in {lifetime[1]}; this is {environment.version}"
    return f"{installed} imports `{name}`, which it does not declare and nothing here provides"


def _hint(answer: Answer, kind: str, environment: Environment) -> str | None:
    """Offer an older major version, where what is missing was probably there once."""
    version = dict(environment.distributions).get(answer.distribution or "")
    if kind != "api gone" or not version:
        return None
    major = version.partition(".")[0]
    older = major if major.isdigit() and int(major) else version
    return f"an older version may have it: `roost run --with '{answer.distribution}<{older}' FILE`"
