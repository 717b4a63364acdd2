from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost import cli
from roost.cli import options, pages
from roost.cli.options import parse
from roost.errors import UsageError

RUN, _ = cli.find(["run"])
CHECK, _ = cli.find(["check"])


def test_what_follows_the_file_belongs_to_the_script():
    found = parse(RUN, ["--python", "3.12", "it.py", "--python", "2", "-h", "--", "-q"])
    assert found.text("python") == "3.12"
    assert found.words == ("it.py",)
    assert found.rest == ("--python", "2", "-h", "--", "-q")


@pytest.mark.parametrize(
    ("argv", "rest"),
    [
        pytest.param(["it.py", "--", "-x"], ("-x",), id="one is dropped"),
        pytest.param(["it.py", "--", "--"], ("--",), id="only one"),
        pytest.param(["it.py", "a", "--"], ("a", "--"), id="only directly behind the file"),
        pytest.param(["--", "-it.py", "--", "a"], ("a",), id="a file with a leading dash"),
        pytest.param(["-m", "http.server", "--", "80"], ("80",), id="behind a module"),
        pytest.param(["-q", "-cprint()", "-h"], ("-h",), id="behind a text"),
        pytest.param(["-", "-v"], ("-v",), id="behind standard input"),
    ],
)
def test_the_dashes_directly_behind_the_file_are_dropped(argv, rest):
    assert parse(RUN, argv).rest == rest


def test_options_stand_anywhere_where_no_script_takes_the_rest():
    found = parse(CHECK, ["it.py", "--json", "--with=a", "--with", "b", "-vqv"])
    assert found.words == ("it.py",)
    assert found.has("json")
    assert found.texts("with") == ("a", "b")
    assert found.count("verbose") == 2
    assert found.has("quiet")


def test_an_option_that_stands_for_another_is_found_under_that_ones_name():
    assert parse(RUN, ["--no-mend", "it.py"]).text("mend") == "off"
    assert parse(RUN, ["--mend=off", "--mend", "env", "it.py"]).text("mend") == "env"


@pytest.mark.parametrize(
    ("argv", "what", "hint"),
    [
        pytest.param(["run", "--pyton", "3", "a"], "`roost run` has no option `--pyton`", "did you mean `--python`?", id="typo"),
        pytest.param(["run", "--xyz", "x", "a"], "`roost run` has no option `--xyz`", "`roost run --help` lists what it takes", id="unknown"),
        pytest.param(["run", "--mend", "never", "a"], "`--mend` cannot be `never`", "`roost run --help` lists what it takes", id="choice"),
        pytest.param(["run", "--quiet=yes", "a"], "`--quiet` of `roost run` takes no value", "`roost run --help` lists what it takes", id="flag"),
        pytest.param(["run", "--python"], "`--python` needs a value: `--python PYTHON`", "`roost run --help` lists what it takes", id="value"),
        pytest.param(["run"], "`roost run` needs FILE", "`roost run [OPTIONS] FILE [ARGUMENT…]`", id="no file"),
        pytest.param(["check", "a", "b"], "`roost check` takes no `b`", "`roost check [OPTIONS] FILE`", id="too many"),
        pytest.param(["chekc", "a"], "`chekc` is no command of roost", "did you mean `roost check`?", id="command"),
        pytest.param(["chart.py", "a"], "`chart.py` is no command of roost", "to run it: `roost run chart.py`", id="file"),
        pytest.param(["env", "lst"], "`roost env` has no command `lst`", "did you mean `roost env list`?", id="group"),
        pytest.param(["--offline", "run"], "`roost` itself has no option `--offline`", "options stand behind the command: `roost run --help`", id="before"),
    ],
)  # fmt: skip
def test_a_wrong_command_line_says_what_was_probably_meant(argv, what, hint):
    with pytest.raises(UsageError) as caught:
        parse(*cli.find(argv))
    assert caught.value.what == what
    assert caught.value.hints[0] == hint


@settings(deadline=None)
@given(st.lists(st.text(max_size=8) | st.sampled_from(["-m", "--", "--with", "-", "-q", "--json"]), max_size=6))
def test_any_words_are_understood_or_refused(words):
    for command in cli.commands():
        with suppress(UsageError):
            assert set(parse(command, words).given) <= {option.key for option in command.options}


def test_every_command_has_a_page_and_a_function():
    for command in cli.commands():
        assert options.usage(command) in pages.page(command)
        assert callable(cli.handler(command))
