"""Pages of the simple API: JSON (PEP 691, 700, 740, 792) and HTML (PEP 503, 592, 740, 792) become one value."""

from __future__ import annotations

from roost.values import Value

from .names import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class UnreadablePage(Exception):
    """A page that is neither form of the simple API; says what is wrong in one phrase."""


class File(Value):
    """A file that an index offers."""

    filename: str
    url: str  # absolute, without credentials
    sha256: str | None = None
    uploaded: float | None = None  # seconds since the epoch; None: the index does not say
    requires_python: str | None = None
    yanked: bool = False
    size: int | None = None  # bytes
    attested: bool = False  # the index keeps attestations of who published it (PEP 740), which it has checked

    @property
    def is_wheel(self) -> bool:
        """Tell whether it is built already."""
        return self.filename.endswith(".whl")

    def to_list(self) -> list[object]:
        """Give the fields in their order, for JSON."""
        return [
            self.filename, self.url, self.sha256, self.uploaded, self.requires_python, self.yanked, self.size, self.attested,
        ]  # fmt: skip


class Project(Value):
    """What an index offers under one name."""

    name: str  # canonical
    files: tuple[File, ...]
    status: str = "active"  # PEP 792: active, archived, quarantined, deprecated
    status_reason: str = ""  # why, in the words of whoever set it
    asked: float = 0.0  # when the index said so, seconds since the epoch; 0: unknown


def read_page(name: str, kind: str, body: bytes, address: str) -> Project:
    """Read a project's page.

    Args:
        kind: media type of the answer.
        address: of the page; relative links start there.

    Raises:
        UnreadablePage: it is no page of the simple API.
    """
    if kind.endswith("json"):
        return _read_json(name, body, address)
    if kind in {"text/html", "application/vnd.pypi.simple.v1+html", ""}:
        return _read_html(name, body, address)
    raise UnreadablePage(f"its answer is `{kind}`, no page of an index")


def _read_json(name: str, body: bytes, address: str) -> Project:
    import json

    try:
        document = json.loads(body)
        entries = document["files"]
        files = tuple(file for entry in entries if (file := _from_entry(entry, address)))
        marker = document.get("project-status")
        status = marker if isinstance(marker, dict) else {}
        return Project(name, files, str(status.get("status", "active")), str(status.get("reason") or ""))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadablePage(f"its page of `{name}` cannot be read ({type(error).__name__})") from error


def _from_entry(entry: Mapping[str, object], address: str) -> File | None:
    filename, url, hashes = entry["filename"], entry["url"], entry.get("hashes")
    size, uploaded, python = entry.get("size"), entry.get("upload-time"), entry.get("requires-python")
    if not isinstance(filename, str) or not isinstance(url, str):
        return None
    return File(
        filename=filename,
        url=_join(address, url),
        sha256=_sha256(hashes.get("sha256") if isinstance(hashes, dict) else None),
        uploaded=_seconds(uploaded) if isinstance(uploaded, str) else None,
        requires_python=python if isinstance(python, str) else None,
        yanked=bool(entry.get("yanked")),
        size=size if isinstance(size, int) else None,
        attested=bool(entry.get("provenance")),
    )


def _read_html(name: str, body: bytes, address: str) -> Project:
    from html.parser import HTMLParser

    links: list[dict[str, str | None]] = []
    meta: dict[str, str] = {}
    seen: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            given = dict(attrs)
            seen.add(tag)
            if tag == "a" and given.get("href"):
                links.append(given)
            elif tag == "meta" and given.get("name") and given.get("content"):
                meta[str(given["name"])] = str(given["content"])

    reader = Reader()
    try:
        reader.feed(body.decode("utf-8", "replace"))
        reader.close()
    except (AssertionError, ValueError) as error:  # the parser's way to say that a declaration is broken
        raise UnreadablePage(f"its page of `{name}` cannot be read") from error
    if not seen:
        raise UnreadablePage("its answer is no HTML page")
    files = tuple(file for link in links if (file := _from_link(link, address)))
    status, reason = meta.get("pypi:project-status", "active"), meta.get("pypi:project-status-reason", "")
    return Project(name, files, status, reason)


def _from_link(link: Mapping[str, str | None], address: str) -> File | None:
    from urllib.parse import unquote

    url, _, fragment = (link["href"] or "").strip().partition("#")
    filename = unquote(url.partition("?")[0].rpartition("/")[2])
    if not filename.endswith((".whl", ".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz", ".egg")):
        return None
    uploaded = link.get("data-upload-time")
    return File(
        filename=filename,
        url=_join(address, url),
        sha256=_sha256(fragment.removeprefix("sha256=").partition("&")[0] if fragment.startswith("sha256=") else None),
        uploaded=_seconds(uploaded) if uploaded else None,
        requires_python=link.get("data-requires-python"),
        yanked="data-yanked" in link,
        attested=bool(link.get("data-provenance")),
    )


def _join(address: str, url: str) -> str:
    from urllib.parse import urljoin

    try:
        return urljoin(address, url)
    except ValueError as error:
        raise UnreadablePage("a link on it is no address") from error


def _sha256(text: object) -> str | None:
    """Give a digest only if it is one: it becomes a file's name."""
    good = isinstance(text, str) and len(text) == 64 and all(letter in "0123456789abcdefABCDEF" for letter in text)
    return text.lower() if good and isinstance(text, str) else None


def _seconds(text: str) -> float | None:
    from datetime import UTC, datetime

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def version_of(filename: str, name: str) -> str | None:
    """Give the version in a file's name: "1.2" of `soup-1.2-py3-none-any.whl` and `soup-1.2.tar.gz`."""
    if filename.endswith(".whl"):
        parts = filename.split("-")
        return parts[1] if len(parts) >= 5 else None
    stem = filename
    for ending in (".tar.gz", ".zip", ".tar.bz2", ".tar.xz", ".tgz"):
        stem = stem.removesuffix(ending)
    for at, letter in enumerate(stem):
        if letter == "-" and canonical(stem[:at]) == name:
            return stem[at + 1 :]
    return None
