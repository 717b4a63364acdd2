from __future__ import annotations

import hashlib
import re

import pytest
from inline_snapshot import snapshot

from tests.index import wheel

pytestmark = pytest.mark.thorough

BLOCK = """#!/usr/bin/env python3
# /// script
# requires-python = ">=3.9"
# dependencies = [
#     "soup>=1",  # the first course
# ]
# ///
import soup
"""
LIST = """# requires-python: >=3.8
--extra-index-url {url}simple/
-c limits.txt
soup[bread]>=1  # hot
stock==1.4 --hash=sha256:{stock}
-e ./dough
"""


@pytest.fixture
def kitchen(index):
    for version in ("1.0", "2.0"):
        index.add("soup", version, requires=("stock>=1",), extras={"bread": ("crumb",)})
    index.add("stock", "1.4")
    index.add("crumb", "0.3")
    return index


def listed(script, index) -> str:
    script("soup<2\n", "limits.txt")
    script("", "dough/pyproject.toml")
    return script(
        LIST.format(url=index.url, stock=hashlib.sha256(wheel("stock", "1.4")[1]).hexdigest()).replace(
            "-e ./dough\n", ""
        ),
        "list.txt",
    ).name


def test_a_script_is_exported_with_what_its_imports_need(kitchen, roost, script):
    path = script(BLOCK + "import stock\n")
    done = roost("env", "export", path, "--format", "requirements")
    assert (done.status, done.errors) == (0, "")
    assert done.output == "# requires-python: >=3.9\nsoup>=1  # the first course\nstock\n"
    done = roost("env", "export", path, "--format", "pep723", "--locked")
    assert done.output == (
        '# /// script\n# requires-python = "==3.11.*"\n# dependencies = [\n#     "soup==2.0",  # the first course\n#     "stock==1.4",\n# ]\n# ///\n'
    ).replace("3.11", python())


def python() -> str:
    import sys

    return f"{sys.version_info.major}.{sys.version_info.minor}"


COMMENTED = """# of the whole list
soup>=1   #   see https://ann:s3cret@host/soup?token=abc
stock  # for ${WORD}, which is s3cret-too
crumb<1 \\
    # not of a line that goes on
"""


def test_a_comment_behind_a_requirement_goes_along(kitchen, roost, script):
    script(COMMENTED, "list.txt")
    said = {
        form: roost("env", "export", "list.txt", "--format", form, WORD="s3cret-too").output
        for form in ("requirements", "pep723", "pyproject", "environment.yml", "pylock", "dockerfile")
    }
    first, second = "see https://host/soup", "for ${WORD}, which is ${WORD}"
    assert said["requirements"] == f"soup>=1  # {first}\nstock  # {second}\ncrumb<1  # not of a line that goes on\n"
    for form in ("pep723", "pyproject"):
        assert f'    "soup>=1",  # {first}\n' in said[form]
        assert f'    "stock",  # {second}\n' in said[form]
    assert re.search(rf'      - "soup==2.0 --hash=[^"]*"  # {first}\n', said["environment.yml"])
    assert not any(word in "".join(said.values()) for word in ("s3cret", "abc", "of the whole list"))
    assert first not in said["pylock"] + said["dockerfile"]
    script(said["pyproject"], "pyproject.toml")
    again = roost("env", "export", "pyproject.toml", "--format", "requirements").output
    assert again == said["requirements"]


def test_a_comment_is_that_of_its_own_line_and_no_other(kitchen, roost, script):
    source = (
        "# /// script\n# dependencies = [\n#   'soup>=1',  # hot\n#   'soup',\n#   \"stock\"\n#   , 'crumb' # cold\n# ] # all\n# ///\n"
        "import stock\nWORDS = [\n    'stock',  # no requirement\n]\n"
    )
    done = roost("env", "export", script(source), "--format", "requirements")
    assert done.output == "soup>=1  # hot\nsoup\nstock\ncrumb\n", done.errors


def test_blanks_inside_a_comment_stay(kitchen, roost, script):
    script("soup>=1  #   hot:   a  |  b\t|\tc   \n", "list.txt")
    for form, ending in (("requirements", ""), ("pyproject", '",'), ("environment.yml", '"')):
        said = roost("env", "export", "list.txt", "--format", form).output
        assert re.search(rf"soup[=>].*{ending}  # hot:   a  \|  b \| c$", said, re.MULTILINE), said
    script("soup>=1  # a  b\n", "requirements.txt")
    assert roost("add", script("import soup\n"), "stock").status == 0
    assert (roost.cwd / "requirements.txt").read_text().startswith("soup>=1  # a  b\n")


