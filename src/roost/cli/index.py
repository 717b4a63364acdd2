"""`roost index list|login|logout`: which indexes are asked, and who asks them."""

from __future__ import annotations

import os
import sys

from roost.errors import ConfigurationError, Exit, RoostError, UsageError

from . import place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions.indexes import Indexes, Place
    from roost.settings import Settings

    from .options import Arguments
    from .show import Output


class LoginRefused(RoostError):
    """An index does not accept a login."""

    code = "login-refused"
    exit = Exit.UNAVAILABLE


def listing(arguments: Arguments, output: Output) -> int:
    """List the indexes as they are asked, and what the script at hand adds to them."""
    from roost.distributions.indexes import configured, of_script
    from roost.distributions.indexes.credentials import known

    home, settings = place.find(output)
    indexes = configured(settings, os.environ)
    if arguments.words:
        indexes = of_script(indexes, place.read(arguments.words[0], home, output).declared)
    commands = dict(indexes.commands)
    rows = [(one, known(one, commands, os.environ)) for one in indexes.places]
    if output.json:
        listed = [
            {
                "name": one.name, "address": one.bare, "kind": one.kind, "private": one.private, "default": one.default,
                "explicit": one.explicit, "credentials": origin, "pins": _pinned(indexes, one),
            }
            for one, origin in rows
        ]  # fmt: skip
        output.document("roost.indexes/1", {"indexes": listed, "engine_default": indexes.default is None})
        return Exit.OK
    lines = [_line(one, origin, indexes) for one, origin in rows]
    if indexes.default is None:
        lines.append("the engine's default index, asked last")
    output.text("\n".join(lines))
    return Exit.OK


def _line(one: Place, origin: str | None, indexes: Indexes) -> str:
    says = ["private" if one.private else "public", *(["default"] if one.default else [])]
    says += [f"credentials from {origin}"] if origin else []
    says += [f"only for {', '.join(_pinned(indexes, one))}"] if one.explicit and _pinned(indexes, one) else []
    says += [f"alone for {', '.join(_pinned(indexes, one))}"] if not one.explicit and _pinned(indexes, one) else []
    return f"{one.name}  {one.bare}  ({'; '.join(says)})"


def _pinned(indexes: Indexes, one: Place) -> list[str]:
    return [name for name, index in (*indexes.pins, *indexes.sources) if index == one.name]


def login(arguments: Arguments, output: Output) -> int:
    """Keep user and password of an index, once it has accepted them."""
    from roost.distributions.indexes import logins

    home, settings = place.find(output)
    one = _place(arguments.words[0], settings)
    user = arguments.text("username") or _ask(f"user of `{one.name}` (empty for a token): ") or "__token__"
    password = _ask(f"password or token of `{one.name}`: ", hidden=True)
    if not password:
        raise UsageError(
            "no password was given", hints=(f'`printf %s "$TOKEN" | roost index login {one.name} --username NAME`',)
        )
    said = _tried(one, user, password, settings)
    kept = logins.keep(home, one.name, one.bare, user, password)
    where = kept.kept_in if kept.kept_in == logins.IN_KEYRING else f"`{logins.place(home)}`, which only you can read"
    if kept.kept_in == logins.IN_FILE:
        output.note("no keyring was found; with one, and `roost[keyring]` installed, the password would be kept there")
    output.text(f"{said}; the login is kept in {where}")
    return Exit.OK


def logout(arguments: Arguments, output: Output) -> int:
    """Forget a login."""
    from roost.distributions.indexes import logins

    home, _ = place.find(output)
    kept = logins.forget(home, arguments.words[0])
    output.text(f"the login for `{kept.name}` is no longer in {kept.kept_in}")
    return Exit.OK


def _place(name: str, settings: Settings) -> Place:
    from roost.distributions.indexes import configured

    indexes = configured(settings, os.environ)
    found = indexes.place(name)
    if found is None or found.kind != "index":
        there = ", ".join(f"`{one.name}`" for one in indexes.places if one.kind == "index") or "none"
        raise ConfigurationError(
            f"no index is called `{name}`",
            why=(f"there are: {there}",),
            hints=(f'name it in the settings: `extra = ["{name}=https://…/simple/"]` in `[index]`',),
        )
    return found


def _ask(question: str, *, hidden: bool = False) -> str:
    """Read a line: from the terminal, without showing it where it is hidden, else from standard input."""
    if not sys.stdin or not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n") if sys.stdin and hidden else ""
    if hidden:
        import getpass

        return getpass.getpass(question)
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _tried(one: Place, user: str, password: str, settings: Settings) -> str:
    """Ask the index for its first page with the login.

    Raises:
        LoginRefused: it answers 401 or 403.
    """
    from roost.distributions.fetch import Unreachable, get

    try:
        answer = get(
            f"{one.bare.rstrip('/')}/", timeout=settings.index_timeout, limit=256 << 20, login=(user, password),
            ca_file=settings.index_ca_file,
        )  # fmt: skip
    except Unreachable as error:
        return f"`{one.name}` could not be asked ({error})"
    if answer.status in {401, 403}:
        raise LoginRefused(
            f"`{one.name}` does not accept this login",
            why=(f"`{one.bare}` answered {answer.status}",),
            hints=("nothing was kept",),
        )
    return f"`{one.name}` accepts the login"
