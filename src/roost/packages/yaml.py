"""YAML as data: texts, lists and mappings of bounded size; nothing is expanded, called or said twice.

Built from the parser's events, because that is where anchors, tags and double keys still show. Written after YAML 1.1 as
PyYAML reads it: a plain `no` is no text there, and that is told instead of guessed.
"""

from __future__ import annotations

from roost.values import Value

from .errors import ManifestInvalid

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Data = "str | Plain | None | list[Data] | dict[str, Data]"

DEPTH = 20
NODES = 20_000


class Plain(Value):
    """A value without quotes that YAML takes for something else than text."""

    kind: str  # "a number", "a truth value"
    text: str  # as it is written


_KINDS = {"bool": "a truth value", "int": "a number", "float": "a number", "timestamp": "a date"}


def read(data: bytes, name: str) -> dict[str, Any]:
    """Read one mapping: texts, `Plain`, None, lists and mappings of them.

    Args:
        name: of the file, for errors.

    Raises:
        ManifestInvalid: it is not UTF-8, no YAML, no mapping, or uses what is not taken.
        YamlMissing: there is no library for it.
    """
    try:
        import yaml
    except ImportError:
        from roost.travel.forms.conda import YamlMissing

        raise YamlMissing(
            f"cannot read `{name}` without a library for YAML",
            hints=("install it where roost is: `python -m pip install 'roost[yaml]'`",),
        ) from None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise invalid(name, f"it is not UTF-8 (byte {error.start + 1})") from error
    try:
        events = yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        found = _Reader(events, name).document()
    except yaml.YAMLError as error:
        raise invalid(name, f"it is no YAML: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict):
        raise invalid(name, "it is no mapping of keys and values")
    return found


def invalid(name: str, why: str) -> ManifestInvalid:
    """Give the error for a manifest that is not taken.

    Args:
        why: one sentence.
    """
    return ManifestInvalid(f"the manifest `{name}` is refused", why=(why,))


class _Reader:
    """Builds values from events."""

    def __init__(self, events: Iterator[Any], name: str) -> None:
        from yaml.resolver import Resolver

        self._events = events
        self._name = name
        self._resolver = Resolver()
        self._nodes = 0

    def document(self) -> object:
        found, documents = None, 0
        for event in self._events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise self._refuse(event, "a second document begins")
                found = self._value(next(self._events), 0)
        return found

    def _value(self, event: Any, depth: int) -> object:
        self._nodes += 1
        if self._nodes > NODES:
            raise self._refuse(event, f"it has more than {NODES:,} values")
        if depth > DEPTH:
            raise self._refuse(event, f"it is nested more than {DEPTH} deep")
        kind = type(event).__name__
        if kind == "AliasEvent" or event.anchor is not None:
            raise self._refuse(event, "an anchor or alias is not taken")
        if event.tag is not None:
            raise self._refuse(event, f"the tag `{event.tag}` is not taken")
        if kind == "ScalarEvent":
            return self._scalar(event)
        if kind == "SequenceStartEvent":
            return [self._value(one, depth + 1) for one in self._until("SequenceEndEvent")]
        return self._mapping(depth)

    def _mapping(self, depth: int) -> dict[str, object]:
        found: dict[str, object] = {}
        for event in self._until("MappingEndEvent"):
            key = self._value(event, depth + 1)
            if isinstance(key, Plain):
                key = key.text
            if not isinstance(key, str):
                raise self._refuse(event, "a key is no text")
            if key in found:
                raise self._refuse(event, f"`{key[:80]}` is there twice")
            found[key] = self._value(next(self._events), depth + 1)
        return found

    def _until(self, end: str) -> Iterator[Any]:
        for event in self._events:
            if type(event).__name__ == end:
                return
            yield event

    def _scalar(self, event: Any) -> object:
        from yaml.nodes import ScalarNode

        if not event.implicit[0]:
            return event.value
        kind = self._resolver.resolve(ScalarNode, event.value, (True, False)).rpartition(":")[2]
        if kind == "null":
            return None
        return Plain(_KINDS[kind], event.value) if kind in _KINDS else event.value

    def _refuse(self, event: Any, why: str) -> ManifestInvalid:
        return invalid(self._name, f"line {event.start_mark.line + 1}: {why}")
