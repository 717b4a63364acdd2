"""Frozen values, as cheap to define as to make (decision 0005)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self, dataclass_transform

    @dataclass_transform(frozen_default=True)
    class _Frozen(type):
        """What a type checker sees: frozen dataclasses."""

else:

    class _Frozen(type):
        """Makes slots of a class's annotations, and keeps their defaults where slots leave room for them."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
            own = body.get("__annotations__", {})
            defaults = {field: default for base in bases for field, default in getattr(base, "_defaults", {}).items()}
            defaults |= {field: body.pop(field) for field in own if field in body}
            fields = tuple(field for base in bases for field in getattr(base, "_fields", ()))
            body |= {"__slots__": tuple(own), "_fields": fields + tuple(own), "_defaults": defaults}
            body["__match_args__"] = body["_fields"]
            return super().__new__(cls, name, bases, body)


class Value(metaclass=_Frozen):
    """A frozen value: fields by annotation, in order, defaults last; equal when class and fields are equal.

    It does what `@dataclass(frozen=True, slots=True)` does, without the half millisecond that each of those costs
    when its module is imported.
    """

    if not TYPE_CHECKING:

        def __init__(self, *args: object, **named: object) -> None:
            fields = self._fields
            if len(args) > len(fields):
                raise TypeError(f"{type(self).__name__} takes {len(fields)} values, not {len(args)}")
            put = object.__setattr__
            for field, value in zip(fields, args, strict=False):
                put(self, field, value)
            defaults = self._defaults
            for field in fields[len(args) :]:
                if field in named:
                    put(self, field, named.pop(field))
                elif field in defaults:
                    put(self, field, defaults[field])
                else:
                    raise TypeError(f"{type(self).__name__} needs `{field}`")
            if named:
                raise TypeError(f"{type(self).__name__} has no field `{next(iter(named))}` that is not given already")

        def __setattr__(self, field: str, value: object) -> None:
            raise AttributeError(f"a {type(self).__name__} is frozen: `{field}` cannot be set")

        def __delattr__(self, field: str) -> None:
            raise AttributeError(f"a {type(self).__name__} is frozen: `{field}` cannot be deleted")

    def values(self) -> tuple[object, ...]:
        """Return the values of the fields, in their order."""
        return tuple(getattr(self, field) for field in fields(type(self)))

    def replace(self, **changes: object) -> Self:
        """Return the same value with other contents of some fields."""
        return type(self)(**(dict(zip(fields(type(self)), self.values(), strict=True)) | changes))

    def __eq__(self, other: object) -> bool:
        """Compare class and fields."""
        return (
            self.values() == other.values()
            if isinstance(other, Value) and type(other) is type(self)
            else NotImplemented
        )

    def __hash__(self) -> int:
        """Hash class and fields."""
        return hash((type(self), self.values()))

    def __repr__(self) -> str:
        """Show what a call of the class would look like."""
        shown = ", ".join(f"{field}={value!r}" for field, value in zip(fields(type(self)), self.values(), strict=True))
        return f"{type(self).__name__}({shown})"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle and copy by making it again."""
        return type(self), self.values()


def fields(value: type[Value]) -> tuple[str, ...]:
    """Return the names of the fields of a class of values, in their order."""
    names: tuple[str, ...] = value._fields  # type: ignore[attr-defined]  # the metaclass puts it there
    return names
