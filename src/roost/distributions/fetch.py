"""One request over HTTP or of a local file, by the standard library: bounded in time and size, no secret in a message."""

from __future__ import annotations

from roost.values import Value

from .indexes import without_credentials

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from http.client import HTTPResponse
    from urllib.request import OpenerDirector

CHUNK = 1 << 16


class Unreachable(Exception):
    """A request got no answer that can be used; says why in one phrase."""


class TooSlow(Unreachable):
    """A request got no full answer in time."""


class Response(Value):
    """An answer."""

    status: int
    url: str  # after redirections
    kind: str  # media type, lower case, without parameters
    body: bytes
    total: int | None  # of a partial answer, and of one without a body: the size of the whole, in bytes


def get(
    address: str,
    *,
    timeout: float,
    limit: int,
    headers: Mapping[str, str] | None = None,
    login: tuple[str, str] | None = None,
    ca_file: str | None = None,
    head: bool = False,
) -> Response:
    """Fetch address.

    Args:
        timeout: seconds for the whole of it.
        limit: bytes; a longer body is not read to its end.
        ca_file: more certificates by which servers are known.
        head: ask without wanting the body.
        login: user and password; they do not follow a redirection to another host.

    Raises:
        Unreachable: no answer, too slow, too long. Statuses of 400 and more are answers.
    """
    import time
    from urllib.error import HTTPError, URLError
    from urllib.request import Request

    end = time.monotonic() + timeout
    try:
        request = Request(  # noqa: S310 (file: is meant)
            without_credentials(address),
            headers={"User-Agent": "roost", **(headers or {})},
            method="HEAD" if head else "GET",
        )
        if login:
            request.add_unredirected_header("Authorization", _basic(login))
        with _opener(ca_file).open(request, timeout=timeout) as answer:
            return _size(answer) if head else _read(answer, limit, timeout, end)
    except HTTPError as error:
        with error:
            return Response(error.code, error.url or address, "", b"", None)
    except TimeoutError:
        raise TooSlow(f"no answer within {timeout:g} s") from None
    except URLError as error:
        reason = error.reason
        if isinstance(reason, TimeoutError):
            raise TooSlow(f"no answer within {timeout:g} s") from error
        raise Unreachable(_phrase(reason)) from error
    except (OSError, ValueError) as error:
        raise Unreachable(_phrase(error)) from error
    except Exception as error:
        from http.client import HTTPException

        if isinstance(error, HTTPException):
            raise Unreachable(f"its answer is no HTTP ({type(error).__name__})") from error
        raise


def _size(answer: HTTPResponse) -> Response:
    length = answer.headers.get("Content-Length") or ""
    return Response(answer.status, answer.url, "", b"", int(length) if length.isdigit() else None)


def _read(answer: HTTPResponse, limit: int, timeout: float, end: float) -> Response:
    """Read a body in pieces, so that a server which drips cannot hold us longer than it may."""
    import time

    parts: list[bytes] = []
    length = 0
    while part := answer.read1(CHUNK) if hasattr(answer, "read1") else answer.read(CHUNK):
        parts.append(part)
        length += len(part)
        if length > limit:
            raise Unreachable(f"its answer is longer than {limit >> 20} MiB")
        if time.monotonic() > end:
            raise TooSlow(f"no full answer within {timeout:g} s")
    kind = (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    whole = (answer.headers.get("Content-Range") or "").rpartition("/")[2]
    expected = answer.headers.get("Content-Length")
    if expected and expected.isdigit() and length < int(expected):
        raise Unreachable(f"its answer ended after {length} of {expected} bytes")
    return Response(answer.status, answer.url, kind, b"".join(parts), int(whole) if whole.isdigit() else None)


def _basic(login: tuple[str, str]) -> str:
    import base64

    return "Basic " + base64.b64encode(":".join(login).encode()).decode()


def _phrase(reason: object) -> str:
    text = getattr(reason, "strerror", None) or str(reason)
    return text[:1].lower() + text[1:]


_known: dict[str | None, OpenerDirector] = {}


def _opener(ca_file: str | None) -> OpenerDirector:
    """Make the opener once: proxies by their variables, certificates as OpenSSL and other clients are told."""
    if ca_file not in _known:
        import ssl
        from pathlib import Path
        from urllib.request import HTTPSHandler, build_opener

        context = ssl.create_default_context()
        _more_certificates(context)
        if ca_file:
            try:
                context.load_verify_locations(Path(ca_file).expanduser())
            except (OSError, ssl.SSLError) as error:
                raise Unreachable(f"`index.ca-file` `{ca_file}` cannot be read: {_phrase(error)}") from error
        _known[ca_file] = build_opener(HTTPSHandler(context=context))
    return _known[ca_file]


def _more_certificates(context: object) -> None:
    import os
    import ssl
    from pathlib import Path

    if os.environ.get("SSL_CERT_FILE") or not isinstance(context, ssl.SSLContext):
        return
    for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        bundle = os.environ.get(name)
        if bundle and Path(bundle).is_file():
            try:
                context.load_verify_locations(bundle)
            except (OSError, ssl.SSLError):
                continue
