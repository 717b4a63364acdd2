"""Logins that `roost index login` keeps: in the system's keyring where there is one, else in a file of mode 0600.

The list (name, address, user) is a file in the home's config folder either way; a login counts only for the very host
that it was made for, whatever an index of the same name in somebody's script leads to.
"""

from __future__ import annotations

import os
from contextlib import contextmanager

from roost import home as homes
from roost.errors import CannotCreate, ConfigurationError, Exit, RoostError
from roost.values import Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import Protocol

    from roost.home import Home

    class Keyring(Protocol):
        """What we use of the `keyring` library."""

        def get_password(self, service: str, user: str) -> str | None:
            """Give a password."""

        def set_password(self, service: str, user: str, password: str) -> None:
            """Keep a password."""

        def delete_password(self, service: str, user: str) -> None:
            """Forget a password."""


FILE = "logins.json"
SCHEMA = "roost.logins/1"
IN_KEYRING, IN_FILE = "the system's keyring", "the login file"


class KeyringFailed(RoostError):
    """The system's keyring is there and does not do what it is asked for: it is locked, or damaged."""

    code = "keyring-failed"
    exit = Exit.CONFIGURATION


class Login(Value):
    """A login that is kept."""

    name: str  # of the index
    address: str  # without credentials
    user: str
    kept_in: str  # `IN_KEYRING` or `IN_FILE`
    secret: str = ""  # the password, where it is kept in the file

    def password(self, environ: Mapping[str, str] = os.environ) -> str:
        """Give the password; an empty one where the keyring has none.

        Raises:
            KeyringFailed: it cannot say.
        """
        if self.kept_in == IN_FILE:
            return self.secret
        ring = keyring(environ)
        if ring is None:
            return ""
        with _answering(self.name):
            return ring.get_password(_service(self.address), self.user) or ""

    def __repr__(self) -> str:
        """Show everything but the password."""
        return f"Login({self.name!r}, {self.address!r}, {self.user!r}, {self.kept_in!r})"


def find(name: str, address: str, environ: Mapping[str, str]) -> Login | None:
    """Give the login for an index of this name, if it was made for this host."""
    try:
        home = homes.locate(environ)
    except RoostError:
        return None
    known = kept(home).get(name)
    return known if known and _origin(known.address) == _origin(address) else None


def kept(home: Home) -> dict[str, Login]:
    """Read all logins; a damaged list is an empty one."""
    file = home.config / FILE
    if not file.exists():
        return {}
    import json

    try:
        document = json.loads(file.read_bytes())
        return {str(name): Login(str(name), *map(str, fields)) for name, fields in document["logins"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def keep(home: Home, name: str, address: str, user: str, password: str) -> Login:
    """Keep a login; says in `kept_in` where the password is.

    Raises:
        CannotCreate: the list cannot be written.
        KeyringFailed: there is a keyring, and it does not take the password.
    """
    ring = keyring(os.environ)
    if ring is not None:
        with _answering(name):
            ring.set_password(_service(address), user, password)
    login = Login(name, address, user, IN_KEYRING if ring else IN_FILE, "" if ring else password)
    _write(home, kept(home) | {name: login})
    return login


def forget(home: Home, name: str) -> Login:
    """Forget a login.

    Raises:
        ConfigurationError: none is kept under this name.
        CannotCreate: the list cannot be written.
        KeyringFailed: the keyring does not give up the password.
    """
    known = kept(home)
    login = known.pop(name, None)
    if login is None:
        raise ConfigurationError(f"no login is kept for the index `{name}`")
    ring = keyring(os.environ) if login.kept_in == IN_KEYRING else None
    if ring is not None:
        with _answering(name):
            service = _service(login.address)
            if ring.get_password(service, login.user) is not None:  # somebody may have deleted it there
                ring.delete_password(service, login.user)
    _write(home, known)
    return login


def place(home: Home) -> Path:
    """Give the file in which logins are listed."""
    return home.config / FILE


def _write(home: Home, known: Mapping[str, Login]) -> None:
    import json

    fields = {name: [one.address, one.user, one.kept_in, one.secret] for name, one in known.items()}
    file = place(home)
    homes.write(file, json.dumps({"schema": SCHEMA, "logins": fields}, indent=1) + "\n", mode=0o600)
    if file.stat().st_mode & 0o077:
        file.unlink()
        raise CannotCreate(
            f"`{file}` cannot be kept to yourself", why=("its file system gives everybody the right to read",)
        )


@contextmanager
def _answering(name: str) -> Iterator[None]:
    """Turn what a keyring's backend raises into a sentence; each has errors of its own, and many raise bare ones.

    Args:
        name: that of the index.
    """
    try:
        yield
    except Exception as error:
        said = str(error) or type(error).__name__
        raise KeyringFailed(
            f"the system's keyring does not work for the login of the index `{name}`",
            why=(said.splitlines()[0],),
            hints=(
                "unlock it, or do without: `export PYTHON_KEYRING_BACKEND=keyring.backends.null.Keyring`, and log in again",
            ),
        ) from error


def keyring(environ: Mapping[str, str]) -> Keyring | None:
    """Give the system's keyring; None where the library is not installed (`roost[keyring]`) or no keyring answers."""
    if environ.get("PYTHON_KEYRING_BACKEND", "").startswith("keyring.backends.null"):
        return None
    try:
        import keyring as library
        from keyring.backends import fail
    except ImportError:
        return None
    ring = library.get_keyring()
    if isinstance(ring, fail.Keyring) or ring.priority <= 0:
        return None
    found: Keyring = library
    return found


def _service(address: str) -> str:
    return f"roost {address}"


def _origin(address: str) -> tuple[str, str]:
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    return parts.scheme, parts.netloc.rpartition("@")[2]