def test_an_export_writes_a_file_and_never_over_another_unless_told(kitchen, roost, script):
    listed(script, kitchen)
    done = roost("env", "export", "list.txt", "--format", "requirements", "--output", "again.txt")
    assert done.output == "wrote `again.txt`\nwrote `again.constraints.txt`\n"
    assert (roost.cwd / "again.constraints.txt").read_text() == "soup<2\n"
    assert "-c again.constraints.txt\nsoup[bread]>=1  # hot\n" in (roost.cwd / "again.txt").read_text()
    done = roost("env", "export", "list.txt", "--format", "pyproject", "--output", "again.txt")
    assert done.status == 73
    assert "again.txt` is there already" in done.errors
    assert roost("env", "export", "list.txt", "--format", "pyproject", "--output", "again.txt", "--force").status == 0
    assert (roost.cwd / "again.txt").read_text().startswith("[project]\n")


def test_what_cannot_be_kept_is_named_and_strictly_nothing_is_written(kitchen, roost, script):
    listed(script, kitchen)
    done = roost("env", "export", "list.txt", "--format", "requirements")
    assert (
        done.errors
        == "warning: not kept: the constraint `soup<2`: it needs a file of its own, which `--output` writes\n"
    )
    done = roost("env", "export", "list.txt", "--format", "pyproject", "--output", "out.toml", "--strict")
    assert done.status == 65
    assert "because `stock==1.4` (`list.txt` line 5): its hashes" in done.errors
    assert not (roost.cwd / "out.toml").exists()


def test_the_list_of_the_working_folder_is_exported_when_none_is_named(kitchen, roost, script):
    done = roost("env", "export", "--format", "requirements")
    assert done.status == 64
    assert "needs a file or an environment" in done.errors
    script("stock==1.4\n", "requirements.txt")
    assert roost("env", "export", "--format", "requirements").output == "stock==1.4\n"


def test_what_cannot_be_a_part_of_an_image_is_named(kitchen, roost, script):
    script("", "pyproject.toml")
    script("A = 1\n", "src/helper.py")
    path = script("import soup\nimport helper\n", "jobs/it.py")
    done = roost("env", "export", path, "--format", "dockerfile")
    assert 'COPY ["it.py", "/app/it.py"]\nUSER 1000:1000\nCMD ["python3", "/app/it.py"]\n' in done.output
    assert f"not kept: `{roost.cwd}/src/helper.py`: it lies outside of the script's folder" in done.errors
    script("# Hello\n\n```python\nimport soup\n```\n", "it.md")
    done = roost("env", "export", "it.md", "--format", "dockerfile")
    assert "not kept: `it.md`: an image can only start a Python file" in done.errors


def test_an_image_has_what_distributions_want_of_the_system(kitchen, roost, script):
    for name in ("opencv-python", "pydub", "opencv-python-headless"):
        kitchen.add(name, "1.0", modules={"cv2.py": ""})
    path = script("# /// script\n# dependencies = ['opencv_python', 'pydub']\n# ///\n")
    done = roost("env", "export", path, "--format", "dockerfile")
    said = re.sub("sha256:[0-9a-f]{64}", "sha256:…", done.output).replace(kitchen.url, "http://index/")
    assert said.replace(f"python:{python()}-slim", "python:X.Y-slim") == snapshot("""\
ARG BASE=python:X.Y-slim
FROM ${BASE}
RUN apt-get update \\
 && apt-get install -y --no-install-recommends ffmpeg libgl1 libglib2.0-0 \\
 && rm -rf /var/lib/apt/lists/*
ARG PIP_INDEX_URL=http://index/simple/
RUN printf '%s\\n' \\
    'opencv-python==1.0 --hash=sha256:…' \\
    'pydub==1.0 --hash=sha256:…' \\
    > /tmp/requirements.txt \\
 && python3 -m pip install --no-cache-dir --no-deps --disable-pip-version-check --root-user-action=ignore --require-hashes -r /tmp/requirements.txt \\
 && rm /tmp/requirements.txt
WORKDIR /app
COPY ["it.py", "/app/it.py"]
USER 1000:1000
CMD ["python3", "/app/it.py"]
""")
    script("opencv-python-headless\n", "requirements.txt")
    done = roost("env", "export", "requirements.txt", "--format", "dockerfile")
    assert (done.status, "apt-get" in done.output) == (0, False)


