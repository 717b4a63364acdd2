"""What `contextlib` has, as far as what must start fast needs it: that loads `collections` and `functools`, an eighth of a start."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from contextlib import ExitStack, contextmanager, suppress
else:

    class suppress:  # noqa: N801  # as there
        """Leave a block where one of these errors is raised."""

        def __init__(self, *errors: type[BaseException]) -> None:
            self._errors = errors

        def __enter__(self) -> None:
            """Enter it."""

        def __exit__(self, kind: type[BaseException] | None, *rest: object) -> bool:
            """Leave it."""
            return kind is not None and issubclass(kind, self._errors)

    def contextmanager(function):  # noqa: ANN001, ANN201
        """Make a function that yields once a context."""

        def make(*args: object, **named: object) -> _Once:
            return _Once(function(*args, **named))

        make.__doc__ = function.__doc__
        return make

    class _Once:
        def __init__(self, steps) -> None:  # noqa: ANN001
            self._steps = steps

        def __enter__(self):  # noqa: ANN204
            return next(self._steps)

        def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
            """Go on behind the `yield`, where the error is raised; tells whether it went no further."""
            if error is None:
                next(self._steps, None)
                return False
            try:
                self._steps.throw(error)
            except StopIteration as ended:
                return ended is not error
            except BaseException as raised:
                if raised is not error:
                    raise
                return False
            return True

    class ExitStack:
        """Contexts and calls that are left and made in the end, the last first."""

        def __init__(self) -> None:
            self._left = []

        def __enter__(self):  # noqa: ANN204
            return self

        def enter_context(self, context):  # noqa: ANN001, ANN201
            """Enter a context; gives what it gives."""
            found = context.__enter__()
            self._left.append(context.__exit__)
            return found

        def callback(self, function, *args: object) -> None:  # noqa: ANN001
            """Have a function called."""
            self._left.append(lambda *_error: function(*args) and False)

        def close(self) -> None:
            """Leave everything now."""
            self.__exit__(None, None, None)

        def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
            """Leave everything, each even where another one fails; tells whether the error went no further."""
            first = error
            while self._left:
                try:
                    if self._left.pop()(None if error is None else type(error), error, trace):
                        error = None
                except BaseException as raised:  # noqa: BLE001  # raised in the end
                    error, trace = raised, raised.__traceback__
            if error is not None and error is not first:
                raise error
            return first is not None and error is None


__all__ = ["ExitStack", "contextmanager", "suppress"]
