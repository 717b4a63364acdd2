"""A client of package indexes: the simple API (PEP 503, 691, 700, 792), file lists of wheels, and what was learned kept."""

from __future__ import annotations

import io
import os

from roost.values import Value

from . import facts
from .errors import HUNG, IndexUnreachable
from .fetch import Response, TooSlow, Unreachable, get
from .folders import in_folder, in_index, path_of
from .indexes import Indexes, Place
from .indexes.credentials import credentials
from .indexes.credentials import known as known_login
from .pages import File, Project, UnreadablePage, read_page
from .wheels import TAIL, Contents, RangeReader, read, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import TypeVar

    from roost.home import Home
    from roost.settings import Settings

    Taken = TypeVar("Taken")

PAGE_LIMIT = 64 << 20  # bytes; the longest page of the public index has about 10 MiB
WHOLE_LIMIT = 32 << 20  # bytes of a wheel that is fetched whole, from a server without ranges
DIRECTORY_LIMIT = 32 << 20  # bytes of a wheel's central directory
AT_ONCE = 8  # requests
ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.1"


class Found(Value):
    """A project as one index has it."""

    project: Project
    index: str  # its address, without credentials
    own: bool  # an index or folder that the user added beside the default one
    shared: bool = False  # the user has said that it is nobody's own: what only it has is nobody's word
    private: bool = False  # nobody else may be asked for the name: it is claimed, or the index wants credentials


