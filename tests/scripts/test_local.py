"""The author's own modules are found and followed."""

from __future__ import annotations

import zipfile

import pytest

from roost import scripts
from roost.scripts import Script
from tests.scripts.conftest import put


def followed(folder, files: dict[str, str], entry: str = "script.py") -> Script:
    put(folder, files)
    return scripts.read(folder / entry)


def outside(script: Script) -> set[str]:
    """Name the modules that are not local, but for the standard library's."""
    return {
        one.module for one in script.imports if one.provider is None and scripts.stdlib.lifetime(one.module) is None
    }


def local(script: Script) -> set[str]:
    return {one.module for one in script.imports if one.provider is not None}


def test_modules_and_packages_beside_the_script_are_followed(folder):
    script = followed(
        folder,
        {
            "script.py": "import config\nfrom models.user import User\nfrom utils import io\nimport storage.sqlite as db\nimport requests\n",
            "config.py": "import tomli\n",
            "models/__init__.py": "import attrs\n",
            "models/user.py": "from pydantic import BaseModel\nfrom .base import Base\n",
            "models/base.py": "import yaml\n",
            "utils/__init__.py": "",
            "utils/io.py": "import rich\n",
            "storage/sqlite.py": "import apsw\n",
        },
    )
    assert local(script) == {"config", "models.user", "utils", "storage.sqlite"}
    assert outside(script) == {"requests", "tomli", "attrs", "pydantic", "yaml", "rich", "apsw"}
    assert script.inputs[0] == folder / "script.py"
    assert len(script.inputs) == 8
    assert next(one for one in script.imports if one.module == "yaml").file == folder / "models/base.py"


def test_a_folder_that_only_shares_a_name_is_not_the_module(folder):
    script = followed(
        folder,
        {
            "script.py": "import torch\nimport data\nfrom google.cloud import storage\n",
            "torch/notes.txt": "",
            "google/x.py": "",
        },
    )
    assert outside(script) == {"torch", "data", "google.cloud"}


def test_a_file_of_the_standard_library_s_name_shadows_it_and_one_of_the_interpreter_s_does_not(folder):
    script = followed(
        folder, {"script.py": "import random, sys\n", "random.py": "import six\n", "sys.py": "import never\n"}
    )
    assert local(script) == {"random"}
    assert outside(script) == {"six"}


def test_circles_end(folder):
    script = followed(folder, {"script.py": "import a\n", "a.py": "import b\n", "b.py": "import a, script, six\n"})
    assert outside(script) == {"six"}


def test_what_only_an_optional_module_needs_is_optional(folder):
    script = followed(
        folder,
        {
            "script.py": "try:\n    import plugin\nexcept ImportError:\n    plugin = None\ndef f():\n    import later\n",
            "plugin.py": "import six\n",
            "later.py": "import rich\n",
        },
    )
    assert {one.module: one.kind for one in script.imports if one.provider is None} == {
        "six": "optional",
        "rich": "lazy",
    }


def test_the_way_that_matters_most_decides(folder):
    script = followed(
        folder,
        {
            "script.py": "try:\n    import a\nexcept ImportError:\n    a = None\nimport b\n",
            "a.py": "import six\n",
            "b.py": "import a\n",
        },
    )
    assert [one.kind for one in script.imports if one.module == "six"] == ["required"]


def test_modules_under_a_condition_hand_it_on(folder):
    script = followed(
        folder, {"script.py": "import os\nif os.name == 'nt':\n    import win\n", "win.py": "import pywin\n"}
    )
    found = next(one for one in script.imports if one.module == "pywin")
    assert (found.kind, found.marker) == ("conditional", "os_name == 'nt'")


def test_modules_for_type_checkers_only_are_not_followed(folder):
    script = followed(
        folder,
        {
            "script.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import types_only\n",
            "types_only.py": "import six\n",
        },
    )
    assert outside(script) == set()


@pytest.mark.parametrize(
    "change",
    [
        "sys.path.insert(0, 'lib')",
        "sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lib'))",
        "sys.path.insert(0, str(Path(__file__).resolve().parent / 'lib'))",
    ],
)
def test_literal_changes_of_the_path_are_followed(folder, change):
    script = followed(
        folder,
        {
            "script.py": f"import os, sys\nfrom pathlib import Path\n{change}\nimport tools\n",
            "lib/tools.py": "import six\n",
        },
    )
    assert outside(script) == {"six"}
    assert script.search == ()


def test_a_src_layout_answers_when_nothing_else_does(folder):
    script = followed(
        folder,
        {"tool.py": "import shop.cart\n", "src/shop/__init__.py": "", "src/shop/cart.py": "import six\n"},
        "tool.py",
    )
    assert outside(script) == {"six"}
    assert script.search == (folder / "src",)


def test_a_project_s_own_package_is_found_from_its_folders(folder):
    script = followed(
        folder,
        {
            "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n',
            "scripts/load.py": "from shop import cart\n",
            "shop/__init__.py": "",
            "shop/cart.py": "import six\n",
        },
        "scripts/load.py",
    )
    assert outside(script) == {"six"}
    assert script.search == (folder,)


