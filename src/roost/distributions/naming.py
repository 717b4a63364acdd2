"""One import, one answer: nothing, declared, a host program's, the tables', the index's; the first that speaks wins."""

from __future__ import annotations

from roost.scripts import stdlib

from . import learned, moved, tables
from .named import Named, failed
from .names import canonical, parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from roost.scripts import Import

    from .asking import Asker
    from .coverage import Coverage
    from .tables import PrefixLine
    from .targets import Target
    from .values import Class


_FRAMEWORKS = ("django", "flask", "pytest", "streamlit")  # whose plugins take import names that others have too


class Namer:
    """Answers imports one by one.

    Args:
        asker: makes what asks the index; called when it is needed for the first time.
        allowed: canonical names that the user trusts.
        modules: the dotted names of everything that the script imports.
        beside: top-level modules that the Python has beside the standard library: from conda packages.
    """

    def __init__(
        self,
        *,
        target: Target,
        coverage: Coverage,
        asker: Callable[[], Asker],
        allowed: frozenset[str] = frozenset(),
        modules: frozenset[str] = frozenset(),
        beside: frozenset[str] = frozenset(),
    ) -> None:
        """Answer nothing yet."""
        self._target = target
        self._coverage = coverage
        self._asker = asker
        self._allowed = allowed
        self._modules = modules
        self._beside = beside
        self._roots = frozenset(module.partition(".")[0] for module in modules)

    def parts(self, one: Import) -> tuple[Import, ...]:
        """Part `from google.cloud import bigquery, storage`: in a namespace each name may come from a distribution of its own."""
        if (
            one.provider
            or one.kind == "typing"
            or not one.names
            or one.names == ("*",)
            or not learned.is_namespace(one.root)
        ):
            return (one,)
        whole = self.without_index(one)
        known = tuple(name for name in one.names if _has_own(f"{one.module}.{name}") or (whole is None and name != "*"))
        rest = tuple(name for name in one.names if name not in known)
        parts = tuple(_part(one, f"{one.module}.{name}", ()) for name in known)
        return (*parts, _part(one, one.module, rest)) if rest else parts

    def prepare(self, imports: Iterable[Import]) -> None:
        """Ask the index for several unknown names at once, so that they wait for it together."""
        plain = [one for one in imports if one.kind in {"required", "lazy", "conditional"} and not one.provider]
        unknown = {one.root: one.module for one in plain if self.without_index(one) is None}
        if len(unknown) > 1:
            self._asker().prepare(unknown.values())

    def name(self, one: Import) -> Named:
        """Say what one import needs."""
        return self.without_index(one) or self.from_index(one)

    def without_index(self, one: Import) -> Named | None:
        """Say what one import needs, as far as the machine itself knows; only what is declared and unknown is looked up."""
        return (
            self._nothing(one)
            or self._standard(one)
            or self._from_conda(one)
            or self._declared(one)
            or self._python2(one)
            or self._declared_by_wheel(one)
            or self._host(one)
            or self._by_prefix(one)
            or self._common(one)
            or self._learned(one)
        )

    def from_index(self, one: Import) -> Named:
        """Say what one import needs that only an index can know; a handler that copes is no reason to ask."""
        if one.kind == "optional" and canonical(one.root) not in self._allowed:
            return Named("not needed", f"`{one.root}` is in no table, and the script copes without it")
        return self._asker().ask(one.module, one.names)

    def _nothing(self, one: Import) -> Named | None:
        if one.provider:
            return Named("local", f"`{one.provider.name}` beside the script")
        if one.kind == "typing":
            return Named("not needed", "only type checkers import it")
        if one.root == "pip" and not self._coverage.provider("pip"):
            return Named("not needed", "every environment of roost answers to `pip` by itself")
        if not self._target.holds(one.marker):
            return Named("not needed", f"only where {_spoken(one.marker or '')}, which is not so here")
        return None

    def _standard(self, one: Import) -> Named | None:
        lifetime = stdlib.lifetime(one.module) or stdlib.lifetime(one.root)
        if lifetime is None:
            return None
        renamed = moved.module(one.module)
        found = (one.module, renamed) if renamed else moved.names(one.module, one.names)
        if found:
            return _python2(*found)
        added, removed = lifetime
        if added and self._target.version[:2] < _pair(added):
            return self._not_in(one, f"`{one.root}` is in the standard library from Python {added} on", f">={added}")
        if removed and self._target.version[:2] >= _pair(removed):
            last = f"{_pair(removed)[0]}.{_pair(removed)[1] - 1}"
            return self._not_in(one, f"`{one.root}` left the standard library in Python {removed}", last)
        return Named("standard library", f"standard library of Python {self._target.short}")

    def _not_in(self, one: Import, sentence: str, python: str) -> Named:
        covered = self._declared(one)
        if covered:
            return covered
        return failed(
            "standard library", "api gone", sentence, f"run it on another Python: `roost run --python '{python}' FILE`"
        )

    def _from_conda(self, one: Import) -> Named | None:
        return Named("declared", f"`{one.root}` is among the conda packages") if one.root in self._beside else None

    def _declared(self, one: Import) -> Named | None:
        provider = self._coverage.provider(one.module)
        return Named("declared", f"`{provider}` is declared", provider) if provider else None

    def _declared_by_wheel(self, one: Import) -> Named | None:
        provider = self._coverage.provider_by_wheel(one.module, self._roots)
        return (
            Named("declared", f"`{provider}` is declared, and its wheel has `{one.module}`", provider)
            if provider
            else None
        )

    def _python2(self, one: Import) -> Named | None:
        found = stdlib.python2(one.module)
        return _python2(one.module, found) if found else None

    def _host(self, one: Import) -> Named | None:
        line = tables.host(one.module, self._modules)
        if not line:
            other = tables.instead(one.module)
            return (
                Named("curated", f"`{one.root}` comes from `{other}` outside its host", other, other) if other else None
            )
        hint = f"add it if that is meant: `roost add FILE {line.distribution}`" if line.distribution else None
        sentence = line.sentence + (
            f"; {line.distribution} is meant {line.when}" if line.distribution and line.when else ""
        )
        kind: Class = "nothing installable" if "bindings" in line.host else "host program"  # libraries, not programs
        return failed("host", kind, sentence, hint)

    def _by_prefix(self, one: Import) -> Named | None:
        line = tables.by_prefix(one.module)
        if not line:
            return None
        if not line.distribution:
            return failed(
                line.source, "nothing installable", line.note or f"no distribution provides `{one.module}` any more"
            )
        if not self._target.holds(line.marker):
            return self._elsewhere(line, one)
        text = self._in_context(line)
        parsed = parse(text)
        how = "is known to come" if line.source == "curated" else "comes, as public lists have it,"
        reason = f"`{line.prefix}` {how} from `{parsed.name}`" + (f": {line.note}" if line.note else "")
        return Named(line.source, reason, parsed.name, text, wheels_only=False)

    def _in_context(self, line: PrefixLine) -> str:
        """Choose among a line's providers by what else the script imports: `captcha` beside `django` is another one."""
        if not line.others:
            return line.distribution
        options = (line.distribution, *line.others)
        below = [tables.by_prefix(module) for module in self._modules if module.startswith(f"{line.prefix}.")]
        told = next((known.distribution for known in below if known and known.distribution in line.others), None)
        if told:
            return told  # another import of the same root leaves no doubt: `haystack.indexes` is not in `haystack-ai`
        for framework in _FRAMEWORKS:
            theirs = [text for text in options if text.startswith(f"{framework}-")]
            if theirs and framework in self._roots:
                return theirs[0]
            if line.distribution in theirs and len(theirs) < len(options):
                return next(text for text in options if text not in theirs)
        return line.distribution

    def _elsewhere(self, line: PrefixLine, one: Import) -> Named:
        marker, name = line.marker, parse(line.distribution).name
        if "python_" in marker and not ("platform" in marker or "os_name" in marker):
            sentence = f"`{name}`, which has `{one.root}`, can be installed only where {_spoken(marker)}, not on Python {self._target.short}"
            return failed(line.source, "nothing installable", sentence)
        return failed(
            line.source,
            "other platform",
            f"`{one.root}` exists only where {_spoken(marker)}: `{name}` cannot be installed here",
        )

    def _common(self, one: Import) -> Named | None:
        if not tables.is_common(one.root) or canonical(one.root) in self._allowed:
            return None
        return failed(
            "own file",
            "own file missing",
            f"`{one.root}` is a name that authors give to their own files, and there is none beside the script",
            f"put `{one.root}.py` beside the script, or declare the distribution that you mean: `roost add FILE NAME`",
        )

    def _learned(self, one: Import) -> Named | None:
        known = learned.provider(one.module)
        if not known:
            return None
        return Named(
            "learned",
            f"`{known.name}`, number {known.rank} of the most downloaded, is known to have `{one.root}`",
            known.name,
            known.name,
        )