def test_a_dockerfile_that_installs_of_the_system_is_read_and_that_named(script):
    from roost.travel.forms import dockerfile
    from roost.travel.needs import Need, Needs
    from roost.travel.reading import read

    needs = (Need("weasyprint==70.0"), Need(f"soup @ git+https://host/soup.git@{'0' * 40}"))
    written = dockerfile.write(Needs("it", needs, python="==3.11.*", exact=True), files=(), index=None)
    line = "apt-get install -y --no-install-recommends git libharfbuzz-subset0 libpango-1.0-0 libpangoft2-1.0-0"
    assert f" && {line} \\\n" in written.text
    found = read(script(written.text, "Dockerfile"), "dockerfile")
    assert [one.text for one in found.requirements] == [one.text for one in needs]
    assert found.lost == tuple(f"`{words[:80]}`: it is not about distributions" for words in ("apt-get update", line))


def test_a_dockerfile_gets_a_list_of_what_is_left_out_unless_there_is_one(kitchen, roost, script):
    path = script("import soup\n", "a [1].py")
    done = roost("env", "export", path, "--format", "dockerfile", "--output", "Dockerfile")
    assert done.output == "wrote `Dockerfile`\nwrote `.dockerignore`\n"
    lines = (roost.cwd / ".dockerignore").read_text().splitlines()
    assert (lines[0], lines[-1]) == (".git", r"!a \[1].py")
    (roost.cwd / ".dockerignore").write_text("mine\n")
    done = roost("env", "export", path, "--format", "dockerfile", "--output", "Dockerfile", "--force")
    assert done.output == "wrote `Dockerfile`\n"
    assert (roost.cwd / ".dockerignore").read_text() == "mine\n"
    done = roost("env", "export", path, "--format", "requirements", "--output", "other/list.txt")
    assert done.output == "wrote `list.txt`\n"
    assert not (roost.cwd / "other/.dockerignore").exists()


def test_a_list_becomes_an_environment_whose_name_is_printed(kitchen, roost, script):
    done = roost("env", "import", listed(script, kitchen))
    assert (done.status, done.errors) == (0, "")
    assert re.fullmatch(r"made soup-stock-[0-9a-f]{12} \(3 distributions\)\n", done.output)
    again = roost("env", "import", "list.txt", "--json").data
    assert again["environment"]["fresh"] is False
    assert [(one["name"], one["version"]) for one in again["lock"]["distributions"]] == [
        ("crumb", "0.3"),
        ("soup", "1.0"),
        ("stock", "1.4"),
    ]


def test_a_list_goes_into_a_script_without_a_block(kitchen, roost, script):
    path = script("#!/usr/bin/env python3\nimport soup; print(soup.__version__)\n")
    done = roost("env", "import", listed(script, kitchen), "--into", path)
    assert done.status == 0
    assert done.output == "declared in a PEP 723 block in `it.py`\n"
    assert done.errors == "warning: not kept: `stock==1.4`: its hashes, for which a PEP 723 block has no place\n"
    assert (
        path.read_text().replace("#\n", "")
        == f"""#!/usr/bin/env python3
# /// script
# requires-python = ">=3.8"
# dependencies = [
#     "soup[bread]>=1",
#     "stock==1.4",
# ]
# [tool.uv]
# constraint-dependencies = [
#     "soup<2",
# ]
# [[tool.uv.index]]
# url = "{kitchen.url}simple/"
# ///

import soup; print(soup.__version__)
"""
    )
    assert roost("run", path).output == "1.0\n"


def test_a_list_goes_into_the_block_that_is_there_and_what_stands_there_stays(kitchen, roost, script):
    path = script(BLOCK)
    script("stock\nsoup<2 ; python_version >= '3'\n", "more.txt")
    assert roost("env", "import", "more.txt", "--into", path).status == 0
    assert path.read_text() == BLOCK.replace("# ]", '#     "stock",\n#     "soup<2 ; python_version >= \'3\'",\n# ]')


