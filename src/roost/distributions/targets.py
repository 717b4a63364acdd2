"""The Python and platform that a plan is made for, and which markers (PEP 508) hold there."""

from __future__ import annotations

import os
import re
import sys

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from roost.scripts import Choice

_SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM"}
_TOKEN = re.compile(r"""\s*(?:(\(|\))|(and|or)\b|(<=|>=|==|!=|<|>)|'([^']*)'|"([^"]*)"|([a-z_]+))\s*""")
_NUMBERS = re.compile(r"\d+(\.\d+)*")
_VERSIONS = {"python_version", "python_full_version", "implementation_version"}
_RESULTS = {"<": (-1,), "<=": (-1, 0), "==": (0,), "!=": (-1, 1), ">=": (0, 1), ">": (1,)}


class Target(Value):
    """One Python on this platform."""

    version: tuple[int, int, int]
    environment: Mapping[str, str]  # what markers are compared with

    @property
    def short(self) -> str:
        """Major and minor: "3.11"."""
        return f"{self.version[0]}.{self.version[1]}"

    def holds(self, marker: str | None) -> bool:
        """Tell whether a marker holds here; one that cannot be read does."""
        if not marker:
            return True
        try:
            return _Reader(marker, self.environment).whole()
        except _Unusual:
            return _parsed(marker, self.environment)


def of(choice: Choice) -> Target:
    """Give the target that a chosen Python stands for."""
    one = choice.interpreter
    version = one.version if one else _numbers(choice.wanted)
    implementation = one.implementation if one else "cpython"
    machine = os.uname()
    full = ".".join(map(str, version))
    return Target(
        version,
        {
            "python_version": f"{version[0]}.{version[1]}",
            "python_full_version": full,
            "implementation_name": implementation,
            "implementation_version": full,
            "platform_python_implementation": _IMPLEMENTATIONS.get(implementation, implementation),
            "os_name": os.name,
            "sys_platform": sys.platform,
            "platform_system": _SYSTEMS.get(sys.platform, machine.sysname),
            "platform_machine": machine.machine,
            "platform_release": machine.release,
            "platform_version": machine.version,
            "extra": "",
        },
    )


def _numbers(wanted: str) -> tuple[int, int, int]:
    found = [int(part) for part in re.findall(r"\d+", wanted)[:3]] or [sys.version_info.major, sys.version_info.minor]
    found += [0, 0]
    return found[0], found[1], found[2]


class _Unusual(Exception):
    """A marker that the short reader leaves to the full one."""


class _Reader:
    """Evaluates the markers that people write; the full reader costs more than everything else that a plan needs."""

    def __init__(self, text: str, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._tokens: list[tuple[str | None, ...]] = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if not match or match.end() == at:
                raise _Unusual
            self._tokens.append(match.groups())
            at = match.end()
        self._at = 0

    def whole(self) -> bool:
        result = self._any()
        if self._at != len(self._tokens):
            raise _Unusual
        return result

    def _next(self) -> tuple[str | None, ...]:
        if self._at >= len(self._tokens):
            raise _Unusual
        self._at += 1
        return self._tokens[self._at - 1]

    def _takes(self, word: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][1] == word:
            self._at += 1
            return True
        return False

    def _any(self) -> bool:
        result = self._all()
        while self._takes("or"):
            result = self._all() or result  # both sides are read
        return result

    def _all(self) -> bool:
        result = self._one()
        while self._takes("and"):
            result = self._one() and result
        return result

    def _one(self) -> bool:
        token = self._next()
        if token[0] == "(":
            result = self._any()
            if self._next()[0] != ")":
                raise _Unusual
            return result
        left, operator, right = token, self._next()[2], self._next()
        if not operator:
            raise _Unusual
        name = left[5] or right[5]
        return _compare(name, self._value(left), operator, self._value(right))

    def _value(self, token: tuple[str | None, ...]) -> str:
        if token[5]:
            if token[5] not in self._environment:
                raise _Unusual
            return self._environment[token[5]]
        text = token[3] if token[3] is not None else token[4]
        if text is None:
            raise _Unusual
        return text


def _compare(name: str | None, left: str, operator: str, right: str) -> bool:
    if name in _VERSIONS:
        if not _NUMBERS.fullmatch(left) or not _NUMBERS.fullmatch(right):
            raise _Unusual
        one, other = _padded(left), _padded(right)
        return ((one > other) - (one < other)) in _RESULTS[operator]
    if operator not in {"==", "!="}:
        raise _Unusual
    return (left == right) == (operator == "==")


def _padded(version: str) -> list[int]:
    numbers = [int(part) for part in version.split(".")]
    return numbers + [0] * (6 - len(numbers))


def _parsed(marker: str, environment: Mapping[str, str]) -> bool:
    from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName

    try:
        return Marker(marker).evaluate(dict(environment))
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName):
        return True
