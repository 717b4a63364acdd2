"""Fetch a file of an index with the standard library: JSON and HTML pages, credentials, proxies, digests."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import netrc
import re
import ssl
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from configured import Configured

ACCEPT = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
LARGEST = 64 * 2**20  # bytes; pip's wheel has two million
SECONDS = 60.0


class NotFetched(Exception):
    """The file is not there, cannot be reached, or is another one than the lock says; says which."""


def link_to(file: str, page: str, places: Configured) -> str:
    """Find the link to a file on a page of an index, or in a folder.

    Raises:
        NotFetched: the page cannot be read or does not link to it.
    """
    if "://" not in page:
        page = Path(page).expanduser().absolute().as_uri()
    if page.startswith("file:"):
        folder = Path(unquote(urlsplit(page).path))
        if (folder / file).is_file():
            return (folder / file).as_uri()
        page = (folder / "index.html").as_uri() if folder.is_dir() else page
    data, kind, address = read(page, places)
    for link in _json_links(data) if "json" in kind else _html_links(data):
        if unquote(urlsplit(link).path).rpartition("/")[2] == file:
            return _with_credentials_of(page, urljoin(address, link))
    raise NotFetched(f"does not offer {file}")


def verified(url: str, digests: frozenset[str], places: Configured) -> bytes:
    """Download a file that must have one of the sha256 digests.

    Raises:
        NotFetched: it cannot be read, or has another digest.
    """
    data, _, _ = read(url, places)
    found = hashlib.sha256(data).hexdigest()
    if found not in digests:
        raise NotFetched(f"its sha256 {found} is not the locked one")
    return data


def read(url: str, places: Configured) -> tuple[bytes, str, str]:
    """Read a URL; gives its content, the kind of content and the address that answered in the end.

    Raises:
        NotFetched: it cannot be read.
    """
    url, headers = _authorized(url)
    context = ssl.create_default_context()
    if places.certificates:
        context.load_verify_locations(places.certificates)
    handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPSHandler(context=context)]
    if places.proxy:
        handlers.append(urllib.request.ProxyHandler({"http": places.proxy, "https": places.proxy}))
    request = urllib.request.Request(url, headers={"Accept": ACCEPT, "User-Agent": "roost-checkout"} | headers)
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=SECONDS) as answer:
            return answer.read(LARGEST), answer.headers.get_content_type(), answer.url
    except urllib.error.HTTPError as error:
        error.close()
        raise NotFetched(f"answers {error.code} {error.reason}") from error
    except (OSError, ValueError) as error:
        raise NotFetched(str(getattr(error, "reason", error))) from error


def _authorized(url: str) -> tuple[str, dict[str, str]]:
    """Move credentials from the URL, or from netrc, into a header."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        return url, {}
    user, secret = unquote(parts.username or ""), unquote(parts.password or "")
    if not user and (known := _netrc(parts.hostname or "")):
        user, secret = known
    plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    if not user:
        return plain, {}
    return plain, {"Authorization": "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()}


def _netrc(host: str) -> tuple[str, str] | None:
    try:
        known = netrc.netrc().authenticators(host)
    except (OSError, netrc.NetrcParseError):
        return None
    return (known[0], known[2] or "") if known else None


def _with_credentials_of(page: str, link: str) -> str:
    """Give a link on the same host the credentials that the page needed."""
    ours, theirs = urlsplit(page), urlsplit(link)
    if "@" in ours.netloc and ours.netloc.rpartition("@")[2] == theirs.netloc:
        return urlunsplit(theirs._replace(netloc=ours.netloc))
    return link


def _json_links(data: bytes) -> list[str]:
    return [str(file.get("url", "")) for file in json.loads(data).get("files", [])]


def _html_links(data: bytes) -> list[str]:
    return [
        html.unescape(link)
        for link in re.findall(r"""<a\s[^>]*?href=["']([^"']+)["']""", data.decode("utf-8", "replace"), re.IGNORECASE)
    ]
