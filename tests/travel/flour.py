"""A source distribution."""

from __future__ import annotations

from tests import index


def flour() -> bytes:
    """A source distribution that builds itself and needs nothing for it."""
    backend = """
import zipfile
from pathlib import Path
def build_wheel(folder, settings=None, metadata=None):
    info = "flour-1.0.dist-info"
    files = {"flour.py": "__version__ = '1.0'\\n", info + "/METADATA": "Metadata-Version: 2.1\\nName: flour\\nVersion: 1.0\\n",
             info + "/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n", info + "/RECORD": ""}
    files[info + "/RECORD"] = "".join(name + ",,\\n" for name in files)
    with zipfile.ZipFile(Path(folder, "flour-1.0-py3-none-any.whl"), "w") as wheel:
        for name, text in files.items():
            wheel.writestr(name, text)
    return "flour-1.0-py3-none-any.whl"
"""
    system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    project = f'[project]\nname = "flour"\nversion = "1.0"\n{system}'
    files = {
        "PKG-INFO": "Metadata-Version: 2.2\nName: flour\nVersion: 1.0\n",
        "pyproject.toml": project,
        "backend.py": backend,
    }
    return index.packed("flour-1.0", files)
