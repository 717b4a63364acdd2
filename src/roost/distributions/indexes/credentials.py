"""Who asks an index: user and password, from the first place that has them; never written down by roost unasked."""

from __future__ import annotations

import os
from pathlib import Path

from roost.errors import Exit, RoostError
from roost.values import Value

from .values import without_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .values import Place

USUAL_USER = "__token__"  # the user that most indexes want beside a token; `name=https://user@host/` says another
PATIENCE = 60.0  # seconds for a token command
_PREFIXES = ("ROOST", "UV")  # of variables with credentials
_tokens: dict[str, str] = {}  # command → what it said: it is asked once


class TokenCommandFailed(RoostError):
    """The command that should give the token of an index failed."""

    code = "token-command-failed"
    exit = Exit.CONFIGURATION


class Credentials(Value):
    """What an index is told, and where it comes from."""

    user: str
    password: str
    origin: str  # "variables", "the address", "the token command", "the system's keyring", "the login file", "netrc"

    def __repr__(self) -> str:
        """Show where they come from, not what they are."""
        return f"Credentials(from {self.origin})"


def credentials(
    place: Place, commands: Mapping[str, str], environ: Mapping[str, str] = os.environ
) -> Credentials | None:
    """Find user and password for an index.

    Roost's variables come first, then uv's, the address itself, the token command, what `roost index login` keeps, netrc.

    Args:
        commands: token commands by the names of the indexes that the user has configured.

    Raises:
        TokenCommandFailed: the command that should give them ends badly or says nothing.
        KeyringFailed: the keyring that keeps the login does not answer.
    """
    return next(_found(place, commands, environ), None)


def known(place: Place, commands: Mapping[str, str], environ: Mapping[str, str]) -> str | None:
    """Say where the credentials of an index come from, without asking for them."""
    user, password = _in_variables(place.name, environ)
    if user or password:
        return "variables"
    if _in_address(place.address)[1]:
        return "the address"
    if place.name in commands:
        return "the token command"
    from . import logins

    login = logins.find(place.name, place.bare, environ)
    if login:
        return login.kept_in
    return "netrc" if _netrc(_host(place.bare), environ) else None


def _found(place: Place, commands: Mapping[str, str], environ: Mapping[str, str]) -> Iterator[Credentials]:
    named, password = _in_variables(place.name, environ)
    if password or named:
        yield Credentials(named, password, "variables")
    user, password = _in_address(place.address)
    if password:
        yield Credentials(user, password, "the address")
    if place.name in commands:
        yield Credentials(user or USUAL_USER, _token(place.name, commands[place.name], environ), "the token command")
    from . import logins

    login = logins.find(place.name, place.bare, environ)
    if login:
        yield Credentials(login.user, login.password(environ), login.kept_in)
    found = _netrc(_host(place.bare), environ)
    if found:
        yield Credentials(*found, "netrc")
    if user:  # a token in the place of the user's name
        yield Credentials(user, "", "the address")


def variable(name: str) -> str:
    """Write the name of an index as it stands in variables."""
    return "".join(letter if letter.isalnum() else "_" for letter in name).upper()


def variables(name: str) -> tuple[tuple[str, str], ...]:
    """Name the variables in which user and password of an index may be, in the order in which they count."""
    middle = variable(name)
    return tuple((f"{prefix}_INDEX_{middle}_USERNAME", f"{prefix}_INDEX_{middle}_PASSWORD") for prefix in _PREFIXES)


def _in_variables(name: str, environ: Mapping[str, str]) -> tuple[str, str]:
    for pair in variables(name):
        user, password = map(environ.get, pair)
        if user or password:
            return user or "", password or ""
    return "", ""


def _in_address(address: str) -> tuple[str, str]:
    if address == without_credentials(address):
        return "", ""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(address)
    return unquote(parts.username or ""), unquote(parts.password or "")


def _host(address: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(address).hostname or ""


def _token(name: str, command: str, environ: Mapping[str, str]) -> str:
    """Run a token command; the last line that it says is the token. What it says is shown nowhere."""
    if command not in _tokens:
        import shlex

        from roost import processes
        from roost.errors import ProcessFailed

        what = f"the token command of the index `{name}` gives no token"
        try:
            done = processes.run(shlex.split(command), env=environ, timeout=PATIENCE)
        except (ProcessFailed, ValueError) as error:
            raise TokenCommandFailed(what, why=(str(error), *getattr(error, "why", ()))) from error
        said = done.output.split()
        if done.status or not said:
            why = f"it ended with {done.status}" if done.status else "it said nothing"
            raise TokenCommandFailed(what, why=(why,), hints=(f"try it in a terminal: `{command}`",))
        _tokens[command] = said[-1]
    return _tokens[command]


def _netrc(host: str, environ: Mapping[str, str]) -> tuple[str, str] | None:
    file = environ.get("NETRC") or f"{environ.get('HOME') or '~'}/.netrc"
    if not host or not Path(file).expanduser().is_file():
        return None
    import netrc

    try:
        found = netrc.netrc(Path(file).expanduser()).authenticators(host)
    except (netrc.NetrcParseError, OSError, UnicodeDecodeError):
        return None
    return (found[0] or "", found[2] or "") if found else None
