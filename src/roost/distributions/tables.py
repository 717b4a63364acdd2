"""What is known about import names: tables shipped with roost, searched in place, never parsed as a whole.

Every file in `data/` is sorted text (bytes order) with tab-separated columns, so one line is found by
bisection in a map of the file; how each was made stands in its first lines.
"""

from __future__ import annotations

import os
from functools import cache

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence
    from typing import Literal

_FOLDER = os.path.join(os.path.dirname(__file__), "data")  # noqa: PTH118, PTH120 (pathlib is not needed here)


class PrefixLine(Value):
    """What the curated or the listed table says about a dotted import prefix."""

    prefix: str  # "cv2", "google.cloud.storage"
    distribution: str  # canonical name, or a requirement with an extra: "psycopg[binary]"
    others: tuple[str, ...]  # canonical names that provide the prefix as well
    marker: str  # PEP 508 marker under which it can be installed; "": always
    note: str  # a sentence for the user; "": none
    verified: str  # "wheel 4.12.0.88 2026-11-21" (curated), "modules 4.12.0.88 2025-11-09", "sdist …" (listed): where the path was seen

    @property
    def source(self) -> Literal["curated", "listed"]:
        """Give the table: curated if the path was read in a wheel, else listed."""
        return "curated" if self.verified.startswith("wheel ") else "listed"


class Known(Value):
    """A popular distribution."""

    name: str  # canonical
    rank: int  # 1: the most downloaded


class HostLine(Value):
    """An import that exists only inside another program."""

    prefix: str  # "bpy", "google.appengine"
    host: str  # "Blender"
    sentence: str  # what the user is told
    distribution: str  # canonical name that is often meant instead; "": none, nothing may be installed
    when: str  # "alone": unless modules are imported that only the host has; "declared": if declared; ""


class ImplicitRule(Value):
    """A need that no import names (the columns are explained in `data/implicit.tsv`)."""

    kind: str  # "call", "import", "url", "literal"
    pattern: str  # "pandas.read_excel", ".to_excel", "networkx.draw*", "postgresql+psycopg", "keras"
    context: str  # import roots of which one must be imported, separated by "|"; "": any
    unless: str  # import roots of which none may be imported, separated by "|"; "": none
    condition: str  # on a call's arguments, see `holds`; "": always
    need: str  # PEP 508
    reason: str  # a phrase: "`pandas.read_excel` reads .xlsx files with it"

    def matches(self, name: str) -> bool:
        """Tell whether a call, module or name of a module, scheme or literal is the one this rule speaks of."""
        if "*" in self.pattern:
            from fnmatch import fnmatchcase

            return fnmatchcase(name, f"*{self.pattern}" if self.pattern.startswith(".") else self.pattern)
        if self.pattern.startswith("."):
            return name.endswith(self.pattern)
        return name == self.pattern or (self.kind == "import" and name.startswith(f"{self.pattern}."))

    def applies(self, roots: Container[str]) -> bool:
        """Tell whether a script with these import roots can mean this rule."""
        if any(root in roots for root in self.unless.split("|")):
            return False
        return not self.context or any(root in roots for root in self.context.split("|"))

    def holds(self, arguments: Sequence[str | None], keywords: Sequence[tuple[str, str | None]]) -> bool:
        """Tell whether a call with these arguments (literal strings, None for others) meets the condition.

        A condition is terms joined by " & ". `A=G` asks that argument A is a literal that one of the globs G
        (separated by ",") matches; `A!=G` that it is no such literal; `A` that it is given; `!A` that it is not.
        A is a position, a keyword, several joined by "|", or `*` for any.
        """
        return all(_term_holds(term, arguments, dict(keywords)) for term in self.condition.split(" & ") if term)


def by_prefix(module: str) -> PrefixLine | None:
    """Give the line of the longest dotted prefix of module, of the curated table before the listed one, or None."""
    for prefix in _prefixes(module):
        columns = _find("curated.tsv", prefix) or _find("listed.tsv", prefix)
        if columns:
            distribution, others, marker, note, verified = columns
            return PrefixLine(prefix, distribution, tuple(others.split()), marker, note, verified)
    return None


def providers(root: str) -> tuple[Known, ...]:
    """Give the popular distributions that are known to provide an import root, the most downloaded first."""
    columns = _find("known.tsv", root)
    if not columns:
        return ()
    pairs = (entry.split(":") for entry in columns[0].split())
    return tuple(Known(name, int(number)) for number, name in pairs)


def rank(distribution: str) -> int | None:
    """Give the place of a canonical name among the most downloaded (1 is the first), or None."""
    columns = _find("popular.tsv", distribution)
    return int(columns[0]) if columns else None


def is_known(distribution: str) -> bool:
    """Tell whether roost itself vouches for a canonical name: popular, in the tables of imports, or known to be brought by those."""
    return rank(distribution) is not None or distribution in _named()


@cache
def _named() -> frozenset[str]:
    """Give the names in the tables that are not sorted by them; read only for a name that is not popular."""
    found: set[str] = set()
    for table in ("curated.tsv", "listed.tsv"):
        for _, distribution, others, *_ in lines(table):
            found |= {distribution.partition("[")[0], *others.split()}
    for name, brought in lines("brings.tsv"):
        found |= {name, *brought.split()}
    return frozenset(found)


def made(name: str) -> str:
    """Give the month of a table's facts, "2026-11", from its first lines."""
    import re

    found = re.search(rb"\b20\d\d-\d\d\b", _content(name))
    assert found is not None
    return found[0].decode()


def roots(distribution: str) -> tuple[str, ...]:
    """Give the import roots that a popular distribution is known to provide; () when nothing is known."""
    columns = _find("popular.tsv", distribution)
    return tuple(columns[1].split()) if columns else ()