class Index:
    """All configured indexes as one: the first that has a name gives it (never a mixture of two).

    Args:
        again: ask even if an answer is remembered.
    """

    def __init__(
        self,
        indexes: Indexes,
        *,
        home: Home,
        settings: Settings,
        offline: bool = False,
        again: bool = False,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """Ask nothing yet."""
        self._indexes = indexes
        self._home = home
        self._timeout = settings.index_timeout
        self._ca_file = settings.index_ca_file
        self._offline = offline or settings.offline
        self._again = again
        self._environ = environ
        self._down: dict[str, IndexUnreachable] = {}  # one time-out per index is enough for a command
        self._seen: dict[str, Found | None] = {}

    def project(self, name: str) -> Found | None:
        """Look a canonical name up; None: no configured index has it.

        Raises:
            IndexUnreachable: an index that might have it gives no answer, or asking is not allowed and nothing is remembered.
        """
        if name not in self._seen:
            self._seen[name] = self._look_up(name)
        return self._seen[name]

    def prepare(self, names: Iterable[str]) -> None:
        """Look several canonical names up at the same time; what fails is asked again, and then said."""
        from concurrent.futures import ThreadPoolExecutor
        from contextlib import suppress

        def look(name: str) -> None:
            with suppress(IndexUnreachable):
                self.project(name)

        first, *rest = dict.fromkeys(names)
        look(first)  # alone: whoever is down or has to be found is known then
        if rest:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(look, rest))

    def behind(self, name: str) -> Found | None:
        """Look a name up on the default index alone, whatever an added index or folder has under it.

        Raises:
            IndexUnreachable: as `project`.
        """
        if self._indexes.claimed(name):
            return None
        place = next((one for one in self._indexes.places if one.default), None) or self._engines()
        project = self._ask(place, name)
        return Found(project, place.bare, own=False) if project else None

    def contents(self, file: File) -> Contents:
        """Read which modules a wheel has: remembered for ever by its digest, else from its central directory.

        Raises:
            IndexUnreachable: the file cannot be had, or is no wheel.
        """
        place = self._home.facts / "wheels" / f"{file.sha256}.json" if file.sha256 else None
        known = facts.load(place) if place else None
        modules = known.get("modules") if known else None
        if isinstance(modules, list):
            return Contents(tuple(str(module) for module in modules))
        if self._offline:
            raise _offline(file.filename)
        contents = self._with(file, read)
        if place:
            facts.keep(
                place, {"schema": "roost.facts.wheel/1", "filename": file.filename, "modules": list(contents.modules)}
            )
        return contents

    def _look_up(self, name: str) -> Found | None:
        for one in self._indexes.asked_for(name):
            project = self._in(one, name)
            if project:
                claimed = self._indexes.claimed(name) is not None
                private = one.private and (claimed or self._wants_login(one))
                shared = not (one.private or one.default or claimed) and _remote(one)
                return Found(project, one.bare, own=not one.default or private, shared=shared, private=private)
        if self._indexes.default or self._indexes.claimed(name):
            return None
        project = self._ask(self._engines(), name)
        return Found(project, self._engines().bare, own=False) if project else None

    def _wants_login(self, index: Place) -> bool:
        return known_login(index, dict(self._indexes.commands), self._environ) is not None

    def _in(self, place: Place, name: str) -> Project | None:
        if place.kind == "index":
            return self._ask(place, name)
        files = in_folder(place.address, name)
        return Project(name, files) if files else None

    def _engines(self) -> Place:
        """Give the index that the engine uses when nobody says another."""
        return Place(
            "default", default_address(self._home, timeout=self._timeout), "index", private=False, default=True
        )

    def _ask(self, index: Place, name: str) -> Project | None:
        bare = index.bare.rstrip("/")
        place = self._home.facts / "projects" / facts.digest(bare) / f"{name}.json"
        known = facts.load(place)
        if known and (self._offline or (not self._again and facts.is_young(known))):
            return _from_facts(known, name)
        if self._offline:
            raise _offline(name)
        try:
            project = self._fetch(index, name)
        except IndexUnreachable:
            if known:
                return _from_facts(known, name)  # old facts are better than none
            raise
        said = _to_facts(project)
        facts.keep(place, said)
        return _from_facts(said, name)

    def _fetch(self, index: Place, name: str) -> Project | None:
        bare = index.bare.rstrip("/")
        if bare in self._down:
            raise self._down[bare]
        login = self._login(index)
        try:
            if bare.startswith("file:"):
                return in_index(bare, name)
            page = get(
                f"{bare}/{name}/", timeout=self._timeout, limit=PAGE_LIMIT, headers={"Accept": ACCEPT}, login=login,
                ca_file=self._ca_file,
            )  # fmt: skip
            return _project(name, page)
        except (Unreachable, UnreadablePage) as error:
            if isinstance(error, TooSlow):
                HUNG.add(bare)
            self._down[bare] = IndexUnreachable(
                f"the index `{bare}` could not be asked for `{name}`", why=(str(error),)
            )
            raise self._down[bare] from error

    def defines(self, file: File, module: str, names: tuple[str, ...]) -> bool:
        """Tell whether a wheel's module has at least one of the names that are imported from it, as far as its source tells.

        Raises:
            IndexUnreachable: the file cannot be had, or is no wheel.
        """
        wanted = [name for name in names if name != "*"]
        contents = self.contents(file)
        if not wanted or any(contents.provides(f"{module}.{name}") for name in wanted):
            return True
        place = self._home.facts / "wheels" / f"{file.sha256}.{facts.digest(module)}.json" if file.sha256 else None
        known = facts.load(place) if place else None
        found: object = known.get("words") if known else None
        if known is None:
            if self._offline:
                raise _offline(file.filename)
            read = self._with(file, lambda stream: words(stream, module))
            found = None if read is None else sorted(read)
            if place:
                facts.keep(place, {"schema": "roost.facts.words/1", "module": module, "words": found})
        return not isinstance(found, list) or any(name in found for name in wanted)

    def size(self, url: str) -> int | None:
        """Ask how many bytes a file has; None: nobody says."""
        if self._offline and not url.startswith("file:"):
            return None
        headers, login = {"Accept-Encoding": "identity"}, self.login_for(url)
        try:
            answer = get(
                url, timeout=self._timeout, limit=0, headers=headers, login=login, ca_file=self._ca_file, head=True
            )
        except Unreachable:
            return None
        return answer.total if not answer.status or answer.status < 300 else None

    def _with(self, file: File, take: Callable[[io.RawIOBase | io.BufferedIOBase], Taken]) -> Taken:
        """Open a wheel where it lies, give it to take, and turn what goes wrong into one error."""
        try:
            if file.url.startswith("file:"):
                with path_of(file.url).open("rb") as stream:
                    return take(stream)
            return take(self._remote(file))
        except (Unreachable, ValueError, OSError) as error:
            raise IndexUnreachable(
                f"the file list of `{file.filename}` could not be read", why=(str(error),)
            ) from error

    def _remote(self, file: File) -> io.RawIOBase | io.BufferedIOBase:
        login = self.login_for(file.url)

        def part(wanted: str, limit: int) -> tuple[int, bytes, int | None]:
            headers = {"Range": f"bytes={wanted}", "Accept-Encoding": "identity"}
            answer = get(
                file.url, timeout=self._timeout, limit=limit, headers=headers, login=login, ca_file=self._ca_file
            )
            return answer.status, answer.body, answer.total

        status, data, size = part(f"-{TAIL}", WHOLE_LIMIT)
        if status in {416, 501}:  # some servers refuse a range from the end, or one longer than the file
            answer = get(file.url, timeout=self._timeout, limit=WHOLE_LIMIT, login=login, ca_file=self._ca_file)
            status, data = answer.status, answer.body
        if status == 200:
            return io.BytesIO(data)
        if status != 206 or size is None:
            raise Unreachable(_status(status))

        def fetch(first: int, last: int) -> bytes:
            if last - first >= DIRECTORY_LIMIT:
                raise Unreachable("its directory is too long")
            status, body, _ = part(f"{first}-{last}", DIRECTORY_LIMIT)
            if status != 206 or len(body) != last - first + 1:
                raise Unreachable("the server answered another range than it was asked for")
            return body

        return RangeReader(size, data, fetch)

    def login_for(self, url: str) -> tuple[str, str] | None:
        """Give the credentials of the index on whose host a file lies."""
        from urllib.parse import urlsplit

        host = urlsplit(url).netloc.rpartition("@")[2]
        at_home = (one for one in self._indexes.places if urlsplit(one.bare).netloc == host)
        return next(filter(None, map(self._login, at_home)), None)

    def _login(self, index: Place) -> tuple[str, str] | None:
        known = credentials(index, dict(self._indexes.commands), self._environ)
        return (known.user, known.password) if known else None


