"""The variables that a script gets: those of its user, as in an activated environment."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

# Each would put another Python's files in the place of the environment's own.
BREAKING = {
    "PYTHONHOME": "it would put another Python's standard library in the place of the environment's",
    "PYTHONPLATLIBDIR": "it would make the standard library be looked for in another folder",
    "PYTHONEXECUTABLE": "`sys.executable` would not be the environment's Python",
    "_PYTHON_SYSCONFIGDATA_NAME": "it describes another Python's build",
}
_QUIETLY = (  # they describe the environment that was active before ours, or how a macOS launcher started somebody
    "__PYVENV_LAUNCHER__",
    "VIRTUAL_ENV_PROMPT",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "CONDA_PROMPT_MODIFIER",
    "CONDA_SHLVL",
)
_COERCED = ("C.UTF-8", "C.utf8", "UTF-8")  # PEP 538


def isolated(environ: Mapping[str, str], environment: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Give the variables for a process in an environment, and a sentence for each that was taken away or changed.

    What a user may mean (PYTHONPATH with folders of their own, PYTHONUNBUFFERED, PYTHONWARNINGS, …) stays.

    Args:
        environ: the variables as the user has them.
        environment: its folder.
    """
    notes: list[str] = []
    given = dict(environ)
    for name, reason in BREAKING.items():
        if given.pop(name, ""):
            notes.append(f"`{name}` is not handed on: {reason}")
    for name in _QUIETLY:
        given.pop(name, None)
    if given.get("PYTHONPATH"):
        _without_other_environments(given, environment, notes)
    _as_before_python(given)
    binaries = f"{environment}/bin"
    path = given.get("PATH", os.defpath)
    given["PATH"] = path if path.split(":", 1)[0] == binaries else f"{binaries}:{path}" if path else binaries
    given["VIRTUAL_ENV"] = os.fspath(environment)
    return given, tuple(notes)


def _without_other_environments(given: dict[str, str], environment: Path, notes: list[str]) -> None:
    """Leave out of PYTHONPATH what belongs to another environment: its compiled modules need its own Python."""
    kept: list[str] = []
    dropped: list[str] = []
    for entry in given["PYTHONPATH"].split(":"):
        foreign = entry.rstrip("/").endswith(("/site-packages", "/dist-packages")) and not entry.startswith(
            f"{environment}/"
        )
        (dropped if foreign else kept).append(entry)
    if not dropped:
        return
    if kept:
        given["PYTHONPATH"] = ":".join(kept)
    else:
        del given["PYTHONPATH"]
    named = ", ".join(f"`{entry}`" for entry in dropped)
    notes.append(
        f"`PYTHONPATH` is handed on without {named}: distributions of another Python would hide the environment's"
    )


def looking_in(search: Sequence[Path], variables: dict[str, str]) -> tuple[str, ...]:
    """Add the folders that answered a script's imports to PYTHONPATH, behind what is there; gives the sentence about it."""
    there = variables.get("PYTHONPATH", "")
    known = there.split(":")
    folders = [folder for folder in map(os.fspath, search) if folder not in known and ":" not in folder]
    if not folders:
        return ()
    variables["PYTHONPATH"] = ":".join([there, *folders] if there else folders)
    named = ", ".join(f"`{folder}`" for folder in folders)
    return (f"`PYTHONPATH` has {named} added: the script imports modules from there, where Python does not look",)


def _as_before_python(given: dict[str, str]) -> None:
    """Take back what the Python that we run on did to its own variables.

    In the C locale it sets LC_CTYPE (PEP 538), even where PYTHONCOERCECLOCALE forbids it, which `-I` does not read.
    """
    if given.get("LC_CTYPE") not in _COERCED:
        return
    try:
        with open("/proc/self/environ", "rb") as file:  # noqa: PTH123  # the variables as they were at our start
            before = file.read().split(b"\0")
    except OSError:
        return
    if not any(entry.startswith(b"LC_CTYPE=") for entry in before):
        del given["LC_CTYPE"]
