"""The order of answers: nothing, declared, host, tables, index; each with its sentence."""

from __future__ import annotations

import pytest


def texts(plan):
    return [requirement.text for requirement in plan.requirements]


def answer(plan, module):
    return next(one for one in plan.answers if one.imported.module == module)


def trouble(plan, module):
    return next(one for one in plan.unresolved if one.name == module)


def test_a_script_of_popular_names_asks_no_index(index, planned):
    plan = planned("import requests, numpy as np\nimport cv2\nfrom bs4 import BeautifulSoup\nimport yaml\n")
    assert texts(plan) == ["requests", "numpy", "opencv-python", "beautifulsoup4", "pyyaml"]
    assert index.asked == []
    assert plan.unresolved == ()


@pytest.mark.parametrize(
    ("source", "means"),
    [
        pytest.param("import json", "standard library", id="standard library"),
        pytest.param("import helper", "local", id="beside the script"),
        pytest.param(
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas", "not needed", id="typing only"
        ),
        pytest.param("import sys\nif sys.platform == 'win32':\n    import win32api", "not needed", id="other platform"),
        pytest.param(
            "import sys\nif sys.version_info < (3, 8):\n    import importlib_metadata", "not needed", id="other version"
        ),
    ],
)
def test_nothing_is_installed_for(planned, source, means):
    plan = planned(source, files={"helper.py": ""})
    assert texts(plan) == []
    assert plan.answers[-1].means == means
    assert plan.unresolved == ()


def test_of_alternatives_the_standard_library_is_preferred(planned):
    plan = planned("try:\n    import simplejson as json\nexcept ImportError:\n    import json\n")
    assert texts(plan) == []
    assert answer(plan, "simplejson").reason == "`json` at line 4 does instead"


def test_of_alternatives_the_first_that_can_be_installed_is_taken(planned):
    plan = planned("try:\n    import unheard_of_thing\nexcept ImportError:\n    import requests\n")
    assert texts(plan) == ["requests"]
    assert plan.unresolved == ()


def test_alternatives_for_python_2_install_nothing(planned):
    plan = planned("try:\n    import urllib2\nexcept ImportError:\n    import urllib.request as urllib2\n")
    assert texts(plan) == []
    assert plan.unresolved == ()


def test_an_optional_import_is_installed_if_it_is_known_and_may_be_left_out(index, planned):
    plan = planned(
        "try:\n    import orjson\nexcept ImportError:\n    orjson = None\ntry:\n    import unheard_of_thing\nexcept ImportError:\n    pass\n"
    )
    assert [(one.text, one.optional, one.wheels_only) for one in plan.requirements] == [("orjson", True, True)]
    assert plan.unresolved == ()
    assert index.asked == []


def test_what_is_required_once_is_not_optional(planned):
    plan = planned("try:\n    import orjson\nexcept ImportError:\n    orjson = None\nimport orjson\n")
    assert [one.optional for one in plan.requirements] == [False]


def test_a_lazy_import_that_nobody_knows_is_left_out_with_a_sentence(planned):
    plan = planned("import requests\ndef deep():\n    import unheard_of_thing\n")
    assert texts(plan) == ["requests"]
    assert trouble(plan, "unheard_of_thing").line == 3


def test_declared_distributions_cover_what_they_provide(planned):
    source = "# /// script\n# dependencies = ['opencv-python-headless==4.9.0.80', 'rich']\n# ///\nimport cv2, rich\nimport requests\n"
    plan = planned(source)
    assert texts(plan) == ["opencv-python-headless==4.9.0.80", "rich", "requests"]
    assert [one.source for one in plan.requirements] == ["declared", "declared", "inferred"]
    assert answer(plan, "cv2").distribution == "opencv-python-headless"


def test_an_unknown_declared_distribution_covers_what_its_wheel_has(index, planned):
    index.add("acme-tools", modules={"acme/__init__.py": "", "acme/soup.py": ""})
    plan = planned("from acme import soup\n", files={"requirements.txt": "acme-tools>=0.5\n"})
    assert texts(plan) == ["acme-tools>=0.5"]
    assert answer(plan, "acme").distribution == "acme-tools"


def test_a_requirement_that_is_none_is_refused(planned):
    from roost.distributions.names import UnreadableRequirement

    with pytest.raises(UnreadableRequirement) as caught:
        planned("import rich\n", extra=("ric h ==",))
    assert "`ric h ==`" in caught.value.what


