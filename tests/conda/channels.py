"""A conda channel made by hand: packages with real files, among them a Python that works wherever it is put."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from roost.distributions.conda import subdir
from roost.scripts import pythons

SHORT = f"{sys.version_info[0]}.{sys.version_info[1]}"
HERE = subdir(pythons.own().platform)
PLACE = "/opt/placeholder" * 6  # what packages have where the folder belongs that they are installed in
LEFT_OUT = {
    "test", "tests", "idlelib", "tkinter", "ensurepip", "lib2to3", "pydoc_data", "__pycache__", "site-packages", "dist-packages",
    "turtledemo", "distutils", "unittest",
}  # fmt: skip


class Channel:
    """A folder with packages and their index."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("noarch", HERE):
            (folder / name).mkdir(parents=True)

    def add(
        self, name: str, version: str, files: Mapping[str, str | bytes], *, depends: Sequence[str] = (), noarch: str | None = None,
        sub: str | None = None,
    ) -> Path:  # fmt: skip
        """Write a package; a file below `bin/` can be executed, and one that names PLACE gets the real one."""
        sub = sub or ("noarch" if noarch else HERE)
        (self.folder / sub).mkdir(exist_ok=True)
        system, _, machine = sub.partition("-")
        index = {
            "name": name, "version": version, "build": "0", "build_number": 0, "depends": list(depends), "subdir": sub,
            "timestamp": 1_700_000_000_000,
        }  # fmt: skip
        index |= {"noarch": noarch} if noarch else {"platform": system, "arch": {"64": "x86_64"}.get(machine, machine)}
        contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        paths = [
            {
                "_path": path,
                "path_type": "hardlink",
                "sha256": hashlib.sha256(data).hexdigest(),
                "size_in_bytes": len(data),
            }
            | ({"prefix_placeholder": PLACE, "file_mode": "text"} if PLACE.encode() in data else {})
            for path, data in contents.items()
        ]
        contents["info/index.json"] = json.dumps(index).encode()
        contents["info/paths.json"] = json.dumps({"paths": paths, "paths_version": 1}).encode()
        if noarch == "python":
            contents["info/link.json"] = json.dumps(
                {"noarch": {"type": "python"}, "package_metadata_version": 1}
            ).encode()
        file = self.folder / sub / f"{name}-{version}-0.tar.bz2"
        with tarfile.open(file, "w:bz2", compresslevel=1) as archive:
            for path, data in contents.items():
                member = tarfile.TarInfo(path)
                member.size, member.mode = len(data), 0o755 if path.startswith("bin/") or ".so" in path else 0o644
                archive.addfile(member, io.BytesIO(data))
        return file

    def add_python(self) -> None:
        """Package the Python that runs the tests, without what no test needs."""
        base = Path(sys.base_prefix)
        files: dict[str, str | bytes] = {}
        for folder, folders, names in os.walk(base / "lib" / f"python{SHORT}"):
            folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith("config-")]
            for path in (Path(folder, name) for name in names if not name.endswith(".a")):
                files[str(path.relative_to(base))] = path.read_bytes()
        for library in (base / "lib").glob(f"libpython{SHORT}.*so*"):
            files[f"lib/{library.name}"] = library.read_bytes()
        files[f"bin/python{SHORT}"] = Path(os.path.realpath(sys._base_executable)).read_bytes()
        for name in ("python", "python3"):
            files[f"bin/{name}"] = f'#!/bin/sh\nexec "$(dirname "$0")/python{SHORT}" "$@"\n'
        self.add("python", ".".join(map(str, sys.version_info[:3])), files)

    def add_module(self, name: str, version: str, source: str, *, depends: Sequence[str] = (), **metadata: str) -> None:
        """Write a package with one module, a distribution of the same name."""
        info = f"site-packages/{name}-{version}.dist-info"
        headers = "".join(f"{key.replace('_', '-').title()}: {value}\n" for key, value in metadata.items())
        files = {
            f"site-packages/{name}.py": source,
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{headers}",
            f"{info}/RECORD": "",
        }
        self.add(name, version, files, depends=["python", *depends], noarch="python")

    def publish(self) -> Channel:
        """Write the channel's index."""
        from rattler.index import index_fs

        asyncio.run(index_fs(self.folder, force=True))
        return self