def test_what_belongs_to_a_list_is_put_before_and_into_the_tables_of_a_block(kitchen, roost, script):
    path = script(
        '# /// script\n# dependencies = []\n# [tool.uv]\n# exclude-newer = "2030-01-01"\n# ///\nimport soup\n'
    )
    listed(script, kitchen)
    assert roost("env", "import", "list.txt", "--into", path).status == 0
    assert (
        path.read_text().replace("#\n", "")
        == f"""# /// script
# dependencies = ["soup[bread]>=1", "stock==1.4"]
# requires-python = ">=3.8"
# [tool.uv]
# exclude-newer = "2030-01-01"
# constraint-dependencies = [
#     "soup<2",
# ]
# [[tool.uv.index]]
# url = "{kitchen.url}simple/"
# ///
import soup
"""
    )
    assert roost("env", "import", "list.txt", "--into", path).status == 0
    assert path.read_text().count("soup<2") == path.read_text().count("simple/") == 1


def test_a_list_goes_into_the_requirements_file_beside_a_script(kitchen, roost, script):
    beside = script("# dinner\nstock\n", "requirements.txt")
    path = script("import soup; print(soup.__version__)\n")
    done = roost("env", "import", listed(script, kitchen), "--into", path)
    assert done.status == 0
    digest = hashlib.sha256(wheel("stock", "1.4")[1]).hexdigest()
    assert beside.read_text() == (
        f"# dinner\nstock==1.4 --hash=sha256:{digest}\n--extra-index-url {kitchen.url}simple/\n-c requirements.constraints.txt\nsoup[bread]>=1\n"
    )
    assert done.errors == "warning: not kept: `requires-python >=3.8`: a requirements file has no place for it\n"
    assert roost("run", path).output == "1.0\n"


def test_a_lock_goes_beside_a_script(kitchen, roost, script):
    path = script(BLOCK)
    assert roost("env", "export", path, "--format", "pylock", "--output", "pylock.toml").status == 0
    kitchen.add("soup", "3.0")
    other = script(BLOCK + "print(soup.__version__)\n", "other.py")
    done = roost("env", "import", "pylock.toml", "--into", other)
    assert done.output == "declared in `pylock.other.toml`\n"
    (roost.cwd / "pylock.toml").unlink()
    assert roost("run", "--upgrade", path).status == 0
    assert roost("run", other).output == "2.0\n"


def test_a_list_that_cannot_be_met_changes_nothing(kitchen, roost, script):
    path = script(BLOCK)
    script("soup>=9\n", "more.txt")
    assert roost("env", "import", "more.txt", "--into", path).status == 69
    assert path.read_text() == BLOCK


CONDA = """
name: dinner
channels: [conda-forge]
dependencies:
  - python={python}
  - numpy=1.26
  - conda-forge::pandas>=2,<3
  - scipy==1.11.4=py311h64a7726_0
  - libgdal
  - pip
  - pip:
      - soup[bread]>=1
      - stock==1.4 ; python_version >= "3"
variables:
  A: b
"""


@pytest.mark.parametrize("library", [True, False])
def test_condas_part_is_taken_where_the_name_is_the_same_and_else_condas_or_named(script, monkeypatch, library):
    from roost.distributions import conda
    from roost.travel.reading import read

    monkeypatch.setattr(conda, "available", lambda: library)
    needs = read(script(CONDA.format(python="3.11"), "environment.yml"), "environment.yml")
    assert [need.text for need in needs.requirements] == [
        "numpy==1.26.*", "pandas>=2,<3", "scipy==1.11.4", "soup[bread]>=1", 'stock==1.4 ; python_version >= "3"',
    ]  # fmt: skip
    assert needs.python == "==3.11.*"
    assert [need.text for need in needs.conda] == (["libgdal"] if library else [])
    assert needs.conda_channels == (("conda-forge",) if library else ())
    assert needs.lost[-1] == "`variables`: roost does not use it"
    said = "`libgdal`: it is a package of conda's, and no index is known to have the same under its name; roost installs it "
    assert [one.startswith(said) for one in needs.lost[:-1]] == ([] if library else [True])


DOCKERFILE = """
ARG VERSION=3.12
FROM docker.io/library/python:${VERSION}-slim AS base
# comment
RUN apt-get update && apt-get install -y libgl1 \\
    # inside
 && pip3 install --no-cache-dir 'soup[bread]>=1' stock==1.4
COPY more.txt /app/
RUN python -m pip install -r /app/more.txt -r /app/absent.txt
CMD ["python", "it.py"]
"""


