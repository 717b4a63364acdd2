"""The project that a script belongs to: `pyproject.toml`."""

from __future__ import annotations

from pathlib import Path
from posixpath import exists

from . import surroundings
from .errors import MetadataBroken
from .values import Declaration, Declared


def candidates(folder: Path) -> list[Path]:
    """Name the files that may describe the project of a script in folder, nearest first, whether they are there or not."""
    return [Path(one, "pyproject.toml") for one in surroundings.projects(str(folder))]


def read(path: Path) -> Declared | None:
    """Read what a project declares; None when the file describes none (only tools' settings).

    Raises:
        MetadataBroken: it is no TOML, or a value has the wrong type.
    """
    import tomllib

    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MetadataBroken(f"cannot read `{path}`", why=(str(error),)) from None
    except OSError as error:
        raise MetadataBroken(f"cannot read `{path}`", why=((error.strerror or str(error)).lower(),)) from error
    project = document.get("project")
    tool = document.get("tool")
    tools: dict[str, object] = tool if isinstance(tool, dict) else {}
    if isinstance(project, dict):
        return _declared(path, project, tools)
    poetry = tools.get("poetry")
    if isinstance(poetry, dict) and isinstance(poetry.get("dependencies"), dict):
        from .poetry import convert

        return convert(path, poetry["dependencies"])
    return None


def _declared(path: Path, project: dict[str, object], tools: dict[str, object]) -> Declared:
    from . import conda
    from .requirements import checked
    from .sources import applied, constraints, indexes

    dependencies = project.get("dependencies", [])
    python = project.get("requires-python")
    if not isinstance(dependencies, list) or not all(isinstance(one, str) for one in dependencies):
        raise MetadataBroken(
            f"cannot read `{path}`", why=("`project.dependencies` must be a list of requirements as text",)
        )
    if python is not None and not isinstance(python, str):
        raise MetadataBroken(f"cannot read `{path}`", why=("`project.requires-python` must be text, such as `>=3.11`",))
    uv = tools.get("uv")
    settings = uv if isinstance(uv, dict) else {}
    lines = path.read_text("utf-8").split("\n")
    declarations: list[Declaration] = []
    roost = tools.get("roost")
    own = roost if isinstance(roost, dict) else {}
    plain, packages = conda.parted(dependencies, own, what=f"cannot read `{path}`")
    for one in plain:
        line = next((number for number, text in enumerate(lines, 1) if one in text), 1)
        checked(one, where=f"`{path}`", line=line)
        declarations.append(Declaration(applied(one, settings, str(path.parent)), line, path, "pyproject"))
    declarations += _dynamic(path, project, tools)
    newer = settings.get("exclude-newer")
    declared = Declared(
        tuple(declarations),
        f"`{path}`",
        "pyproject",
        python,
        constraints=constraints(settings),
        exclude_newer=newer if isinstance(newer, str) else None,
        conda=conda.declarations(packages, lines, first=1, file=path, via="pyproject"),
        conda_channels=conda.channels(own, str(path.parent)),
    )
    return indexes(settings, str(path.parent), own).within(declared)


def _dynamic(path: Path, project: dict[str, object], tools: dict[str, object]) -> list[Declaration]:
    """Read the requirements files that setuptools is told to take the dependencies from."""
    dynamic = project.get("dynamic")
    if not isinstance(dynamic, list) or "dependencies" not in dynamic:
        return []
    table: object = tools
    for key in ("setuptools", "dynamic", "dependencies", "file"):
        table = table.get(key) if isinstance(table, dict) else None
    names = [table] if isinstance(table, str) else table if isinstance(table, list) else []
    from . import requirements

    return [
        one for name in names if isinstance(name, str) for one in requirements.read(path.parent / name).requirements
    ]


def builds(path: Path) -> bool:
    """Tell whether a project can be installed: it says how it is built, or has a `setup.py`."""
    return exists(path.parent / "setup.py") or "[build-system]" in path.read_text("utf-8", "replace")
