"""Source distributions whose build backend is part of them: nothing has to be installed for the build."""

from __future__ import annotations

import textwrap

from tests import index

BACKEND = """\
import os, sys, zipfile
NAME, VERSION, REQUIRES = {name!r}, {version!r}, {requires!r}
FLAT = NAME.replace("-", "_")

def wheel(folder, module, name=FLAT, version=VERSION, extra=()):
    info = f"{{name}}-{{version}}.dist-info"
    needs = "".join(f"Requires-Dist: {{one}}\\n" for one in REQUIRES)
    files = {{
        f"{{name}}.py": module,
        f"{{info}}/METADATA": f"Metadata-Version: 2.1\\nName: {{name}}\\nVersion: {{version}}\\n{{needs}}",
        f"{{info}}/WHEEL": "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        **dict(extra),
    }}
    record = "".join(f"{{path}},,\\n" for path in (*files, f"{{info}}/RECORD"))
    file = f"{{name}}-{{version}}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, file), "w") as archive:
        for path, text in (*files.items(), (f"{{info}}/RECORD", record)):
            archive.writestr(path, text)
    return file

def build_wheel(folder, config_settings=None, metadata_directory=None):
{body}
"""
BODY = 'return wheel(folder, f"VERSION = {VERSION!r}")'


def files_of(
    name: str,
    version: str = "1.0",
    *,
    body: str = BODY,
    requires: tuple[str, ...] = (),
    more: str = "",
    wants: str = "[]",
) -> dict[str, str]:
    """Give the files of a project.

    Args:
        body: what its `build_wheel` does; `wheel(folder, module, …)` makes one.
        requires: what its wheel says that it requires; nothing else says it.
        more: more of the backend: other hooks.
        wants: what its build requires, as TOML.
    """
    text = BACKEND.format(
        name=name, version=version, requires=requires, body=textwrap.indent(textwrap.dedent(body), "    ")
    )
    system = f'[build-system]\nrequires = {wants}\nbuild-backend = "made"\nbackend-path = ["."]\n'
    return {"pyproject.toml": system, "made.py": text + textwrap.dedent(more)}


def packed(name: str, version: str = "1.0", **parts: object) -> tuple[str, bytes]:
    """Give a source distribution's file name and bytes; arguments as for `files_of`."""
    flat = name.replace("-", "_")
    files = files_of(name, version, **parts)  # type: ignore[arg-type]
    files["PKG-INFO"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    return f"{flat}-{version}.tar.gz", index.packed(f"{flat}-{version}", files)