@pytest.mark.parametrize(
    ("source", "module", "kind"),
    [
        pytest.param("import bpy", "bpy", "host program", id="host"),
        pytest.param("import urllib2", "urllib2", "python 2", id="python 2"),
        pytest.param("from urllib import urlencode", "urllib", "python 2", id="moved name"),
        pytest.param("from email.MIMEText import MIMEText", "email.MIMEText", "python 2", id="renamed module"),
        pytest.param("from utils import helper", "utils", "own file missing", id="common word"),
        pytest.param("import win32api", "win32api", "other platform", id="other platform"),
        pytest.param("import unheard_of_thing", "unheard_of_thing", "own file missing", id="in no index"),
        pytest.param("import imp", "imp", "api gone", id="left the standard library"),
    ],
)
def test_what_no_environment_can_answer_has_a_class(planned, source, module, kind):
    plan = planned(source, python="3.12")
    assert texts(plan) == []
    found = trouble(plan, module)
    assert found.kind == kind
    assert found.line == 1
    assert f"`{module.partition('.')[0]}" in found.sentence


def test_names_below_a_namespace_come_from_their_own_distributions(planned):
    plan = planned("from google.cloud import bigquery, storage\nimport azure.identity\n")
    assert texts(plan) == ["google-cloud-bigquery", "google-cloud-storage", "azure-identity"]


def test_a_framework_decides_between_providers_of_one_name(planned):
    assert "django-environ" in texts(planned("import django, environ\n"))


def test_one_import_that_leaves_no_doubt_decides_for_its_root(planned):
    assert texts(planned("import haystack\n")) == ["haystack-ai"]
    assert texts(planned("import haystack\nfrom haystack.indexes import SearchIndex\n")) == ["django-haystack"]


def test_only_what_is_declared_is_installed_when_that_is_asked(planned):
    plan = planned("import requests\n", declared_only=True)
    assert texts(plan) == []
    assert "requests" in plan.notes[0]


def test_needs_that_no_import_names_are_found(planned):
    plan = planned(
        'import pandas as pd\npd.read_excel("a.xlsx")\nURL = "mysql+pymysql://user@host/db"\nimport sqlalchemy\n'
    )
    assert {"openpyxl", "pymysql"} <= set(texts(plan))
    assert next(one for one in plan.requirements if one.text == "openpyxl").source == "implicit"


def test_a_need_that_another_distribution_brings_is_not_added(planned):
    source = 'import jwt\njwt.encode({}, "k", algorithm="RS256")\n'
    assert "cryptography" in texts(planned(source))
    assert "cryptography" not in texts(planned(source + "import OpenSSL\n"))


def test_a_need_that_is_declared_otherwise_is_not_added(planned):
    plan = planned(
        'import sqlalchemy\nsqlalchemy.create_engine("postgresql://host/db")\n',
        files={"requirements.txt": "sqlalchemy\npsycopg2\n"},
    )
    assert texts(plan) == ["sqlalchemy", "psycopg2"]


def test_a_dependency_named_in_a_comment_comes_with_what_needs_it(planned):
    plan = planned("# pip install numpy biopython tabulate\nfrom Bio import Entrez\n")
    assert texts(plan) == ["biopython", "tabulate"]
    assert plan.notes == ("`numpy`, which a `pip install` line names, comes with `biopython`",)


def test_a_pin_in_a_comment_is_the_authors_word(planned):
    assert texts(planned("# pip install numpy==1.26 biopython\nfrom Bio import Entrez\n")) == [
        "numpy==1.26",
        "biopython",
    ]


def test_what_is_asked_for_beside_counts_as_declared(planned):
    plan = planned("import cv2\n", extra=("opencv-contrib-python",))
    assert [(one.text, one.source) for one in plan.requirements] == [("opencv-contrib-python", "option")]


def test_a_name_that_needs_another_python_is_given_with_the_conflict(index, planned):
    for version in ("1.0", "1.1", "1.2"):
        index.add("tomorrow-only", version, modules={"tomorrow_only.py": ""}, requires_python=">=3.99")
    plan = planned("import tomorrow_only\n")
    assert texts(plan) == ["tomorrow-only"]
    assert "its wheels need Python >=3.99" in trouble(plan, "tomorrow_only").sentence


def test_a_board_s_module_is_a_distribution_where_nothing_else_of_the_board_is_imported(planned):
    assert texts(planned("import ujson\n")) == ["ujson"]
    assert texts(planned("import ujson, machine\n")) == []
