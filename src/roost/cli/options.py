"""One small parser, driven by a table: parsing, usage errors, help and the reference all come from the same values."""

from __future__ import annotations

from roost.errors import UsageError
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal

    Kind = Literal["flag", "value", "repeat", "count"]


class Option(Value):
    """One option of a command."""

    names: tuple[str, ...]  # as written, the long one last: ("-q", "--quiet")
    help: str  # one sentence, no full stop
    kind: Kind = "flag"  # value: the last one given counts. repeat: all count. count: how often it stands there
    metavar: str = ""  # what the value is called in help
    choices: tuple[str, ...] = ()  # the values accepted; () any
    stands_for: tuple[str, str] | None = None  # (key, value) of another option: `--no-mend` is `--mend off`
    last: bool = False  # its value stands in the place of FILE: what follows belongs to the script

    @property
    def key(self) -> str:
        """The name under which its value is found: the longest name without dashes."""
        return max(self.names, key=len).lstrip("-")

    @property
    def takes_value(self) -> bool:
        """Whether a word follows it."""
        return self.kind in ("value", "repeat")


class Positional(Value):
    """One word, or several, that a command takes by position."""

    metavar: str
    help: str
    many: bool = False  # takes all words that are left
    optional: bool = False


class Command(Value):
    """One command: what it takes, what it says of itself, where it lives."""

    name: str  # "run", "env list"
    summary: str  # one sentence, no full stop
    handler: str  # "roost.cli.run:run", imported when called
    options: tuple[Option, ...] = ()
    positionals: tuple[Positional, ...] = ()
    rest: Positional | None = None  # what follows the positionals is not ours: handed on untouched
    about: tuple[str, ...] = ()  # more paragraphs for its page
    examples: tuple[str, ...] = ()


class Arguments(Value):
    """A command line, understood."""

    command: Command
    given: Mapping[str, tuple[str, ...]]  # key → the values given, "" for each flag
    words: tuple[str, ...] = ()
    rest: tuple[str, ...] = ()

    def has(self, key: str) -> bool:
        """Tell whether an option was given."""
        return key in self.given

    def count(self, key: str) -> int:
        """Tell how often an option was given."""
        return len(self.given.get(key, ()))

    def text(self, key: str) -> str | None:
        """Return an option's value, the last one given; None when it was not."""
        found = self.given.get(key)
        return found[-1] if found else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return all values of an option that may stand several times."""
        return self.given.get(key, ())


def parse(command: Command, argv: Sequence[str]) -> Arguments:
    """Understand what follows the command's name.

    Options may stand before, between and after the positional words, except where a command hands the rest on
    (`run`): there they stand before, and everything behind the last positional is returned as `rest`, less one
    `--` directly behind it.

    Raises:
        UsageError: an option that does not exist or lacks its value, a word too many or too few.
    """
    reading = _Reading(command, argv)
    reading.read()
    if not reading.complete and "help" not in reading.values:
        _check_words(command, reading.words)
    values = {key: tuple(given) for key, given in reading.values.items()}
    rest = reading.left
    return Arguments(command, values, tuple(reading.words), tuple(rest[1:] if rest[:1] == ["--"] else rest))


class _Reading:
    """One command line while it is read from left to right."""

    def __init__(self, command: Command, argv: Sequence[str]) -> None:
        self.command = command
        self.known = {name: option for option in command.options for name in option.names}
        self.left = list(argv)
        self.words: list[str] = []
        self.values: dict[str, list[str]] = {}
        self.complete = False  # `-m` or `-c` stood in the place of FILE

    def read(self) -> None:
        """Take words until none is left, or the rest is not ours."""
        ended = False
        while self.left and not self.complete:
            if self.command.rest and len(self.words) == len(self.command.positionals):
                return
            word = self.left.pop(0)
            if ended or word == "-" or not word.startswith("-"):
                self.words.append(word)
            elif word == "--":
                ended = True
            elif word.startswith("--"):
                self.long(word)
            else:
                self.short(word)

    def long(self, word: str) -> None:
        """Take `--name`, `--name value` or `--name=value`."""
        name, equals, given = word.partition("=")
        option = self.known.get(name) or _unknown(self.command, name)
        if option.takes_value:
            self.value(option, name, given if equals else None)
        elif equals:
            raise UsageError(f"`{name}` of `roost {self.command.name}` takes no value", hints=_see(self.command))
        else:
            self.keep(option, "")

    def short(self, word: str) -> None:
        """Take `-q`, several in one word (`-qv`), or one with its value (`-m NAME`, `-mNAME`)."""
        for position, letter in enumerate(word[1:], 1):
            option = self.known.get(f"-{letter}") or _unknown(self.command, word)
            if option.takes_value:
                self.value(option, f"-{letter}", word[position + 1 :] or None)
                return
            self.keep(option, "")

    def value(self, option: Option, name: str, given: str | None) -> None:
        """Take an option's value: the text attached to it, or the next word."""
        if given is None:
            if not self.left:
                raise UsageError(f"`{name}` needs a value: `{name} {option.metavar}`", hints=_see(self.command))
            given = self.left.pop(0)
        if option.choices and given not in option.choices:
            offered = ", ".join(f"`{choice}`" for choice in option.choices)
            raise UsageError(
                f"`{name}` cannot be `{given}`", why=(f"it takes one of {offered}",), hints=_see(self.command)
            )
        self.keep(option, given)
        self.complete = option.last

    def keep(self, option: Option, value: str) -> None:
        """Remember one option as given, under the name of the one it stands for."""
        key, value = option.stands_for or (option.key, value)
        self.values.setdefault(key, []).append(value)


def _check_words(command: Command, words: Sequence[str]) -> None:
    needed = [positional for positional in command.positionals if not positional.optional]
    if len(words) < len(needed):
        missing = needed[len(words)].metavar
        raise UsageError(f"`roost {command.name}` needs {missing}", hints=(f"`{usage(command)}`",))
    if not any(positional.many for positional in command.positionals) and len(words) > len(command.positionals):
        extra = words[len(command.positionals)]
        raise UsageError(f"`roost {command.name}` takes no `{extra}`", hints=(f"`{usage(command)}`",))


def _unknown(command: Command, name: str) -> Option:
    close = nearest(name, [known for option in command.options for known in option.names])
    hints = (f"did you mean `{close}`?",) if close else ()
    raise UsageError(f"`roost {command.name}` has no option `{name}`", hints=hints + _see(command))


def _see(command: Command) -> tuple[str, ...]:
    return (f"`roost {command.name} --help` lists what it takes",)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, if one is near."""
    import difflib

    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def usage(command: Command) -> str:
    """Write the command as it is called: `roost run [OPTIONS] FILE [ARGUMENTS…]`."""
    parts = [f"roost {command.name}", "[OPTIONS]"]
    for positional in command.positionals:
        text = f"{positional.metavar}…" if positional.many else positional.metavar
        parts.append(f"[{text}]" if positional.optional else text)
    if command.rest:
        parts.append(f"[{command.rest.metavar}…]")
    return " ".join(parts)