def _part(one: Import, module: str, names: tuple[str, ...]) -> Import:
    return type(one)(module, names, one.line, one.kind, one.file, one.dynamic, one.marker, one.group, one.provider)


def _has_own(module: str) -> bool:
    line = tables.by_prefix(module)
    if line and line.prefix == module:
        return True
    return any(known.name == canonical(module.replace(".", "-")) for known in tables.suggested(module))


def _python2(name: str, found: str) -> Named:
    if found.startswith("nothing"):
        return failed("python2", "python 2", f"`{name}` exists only in Python 2, and {found}")
    now = found if " " in found else f"`{found}`"
    return failed(
        "python2",
        "python 2",
        f"`{name}` exists only in Python 2; Python 3 has {now}",
        f"write {now} instead, or convert the whole script",
    )


def _pair(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor or 0)


def _spoken(marker: str) -> str:
    """Say a marker in words where it is a plain one."""
    words = {
        "sys_platform": "the platform",
        "platform_system": "the platform",
        "python_version": "Python",
        "os_name": "the system",
    }
    left, _, rest = marker.partition(" ")
    operator, _, value = rest.partition(" ")
    if left in words and " " not in value and operator in {"==", "!=", "<", ">=", "<=", ">"}:
        names = {"win32": "Windows", "darwin": "macOS", "linux": "Linux", "nt": "Windows"}
        plain = value.strip("'\"")
        verb = {
            "==": "is",
            "!=": "is not",
            "<": "is older than",
            ">=": "is at least",
            "<=": "is at most",
            ">": "is newer than",
        }[operator]
        return f"{words[left]} {verb} {names.get(plain, plain)}"
    return f"`{marker}`"