def provides(distribution: str, root: str) -> bool | None:
    """Tell whether a distribution (canonical name) provides an import root; None when it is not known."""
    known = roots(distribution)
    return root in known if known else None


def suggested(module: str) -> tuple[Known, ...]:
    """Give the popular distributions that module's name suggests by the rules of plugin families.

    A suggestion is given only if the distribution is known to provide the import's root:
    `flask_login` → flask-login, `google.cloud.tasks` → google-cloud-tasks, `azure.ai.ml` → azure-ai-ml.
    """
    root = module.partition(".")[0]
    found: list[Known] = []
    for prefix in _prefixes(module):
        name = prefix.replace(".", "-").replace("_", "-").lower().strip("-")
        place = rank(name)
        if place is not None and provides(name, root):
            found.append(Known(name, place))
    return tuple(found)


def host(module: str, beside: Iterable[str] = ()) -> HostLine | None:
    """Give the host program in which alone module exists (longest dotted prefix), or None.

    Some of these names are a distribution's as well (`ujson`, `board`): the host is meant only if the script
    imports, beside it, a module that nothing but that host has.

    Args:
        module: the import's dotted name.
        beside: all modules that the script imports.
    """
    line = _host_line(module)
    if not line or line.when != "alone":
        return line
    others = (_host_line(other) for other in beside)
    return line if any(other and other.host == line.host and other.when != "alone" for other in others) else None


def instead(module: str) -> str:
    """Give the distribution that is meant by a host's module in a script that is not for that host; "" when none is."""
    line = _host_line(module)
    return line.distribution if line and line.when == "alone" else ""


def _host_line(module: str) -> HostLine | None:
    for prefix in _prefixes(module):
        columns = _find("host.tsv", prefix)
        if columns:
            return HostLine(prefix, *columns)
    return None


def is_common(root: str) -> bool:
    """Tell whether a root is a word that authors give to their own files (`utils`, `config`, `my_module`)."""
    return root.startswith(("my_", "test_")) or _find("common.txt", root) is not None


@cache
def implicit_rules(roots: frozenset[str] | None = None) -> tuple[ImplicitRule, ...]:
    """Give the rules for needs that no import names, in the order of their patterns.

    Args:
        roots: leave out what a script with these import roots cannot mean; none: give all.
    """
    every = lines("implicit.tsv")
    if roots is None:
        return tuple(ImplicitRule(*columns) for columns in every)
    near = (ImplicitRule(*columns) for columns in every if _may_apply(columns[0], columns[1], columns[2], roots))
    return tuple(rule for rule in near if rule.applies(roots))


def _may_apply(kind: str, pattern: str, context: str, roots: frozenset[str]) -> bool:
    """Tell, before a rule is made of a line, whether it is about modules that are imported at all."""
    if context:
        return not roots.isdisjoint(context.split("|"))
    root = pattern.partition(".")[0]
    return kind != "import" or root in roots or "*" in root


def lines(name: str) -> Iterator[list[str]]:
    """Give the columns of every line of a table; for the programs that make and check the tables."""
    for line in _content(name).decode().splitlines():
        if not line.startswith("#"):
            yield ["" if column == "-" else column for column in line.split("\t")]


def _prefixes(module: str) -> Iterator[str]:
    """Give module and its parents, the longest first."""
    while module:
        yield module
        module = module.rpartition(".")[0]


@cache
def _content(name: str) -> bytes:
    with open(os.path.join(_FOLDER, name), "rb") as file:  # noqa: PTH118, PTH123
        return file.read()


def _find(name: str, key: str) -> list[str] | None:
    """Give the columns after key of its line in a sorted table, or None.

    Bisection over byte offsets: about twenty looks, whatever the size.
    """
    data = _content(name)
    wanted = key.encode()
    low, high = 0, len(data)
    while low < high:
        start = data.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = data.find(b"\n", start, high)
        end = high if end < 0 else end
        line = data[start:end]
        at, _, rest = line.partition(b"\t")
        if at == wanted:
            return _columns(rest)
        if at < wanted:
            low = end + 1
        else:
            high = start
    return None


def _columns(rest: bytes) -> list[str]:
    """Split what follows a key; "-" stands for an empty column, which editors would strip at a line's end."""
    return ["" if column == "-" else column for column in rest.decode().split("\t")] if rest else []


def _term_holds(term: str, arguments: Sequence[str | None], keywords: dict[str, str | None]) -> bool:
    if term.startswith("!"):
        return not _given(term[1:], arguments, keywords)
    selector, equals, globs = term.partition("=")
    if not equals:
        return _given(selector, arguments, keywords)
    from fnmatch import fnmatchcase

    negative = selector.endswith("!")
    values = _literals(selector.removesuffix("!"), arguments, keywords)
    matched = any(fnmatchcase(value, glob) for value in values for glob in globs.split(","))
    return matched != negative


def _given(selector: str, arguments: Sequence[str | None], keywords: dict[str, str | None]) -> bool:
    names = selector.split("|")
    return any(int(name) < len(arguments) if name.isdigit() else name in keywords for name in names)


def _literals(selector: str, arguments: Sequence[str | None], keywords: dict[str, str | None]) -> Iterator[str]:
    """Give the literal strings among the arguments that selector names."""
    if selector == "*":
        candidates = [*arguments, *keywords.values()]
    else:
        names = selector.split("|")
        candidates = [arguments[int(name)] for name in names if name.isdigit() and int(name) < len(arguments)]
        candidates += [keywords.get(name) for name in names]
    return (value for value in candidates if value is not None)
