"""What goes wrong both where roost asks an index and where the engine does."""

from roost.errors import Exit, RoostError


class IndexUnreachable(RoostError):
    """An index does not answer, or answers with a fault of its own."""

    code = "index-unreachable"
    exit = Exit.UNAVAILABLE
