"""Where the tools of this machine put their environments."""

from __future__ import annotations

import os
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = (".venv", "venv", "env", ".env")
CONDAS = ("miniconda3", "anaconda3", "miniforge3", "mambaforge", "miniconda", "anaconda", "micromamba", ".conda")


def usual(environ: Mapping[str, str], folder: Path) -> Iterator[tuple[Path, str | None]]:
    """Name the folders that may be environments, each with whose it would be where the place tells.

    Args:
        environ: variables that move the places, such as WORKON_HOME and PYENV_ROOT.
        folder: the working folder; its project's environments count.
    """
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if environ.get(name):
            yield Path(environ[name]), None
    for above in (folder, *folder.parents):
        yield from ((above / name, None) for name in HERE)
    yield from _of_tools(environ)
    yield from _of_conda(environ)
    yield from _of_pyenv(environ)


def _of_tools(environ: Mapping[str, str]) -> Iterator[tuple[Path, str | None]]:
    user = Path(environ.get("HOME") or "/")
    data = Path(environ.get("XDG_DATA_HOME") or user / ".local/share")
    cache = Path(environ.get("XDG_CACHE_HOME") or user / ".cache")
    pipx = Path(environ.get("PIPX_HOME") or data / "pipx")
    uv_cache = Path(environ.get("UV_CACHE_DIR") or cache / "uv")
    folders: list[tuple[Path, str | None, str]] = [
        (pipx, "pipx", "venvs/*"),
        (pipx, "pipx", ".cache/*"),
        (user / ".local/pipx", "pipx", "venvs/*"),
        (Path("/opt/pipx"), "pipx", "venvs/*"),
        (Path(environ.get("UV_TOOL_DIR") or data / "uv/tools"), "uv tool", "*"),
        (uv_cache, "uv script", "environments-v*/*"),
        (cache / "pypoetry/virtualenvs", "poetry", "*"),
        (data / "virtualenvs", "pipenv", "*"),
        (data / "hatch/env/virtual", "hatch", "*/*/*"),
        (data / "pdm/venvs", "pdm", "*"),
        (user / ".virtualenvs", None, "*"),
        (user / ".venvs", None, "*"),
        (user / "venvs", None, "*"),
    ]
    if environ.get("WORKON_HOME"):
        folders.append((Path(environ["WORKON_HOME"]), None, "*"))
    yield from ((user / name, None) for name in HERE)
    for top, kind, pattern in folders:
        yield from ((path, kind) for path in sorted(top.glob(pattern)))


def _of_conda(environ: Mapping[str, str]) -> Iterator[tuple[Path, str | None]]:
    """Name conda's: its own list, the usual roots and what lies in their `envs`."""
    user = Path(environ.get("HOME") or "/")
    try:
        listed = (user / ".conda/environments.txt").read_text("utf-8", "replace").splitlines()
    except OSError:
        listed = []
    yield from ((Path(line.strip()), "conda") for line in listed if line.strip().startswith("/"))
    roots = [above / name for above in (user, Path("/opt"), Path("/usr/local")) for name in (*CONDAS, "conda")]
    roots += [Path(environ[name]) for name in ("MAMBA_ROOT_PREFIX", "CONDA_ROOT") if environ.get(name)]
    for root in roots:
        yield root, "conda"
        yield from ((path, "conda") for path in sorted(root.glob("envs/*")))
    for name in ("CONDA_ENVS_PATH", "CONDA_ENVS_DIRS"):
        for folder in filter(None, environ.get(name, "").split(os.pathsep)):
            yield from ((path, "conda") for path in sorted(Path(folder).glob("*")))


def _of_pyenv(environ: Mapping[str, str]) -> Iterator[tuple[Path, str | None]]:
    root = Path(environ.get("PYENV_ROOT") or Path(environ.get("HOME") or "/") / ".pyenv")
    for version in sorted(root.glob("versions/*")):
        yield version, "pyenv"
        yield from ((path, "pyenv") for path in sorted(version.glob("envs/*")))
