"""What stands in for `contextlib` does what it does."""

from __future__ import annotations

import contextlib

import pytest

from roost import contexts

BOTH = pytest.mark.parametrize("library", [contextlib, contexts], ids=lambda one: one.__name__)


def told(library, fails: dict[str, Exception], *, body: Exception | None = None, stops: str = "") -> list[str]:
    """Go through two contexts and a call, of which some fail; gives what happened."""
    said = []

    @library.contextmanager
    def one(name: str):
        said.append(f"in {name}")
        try:
            yield name
        except ValueError:
            said.append(f"error in {name}")
            if name != stops:
                raise
        finally:
            said.append(f"out {name}")
            if name in fails:
                raise fails[name]

    def call(name: str) -> None:
        said.append(name)
        if name in fails:
            raise fails[name]

    try:
        with library.ExitStack() as stack:
            said.append(stack.enter_context(one("a")))
            stack.callback(call, "call")
            said.append(stack.enter_context(one("b")))
            if body:
                raise body  # noqa: TRY301
    except Exception as error:  # noqa: BLE001  # whatever comes out
        said.append(repr(error))
    return said


@pytest.mark.parametrize(
    "fails", [{}, {"a": KeyError(1)}, {"b": ValueError(2)}, {"call": ValueError(3)}, {"a": OSError(4), "b": OSError(5)}]
)
@pytest.mark.parametrize("body", [None, ValueError("body"), OSError("body")])
@pytest.mark.parametrize("stops", ["", "a", "b"])
def test_contexts_are_left_in_the_same_order_with_the_same_errors(fails, body, stops):
    assert told(contexts, fails, body=body, stops=stops) == told(contextlib, fails, body=body, stops=stops)


@BOTH
def test_what_is_suppressed_goes_no_further(library):
    with library.suppress(OSError, KeyError):
        raise FileNotFoundError
    with pytest.raises(ValueError, match="x"), library.suppress(OSError):
        raise ValueError("x")


@BOTH
def test_a_stack_that_was_closed_has_nothing_left(library):
    said: list[str] = []
    with library.ExitStack() as stack:
        stack.callback(said.append, "once")
        stack.close()
        assert said == ["once"]
    assert said == ["once"]