def _project(name: str, page: Response) -> Project | None:
    if page.status in {404, 410}:
        return None
    if page.status != 200:
        raise Unreachable(_status(page.status))
    return read_page(name, page.kind, page.body, page.url)


def default_address(home: Home, *, timeout: float) -> str:
    """Ask the engine which index it uses when nobody says another; remembered for this engine.

    Raises:
        IndexUnreachable: the engine does not say.
    """
    from pathlib import Path

    import uv

    from roost import processes

    engine = uv.find_uv_bin()
    stamp = f"{engine} {Path(engine).stat().st_mtime_ns}"
    place = home.facts / "default-index.json"
    known = facts.load(place)
    if known and known.get("engine") == stamp:
        return str(known["address"])
    words = [engine, "pip", "compile", "-", "--emit-index-url", "--no-header", "--quiet", "--no-config", "--offline"]
    said = processes.run(words, env={"PATH": os.defpath, "UV_NO_CACHE": "1"}, timeout=timeout, stdin="")
    address = next(
        (line.split(maxsplit=1)[1] for line in said.output.splitlines() if line.startswith("--index-url ")), None
    )
    if not address:
        raise IndexUnreachable("the engine does not say which index it uses", why=said.last_lines(3))
    facts.keep(place, {"schema": "roost.facts.default-index/1", "engine": stamp, "address": address})
    return address


def _remote(place: Place) -> bool:
    return "://" in place.address and not place.address.startswith("file:")


def _status(status: int) -> str:
    import http

    try:
        return f"it answered {status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return f"it answered {status}"


def _offline(name: str) -> IndexUnreachable:
    return IndexUnreachable(f"`{name}` is not remembered", why=("no index is asked: offline",))


def _to_facts(project: Project | None) -> dict[str, object]:
    import time

    files = [file.to_list() for file in project.files] if project else None
    return {
        "schema": "roost.facts.project/1",
        "asked": time.time(),
        "status": project.status if project else None,
        "status_reason": project.status_reason if project else None,
        "files": files,
    }


def _from_facts(known: Mapping[str, object], name: str) -> Project | None:
    files = known.get("files")
    if not isinstance(files, list):
        return None
    status, asked = known.get("status"), known.get("asked")
    return Project(
        name,
        tuple(File(*entry) for entry in files),
        status if isinstance(status, str) else "active",
        str(known.get("status_reason") or ""),
        asked if isinstance(asked, float) else 0.0,
    )
