"""Where results, messages and progress go: standard output, standard error, a terminal or none."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from .terminal import Line

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if code not in (9, 10)}


def coloured(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Tell whether colour is wanted on stream: `NO_COLOR` wins over `FORCE_COLOR`, which wins over what stream is."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return environ.get("TERM") != "dumb" and stream.isatty()


def animated(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Tell whether a line may be drawn and erased again on stream."""
    return stream.isatty() and environ.get("TERM") != "dumb" and environ.get("CI", "") in ("", "0", "false")


def paint(text: str, style: str, *, colour: bool) -> str:
    """Give text in a style, where colour is wanted."""
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if colour else text


def plain(text: str) -> str:
    """Replace control characters: names and messages of others must not steer the terminal."""
    return text.translate(CONTROLS)


def one_line(name: str) -> str:
    """Replace control characters of a name, where plain text may have line ends and tabs."""
    return plain(name).replace("\n", "\\n").replace("\t", "\\t")


class Output:
    """One command's way out; it is also the `Reporter` that rooms are given.

    What they tell goes to standard error: progress and steps only to a terminal, notes and warnings unless quiet,
    details when asked for with `-v`.
    """

    def __init__(self, *, json: bool, quiet: bool, verbosity: int) -> None:
        """Start with what the command line says."""
        self.json = json
        self.quiet = quiet
        self.verbosity = verbosity
        self._line: Line | None = None
        self._told: set[str] = set()
        self._words: list[str] | None = None  # the script, as it stands in a command to copy
        self._keeps = True  # whether that is a file, in which things can be declared
        self._strange: tuple[str, ...] = ()  # spellings of its name that would break a line

    def about(self, *words: str) -> None:
        """Learn which script this command is about: FILE as it was typed, or what stands in its place."""
        from posixpath import abspath, basename

        file = words[-1]
        self._words = [*words[:-1], f"./{file}" if len(words) == 1 and file.startswith("-") and file != "-" else file]
        self._keeps = len(words) == 1 and file != "-"
        if one_line(file) != plain(file):
            self._strange = tuple(dict.fromkeys((abspath(file), file, basename(file))))

    def named(self, hint: str) -> str:
        """Put the script's name where the hint of a room, which cannot know what was typed, has a command with `FILE`."""
        if self._words is None or "FILE" not in hint:
            return hint
        import re
        import shlex

        file = shlex.join(self._words)
        if not self._keeps:  # nothing can be declared in it: the next run is told
            hint = re.sub(r"`roost add FILE (\S+)`", r"`roost run --with \1 FILE`", hint)
        return re.sub(r"(`(?:roost|python)[^`]*?)\bFILE\b", lambda found: found[1] + file, hint)

    def clean(self, text: str) -> str:
        """Replace control characters; a name with line ends in it stays on its line."""
        for name in self._strange:
            text = text.replace(name, one_line(name))
        return plain(text)

    def configure(self, *, json: bool, quiet: bool, verbosity: int) -> None:
        """Follow the options, now that they have been understood."""
        self.json, self.quiet, self.verbosity = json, quiet, verbosity

    @property
    def silent(self) -> bool:
        """Whether nothing had to be said besides the result."""
        return not self._told

    def text(self, text: str) -> str:
        """Write a result for people on standard output; gives what was written."""
        self.finish()
        text = self.clean(text)
        written = text if text.endswith("\n") else f"{text}\n"
        try:
            sys.stdout.write(written)
        except UnicodeEncodeError:  # a terminal, or LANG=C, that knows less than we say
            encoding = sys.stdout.encoding
            written = f"{text}\n".encode(encoding, "backslashreplace").decode(encoding)
            sys.stdout.write(written)
        sys.stdout.flush()
        return written

    def document(self, schema: str, data: Mapping[str, object]) -> str:
        """Write a result for programs on standard output; gives what was written."""
        import json

        self.finish()
        written = json.dumps({"schema": schema, **data}, indent=2, ensure_ascii=True) + "\n"
        sys.stdout.write(written)
        sys.stdout.flush()
        return written

    def say(self, text: str) -> None:
        """Write lines on standard error, whatever is going on there; a closed one is no reason to fail."""
        if self._line:
            self._line.erase()
        try:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()
        except UnicodeEncodeError:
            sys.stderr.write(ascii(text) + "\n")
        except (OSError, ValueError, AttributeError):
            pass

    @property
    def colour(self) -> bool:
        """Whether standard error takes colour."""
        return sys.stderr is not None and coloured(sys.stderr, os.environ)

    def finish(self) -> None:
        """Erase what is drawn; nothing of ours stays on the terminal."""
        if self._line:
            self._line.close()
            self._line = None

    def progress(self, text: str) -> None:
        """Draw what is going on, on a terminal."""
        if self._line is None:
            if self.quiet or sys.stderr is None or not animated(sys.stderr, os.environ):
                return
            from .terminal import Line

            self._line = Line(sys.stderr)
        self._line.show(self.clean(text))

    def step(self, text: str) -> None:
        """Say what has been finished, on a terminal."""
        if not self.quiet and sys.stderr is not None and sys.stderr.isatty():
            self.say(paint(self.clean(text), "dim", colour=self.colour))

    def note(self, text: str) -> None:
        """Say a decision, once, unless quiet."""
        text = self.named(text)
        if not self.quiet and text not in self._told:
            self._told.add(text)
            self.say(f"{paint('note:', 'cyan', colour=self.colour)} {self.clean(text)}")

    def warn(self, text: str) -> None:
        """Say what may be wrong, once, unless quiet."""
        if not self.quiet and text not in self._told:
            self._told.add(text)
            self.say(f"{paint('warning:', 'yellow', colour=self.colour)} {self.clean(text)}")

    def fail(self, text: str) -> None:
        """Say in one line what ended a script that could not say it itself."""
        self.say(f"{paint('error:', 'red', colour=self.colour)} {self.clean(text)}")

    def detail(self, text: str) -> None:
        """Say one step that was tried, with `-v`."""
        if self.verbosity:
            self.say(paint(self.clean(text), "dim", colour=self.colour))
