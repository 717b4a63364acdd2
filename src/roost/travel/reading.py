"""Any file with requirements → needs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from roost.errors import Exit, RoostError

from . import comments
from .needs import Need, Needs, of_declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from roost.distributions import Options
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.scripts import Script
    from roost.settings import Settings

    Form = Literal["requirements", "pylock", "pep723", "pyproject", "environment.yml", "dockerfile"]

FORMS = ("requirements", "pylock", "pep723", "pyproject", "environment.yml", "dockerfile")
PROGRAMS = (".py", ".pyw", ".ipynb", ".md", ".pyz")


class NoSuchFile(RoostError):
    """The file to be imported or exported is not there."""

    code = "no-such-file"
    exit = Exit.NO_INPUT


def form_of(path: Path) -> Form:
    """Tell by its name, and for TOML by what is in it, how a file's requirements are written.

    Raises:
        NoSuchFile: it is not there.
    """
    if path.is_dir() or path.suffix.lower() in PROGRAMS:
        return "pep723"
    if not path.is_file():
        raise NoSuchFile(f"there is no file `{path}`")
    name = path.name.lower()
    if name.endswith((".yml", ".yaml")):
        return "environment.yml"
    if "dockerfile" in name or "containerfile" in name:
        return "dockerfile"
    if name.endswith(".toml"):
        return (
            "pylock"
            if name.startswith("pylock.") or "\nlock-version" in f"\n{path.read_text('utf-8', 'replace')}"
            else "pyproject"
        )
    return "pep723" if path.read_bytes()[:2] == b"#!" else "requirements"


def read(path: Path, form: Form) -> Needs:
    """Read what a file that is no program and no lock asks for.

    Raises:
        MetadataBroken: it cannot be read, or a line is no requirement.
        YamlMissing: it is YAML, and the library for that is not installed.
    """
    from .forms import conda, dockerfile, requirements

    if form == "requirements":
        return requirements.read(path)
    if form == "pyproject":
        return _project(path)
    with tempfile.TemporaryDirectory(prefix="roost-") as folder:
        return conda.read(path, Path(folder)) if form == "environment.yml" else dockerfile.read(path, Path(folder))


def _project(path: Path) -> Needs:
    import tomllib

    from roost.scripts import pyproject
    from roost.scripts.errors import MetadataBroken

    declared = pyproject.read(path)
    if declared is None:
        raise MetadataBroken(f"cannot read `{path}`", why=("it describes no project: it has no table `project`",))
    project = tomllib.loads(path.read_text("utf-8")).get("project", {})
    extras = project.get("optional-dependencies", {})
    lost = [f"the optional dependencies `{name}`: a list has no place for what is not always wanted" for name in extras]
    return of_declared(str(project.get("name", path.parent.name)), declared, lost=lost)


def of_script(script: Script, *, home: Home, settings: Settings, options: Options, report: Reporter) -> Needs:
    """Take what a script needs: what it declares, and what its imports say beyond that.

    Raises:
        RoostError: as `distributions.plan`.
    """
    from roost import distributions
    from roost.distributions import direct

    plan = distributions.plan(script, home=home, settings=settings, options=options, report=report)
    declared = script.declared
    behind = {direct.bare(line.text): comments.of(line, script.data) for line in declared.requirements}
    needs = tuple(Need(one.text, one.hashes, one.reason, behind.get(one.text, "")) for one in plan.requirements)
    name = script.path.stem if script.path else "script"
    lost = [f"`import {one.name}` at line {one.line}: {one.sentence}" for one in plan.unresolved]
    lost += [note for note in script.notes if "is not used" in note]
    python = script.python.specifier or declared.requires_python or ""
    return Needs(
        name,
        needs,
        declared.constraints,
        declared.indexes,
        python,
        declared.exclude_newer,
        tuple(lost),
        conda=tuple(Need(one.text) for one in declared.conda),
        conda_channels=declared.conda_channels,
    ).placed(declared)
