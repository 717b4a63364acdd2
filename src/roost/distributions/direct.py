"""Requirements with an address of their own, and the credentials in it: used where they are needed, shown and kept nowhere."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    Login = tuple[str, str, str]  # scheme and host, user, password

_ADDRESS = re.compile(r"(?P<scheme>https?)://(?P<user>[^/@\s:]*)(?::(?P<word>[^/@\s]*))?@(?P<host>[^/\s#]+)")


def bare(text: str) -> str:
    """Give a requirement without the credentials in its address."""
    return _ADDRESS.sub(lambda found: f"{found['scheme']}://{found['host']}", text)


def logins(texts: Iterable[str]) -> tuple[Login, ...]:
    """Give the credentials that stand in requirements."""
    from urllib.parse import unquote

    found = (match for text in texts for match in _ADDRESS.finditer(text))
    return tuple(
        dict.fromkeys(
            (f"{one['scheme']}://{one['host']}", unquote(one["user"]), unquote(one["word"] or "")) for one in found
        )
    )


def for_git(known: Iterable[Login]) -> dict[str, str]:
    """Give the variables by which git sends credentials: on no command line, in no file (git-config, "ENVIRONMENT")."""
    import base64

    variables: dict[str, str] = {}
    count = 0
    for count, (origin, user, password) in enumerate(known, 1):
        word = base64.b64encode(f"{user}:{password}".encode()).decode()
        variables[f"GIT_CONFIG_KEY_{count - 1}"] = f"http.{origin}/.extraHeader"
        variables[f"GIT_CONFIG_VALUE_{count - 1}"] = f"Authorization: Basic {word}"
    return variables | {"GIT_CONFIG_COUNT": str(count)} if count else {}