def test_relative_imports_of_a_script_are_followed_and_told(folder):
    script = followed(
        folder,
        {
            "app/__init__.py": "",
            "app/__main__.py": "import click\nfrom . import core\nfrom .plugins.csvout import write\nfrom .gone import x\n",
            "app/core.py": "import yaml\n",
            "app/plugins/__init__.py": "",
            "app/plugins/csvout.py": "from ..core import load\nfrom ... import beyond\n",
        },
        "app/__main__.py",
    )
    assert outside(script) == {"click", "yaml"}
    assert not any(one.module in {"", "core", "plugins.csvout"} for one in script.imports)
    notes = "\n".join(script.notes)
    assert "works only inside a package" in notes
    assert "there is no `gone`" in notes


def test_a_module_with_a_syntax_error_is_a_note(folder):
    script = followed(folder, {"script.py": "import broken\nimport six\n", "broken.py": "def f(:\n"})
    assert outside(script) == {"six"}
    assert any("broken.py" in note and "line 1" in note for note in script.notes)


def test_a_module_that_cannot_be_decoded_is_a_note(folder):
    (folder / "odd.py").write_bytes(b"x = '\xe9'\n")
    script = followed(folder, {"script.py": "import odd\n"})
    assert any("odd.py" in note for note in script.notes)


def test_a_missing_part_of_a_local_package_is_told(folder):
    script = followed(
        folder, {"script.py": "import shop.cart\nfrom shop import TAX\n", "shop/__init__.py": "TAX = 1\n"}
    )
    assert [one.provider for one in script.imports] == [folder / "shop", folder / "shop"]
    assert [note for note in script.notes if "cart" in note] == [
        f"`shop.cart` at line 1: there is no `cart` in `{folder / 'shop'}`"
    ]


def test_a_script_with_the_name_of_what_it_imports_is_told(folder):
    script = followed(folder, {"requests.py": "import requests\n"}, "requests.py")
    assert any("another name" in note for note in script.notes)


def test_what_could_shadow_an_import_is_noted_as_absent(folder):
    script = followed(folder, {"script.py": "import six, os, json\n"})
    assert {folder / "six", folder / "six.py", folder / "json.py", folder / "requirements.txt"} <= set(script.absent)
    assert folder / "os.py" not in script.absent
    assert not any(path.exists() for path in script.absent)


def test_compiled_modules_answer_and_are_not_read(folder):
    (folder / "fast.cpython-311-x86_64-linux-gnu.so").write_bytes(b"\x7fELF")
    script = followed(folder, {"script.py": "import fast\n"})
    assert local(script) == {"fast"}
    assert script.notes == ()


def test_links_are_not_resolved(folder):
    put(folder, {"real/script.py": "import helper\n", "helper.py": "import six\n", "real/helper.py": "import rich\n"})
    (folder / "script.py").symlink_to("real/script.py")
    script = scripts.read(folder / "script.py")
    assert script.path == folder / "script.py"


def test_a_folder_with_main_has_its_modules(folder):
    script = followed(folder, {"app/__main__.py": "import helper\n", "app/helper.py": "import six\n"}, "app")
    assert (script.form, script.path, outside(script)) == ("folder", folder / "app", {"six"})


def test_a_module_below_the_folder_is_read_with_its_package(folder):
    put(
        folder,
        {
            "pkg/__init__.py": "",
            "pkg/__main__.py": "from . import core\nimport pkg.other\n",
            "pkg/core.py": "import six\n",
            "pkg/other.py": "import rich\n",
        },
    )
    script = scripts.read_module("pkg", folder=folder)
    assert (script.form, script.module, outside(script)) == ("module", "pkg", {"six", "rich"})
    assert not any("inside a package" in note for note in script.notes)


def test_a_module_that_is_not_local_is_one_import(folder):
    script = scripts.read_module("black", folder=folder)
    assert [(one.module, one.kind) for one in script.imports] == [("black", "required")]
    assert script.name == "-m black"


def test_a_zipapp_s_modules_are_local(folder):
    path = folder / "app.pyz"
    with path.open("wb") as file:
        file.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(file, "a") as archive:
            archive.writestr("__main__.py", "import helper, pkg.inner\nimport six\n")
            archive.writestr("helper.py", "import rich\n")
            archive.writestr("pkg/__init__.py", "")
            archive.writestr("pkg/inner.py", "from . import deep\n")
            archive.writestr("pkg/deep.py", "import attrs\n")
    script = scripts.read(path)
    assert (script.form, outside(script)) == ("zipapp", {"six", "rich", "attrs"})
    assert script.inputs[0] == path


def test_a_deep_chain_of_modules_is_followed(folder):
    files = {f"m{n}.py": f"import m{n + 1}\n" for n in range(120)}
    script = followed(folder, {"script.py": "import m0\n", **files, "m120.py": "import six\n"})
    assert outside(script) == {"six"}


def test_a_folder_that_links_to_itself_is_no_trap(folder):
    (folder / "again").symlink_to(".")
    script = followed(folder, {"script.py": "import again.again.helper\n", "helper.py": "import six\n"})
    assert outside(script) == {"six"}
