"""What goes wrong while distributions are found and installed, whoever notices it."""

from roost.errors import Exit, RoostError


class Fault(RoostError):
    """A failure with a class and the stage at which it came."""

    stage = "resolve"  # or "install"


HUNG: set[str] = (
    set()
)  # addresses of indexes that gave no answer to this process in time: they are not waited for twice


class IndexUnreachable(Fault):
    """An index does not answer, or answers with a fault of its own."""

    code = "index-unreachable"
    exit = Exit.UNAVAILABLE