def test_a_dockerfile_is_read_for_what_pip_installs(script):
    from roost.travel.reading import read

    script("crumb<1\n", "more.txt")
    needs = read(script(DOCKERFILE, "Dockerfile"), "dockerfile")
    assert [need.text for need in needs.requirements] == ["soup[bread]>=1", "stock==1.4", "crumb<1"]
    assert needs.python == "==3.12.*"
    assert needs.lost == (
        "`apt-get update`: it is not about distributions",
        "`apt-get install -y libgl1`: it is not about distributions",
        "`python -m pip install -r /app/more.txt -r /app/absent.txt`: `/app/absent.txt` is not here",
    )


@pytest.mark.parametrize(
    ("name", "text", "status"),
    [
        ("environment.yml", "dependencies: [", 65),
        ("environment.yml", "- a\n", 65),
        ("environment.yml", "name: a\n", 65),
        ("requirements.txt", "soup>=\n", 65),
        ("requirements.txt", "-r absent.txt\n", 65),
        ("pyproject.toml", "[project\n", 65),
        ("pyproject.toml", "[tool.black]\n", 65),
        ("pylock.toml", "[[packages]\n", 65),
        ("pylock.toml", "a = 1\n", 65),
    ],
)
def test_a_file_that_cannot_be_read_is_an_error_that_names_it(name, text, status, roost, script):
    script(text, name)
    for command in (("env", "import", name), ("env", "export", name, "--format", "pep723")):
        done = roost(*command)
        assert done.status == status, done.errors
        assert "error: " in done.errors
        assert "Traceback" not in done.errors
    assert roost("env", "import", "nowhere.txt").status == 66
    assert roost("env", "export", "nowhere", "--format", "pylock").status == 66
    assert roost("env", "export", name).status == 64


THERE = "# /// script\n# dependencies = ['soup']\n# ///\nimport soup\nimport sys\nif sys.platform == 'win32':\n    import kettle\n"


@pytest.fixture
def over_there(index):
    """Distributions that differ from platform to platform, and from Python to Python."""
    index.add("soup", "1.0", requires=("spoon ; sys_platform == 'win32'", "fork ; python_version < '3.10'"))
    for tag in ("cp312-cp312-win_amd64", "cp39-cp39-win_amd64", "cp312-cp312-manylinux_2_28_aarch64"):
        index.add("spoon", "2.0", tag=tag, history=False)
    index.add("fork", "3.0")
    index.add("kettle", "4.0", uploaded="2015-01-01T00:00:00Z")
    return index


@pytest.mark.covers("C7 export")
def test_a_lock_for_another_machine_is_written_beside_and_taken_by_no_run_here(over_there, roost, script):
    path = script(THERE)
    done = roost("lock", "--platform", "windows", "--python", "3.9", "--allow", "kettle", path)
    assert done.output == "locked 4 distributions for windows with Python 3.9 in `pylock.it-windows-py3_9.toml`\n", (
        done.errors
    )
    text = (roost.cwd / "pylock.it-windows-py3_9.toml").read_text()
    assert "spoon-2.0-cp39-cp39-win_amd64.whl" in text
    assert 'name = "kettle"' in text
    assert (
        "requires-python = \"==3.9.*\"\nenvironments = [\"sys_platform == 'win32' and platform_machine == 'AMD64'\"]\n"
        in text
    )
    ran = roost("run", "-v", path)
    assert ran.status == 0
    assert "pylock" not in ran.errors
    there = roost("lock", "--platform", "aarch64-unknown-linux-gnu", "--json", path).data
    assert [one["name"] for one in there["distributions"]] == ["soup"]
    assert there["file"].endswith("/pylock.it-aarch64-unknown-linux-gnu.toml")


def test_a_lock_for_another_machine_is_refused_here(over_there, roost, script):
    assert roost("lock", "--platform", "windows", script(THERE), "--allow", "kettle", "--python", "3.12").status == 0
    done = roost("env", "import", "pylock.it-windows-py3_12.toml", "--python", python())
    assert done.status == 69
    assert "because it is for machines where `sys_platform == 'win32' and platform_machine == 'AMD64'`" in done.errors


def test_a_platform_that_is_none_is_answered_with_those_that_are(over_there, roost, script):
    done = roost("lock", "--platform", "beos", script(THERE))
    assert done.status == 64
    assert "error: there is no platform `beos`\nhint: there are: windows, linux, macos, " in done.errors
    assert (
        roost(
            "lock",
            "--platform",
            "windows",
            script("import soup\n# /// script\n# dependencies = ['soup>5']\n# ///\n", "no.py"),
        ).status
        == 69
    )
