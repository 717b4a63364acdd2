"""What the tables hold: each line can be found, is well formed, and agrees with the other tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement

from roost.distributions import tables

DATA = Path(tables.__file__).parent / "data"
COLUMNS = {
    "curated.tsv": 6,
    "listed.tsv": 6,
    "known.tsv": 2,
    "popular.tsv": 3,
    "host.tsv": 5,
    "common.txt": 1,
    "implicit.tsv": 7,
}
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_is_sorted_complete_and_says_where_it_comes_from(name):
    lines = (DATA / name).read_text().split("\n")
    assert lines.pop() == ""
    head = [line for line in lines if line.startswith("#")]
    body = lines[len(head) :]
    assert "2026-11" in "\n".join(head)
    assert "Sorted by bytes" in "\n".join(head) or "sorted by bytes" in "\n".join(head)
    assert body == sorted(body, key=str.encode)
    keys = [line.split("\t")[0] for line in body]
    assert name == "implicit.tsv" or len(keys) == len(set(keys))
    assert {line.count("\t") + 1 for line in body} == {COLUMNS[name]}
    assert not any(column != column.strip() or not column for line in body for column in line.split("\t"))


def test_the_tables_stay_small():
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 1_500_000


def test_nothing_in_the_tables_is_an_address():
    assert not any(re.search(rb"https?://\w", path.read_bytes()) for path in DATA.iterdir())


@pytest.mark.parametrize("name", ["curated.tsv", "listed.tsv", "host.tsv", "known.tsv", "popular.tsv", "common.txt"])
def test_every_line_is_found(name):
    keys = [line[0] for line in tables.lines(name)]
    assert len(keys) > 100
    some = [keys[0], *keys[3:-1:7], keys[-1]]
    assert all(tables._find(name, key) is not None for key in some)
    assert not any(tables._find(name, f"{key}\x01") for key in some)


def prefix_lines():
    return [*tables.lines("curated.tsv"), *tables.lines("listed.tsv")]


def test_every_curated_line_was_read_in_a_wheel():
    assert all(re.fullmatch(r"wheel \S+ 2\d{3}-\d\d-\d\d", line[5]) for line in tables.lines("curated.tsv"))


def test_no_line_is_listed_that_was_read_in_a_wheel():
    assert not any(line[5].startswith("wheel") for line in tables.lines("listed.tsv"))
    assert not {line[0] for line in tables.lines("listed.tsv")} & {line[0] for line in tables.lines("curated.tsv")}


def test_lines_of_prefixes_are_well_formed():
    for prefix, distribution, others, marker, note, verified in prefix_lines():
        assert all(part.isidentifier() for part in prefix.split(".")), prefix
        assert re.match(r"(wheel|modules|root|source|layout|sdist|gone) ", verified), prefix
        assert all(NAME.fullmatch(other) for other in others.split()), prefix
        if distribution:
            assert NAME.fullmatch(Requirement(distribution).name), prefix
        else:
            assert note, prefix
            assert verified.startswith("gone"), prefix
        if marker:
            Marker(marker)


def test_curated_names_are_neither_words_for_own_files_nor_of_hosts():
    for prefix, distribution, *_ in prefix_lines():
        assert not tables.is_common(prefix), prefix
        assert not tables.host(prefix) or not distribution, prefix


def test_what_is_curated_is_what_the_check_table_knows():
    for prefix, distribution, _, _, _, verified in prefix_lines():
        root, name = prefix.partition(".")[0], distribution.partition("[")[0]
        if not root.startswith("_") and verified.startswith(("wheel", "modules")) and tables.rank(name) is not None:
            assert tables.provides(name, root) is not False, prefix


def test_host_lines_are_well_formed():
    rows = list(tables.lines("host.tsv"))
    for prefix, host, sentence, distribution, when in rows:
        assert f"`{prefix}`" in sentence, prefix
        assert host, prefix
        assert bool(distribution) == bool(when), prefix
        assert when in {"", "alone", "declared"}, prefix
        assert not distribution or NAME.fullmatch(distribution), prefix
    assert len(rows) > 300


def test_the_two_check_tables_agree():
    for root, entries in tables.lines("known.tsv"):
        for entry in entries.split():
            number, name = entry.split(":")
            assert tables.rank(name) == int(number)
            assert root in tables.roots(name)


def test_implicit_rules_are_well_formed():
    for rule in tables.implicit_rules():
        assert rule.kind in {"call", "import", "url", "literal"}, rule
        assert NAME.fullmatch(Requirement(rule.need).name), rule
        assert rule.reason, rule
        assert not rule.condition or rule.kind == "call", rule
        rule.holds((None, "a"), (("engine", "b"), ("other", None)))
        assert rule.applies(frozenset(filter(None, rule.context.split("|")))), rule
