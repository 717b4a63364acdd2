"""What one import comes to, before it is joined with the others."""

from __future__ import annotations

from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .values import Class, Means


class Trouble(Value):
    """Why no environment can answer an import."""

    kind: Class
    sentence: str
    hint: str | None = None


class Named(Value):
    """One import's answer: what is to be installed for it, or nothing, or why it cannot be had."""

    means: Means
    reason: str  # one sentence
    name: str | None = None  # canonical name of the distribution that answers it
    text: str | None = None  # PEP 508, when something is to be added for it
    wheels_only: bool = True
    trouble: Trouble | None = None

    @property
    def answered(self) -> bool:
        """Tell whether the import will succeed, as far as names can tell."""
        return self.trouble is None


def failed(means: Means, kind: Class, sentence: str, hint: str | None = None) -> Named:
    """Make the answer of an import that cannot be had."""
    return Named(means, sentence, trouble=Trouble(kind, sentence, hint))
