"""A Dockerfile that builds: a slim Python, a user of its own, the exact distributions; and what can be read from one."""

from __future__ import annotations

import re
import shlex

from roost.distributions import system
from roost.scripts.errors import MetadataBroken
from roost.travel.needs import Need, Needs

from . import requirements
from .values import Written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

IGNORE = ".dockerignore"
# What no image needs, and what must not get into one; the program's own files follow as exceptions.
_IGNORED = (
    ".git", ".venv", "venv", "**/__pycache__", "**/*.pyc", "**/.env", "**/.env.*", "**/.netrc", "**/*.pem", "**/*.key", "*.roost.tar.gz",
    "Dockerfile", IGNORE,
)  # fmt: skip
_PATTERN, _ESCAPED = re.compile(r"([\\*?\[])"), r"\\\1"  # characters that mean something in it
LIST = "/tmp/requirements.txt"  # noqa: S108  # in the image that is being built


def write(needs: Needs, *, files: Sequence[str], index: str | None) -> Written:
    """Write a Dockerfile that needs nothing beside it but the program's own files, and no BuildKit.

    Args:
        needs: exact ones, for one minor version of Python.
        files: the program's files, relative to the folder that is built in, the one that is started first.
        index: the default index, without credentials; None: pip's own.
    """
    short = needs.python.removeprefix("==").removesuffix(".*")
    pinned = [*requirements.options(needs), *requirements.plain(needs.requirements)]
    every = all(need.hashes for need in needs.requirements)
    lost = (
        []
        if every
        else [
            f"`{need.text}`: its hashes, for pip takes them for all or none"
            for need in needs.requirements
            if need.hashes
        ]
    )
    if not every:
        pinned = [line.partition(" --hash=")[0] for line in pinned]
    lines = [f"ARG BASE=python:{short}-slim", "FROM ${BASE}", *_system(needs)]
    lines += [f"ARG PIP_INDEX_URL{f'={index}' if index else ''}"]
    if pinned:
        flags = "--no-cache-dir --no-deps --disable-pip-version-check --root-user-action=ignore"
        lines += [
            "RUN printf '%s\\n' \\",
            *(f"    {shlex.quote(line)} \\" for line in pinned),
            f"    > {LIST} \\",
            f" && python3 -m pip install {flags}{' --require-hashes' if every else ''} -r {LIST} \\",
            f" && rm {LIST}",
        ]
    lines += ["WORKDIR /app"]
    lines += [f"COPY {_words(name)}" for name in files]
    lines += ["USER 1000:1000"]
    lines += [f'CMD ["python3", {_quoted(f"/app/{files[0]}")}]'] if files else ['CMD ["python3"]']
    ignored = "\n".join([*_IGNORED, *(f"!{re.sub(_PATTERN, _ESCAPED, name)}" for name in files)]) + "\n"
    return Written("\n".join(lines) + "\n", (*requirements.pinned(needs), *lost), offered=((IGNORE, ignored),))


def _system(needs: Needs) -> list[str]:
    """Write the installation of the Debian packages that distributions want, and of git where pip has to clone."""
    names = [need.name for need in needs.requirements]
    cloned = any(" @ git+" in need.text for need in needs.requirements)
    packages = sorted({*system.running(names), *(["git"] if cloned else [])})
    if not packages:
        return []
    return [
        "RUN apt-get update \\",
        f" && apt-get install -y --no-install-recommends {' '.join(packages)} \\",
        " && rm -rf /var/lib/apt/lists/*",
    ]


def _words(name: str) -> str:
    return f"[{_quoted(name)}, {_quoted(f'/app/{name}')}]"


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


def read(path: Path, folder: Path) -> Needs:
    """Collect what a Dockerfile installs with pip, and its Python; of everything else each line is named.

    Args:
        folder: an empty one, for lists that the Dockerfile itself writes.

    Raises:
        MetadataBroken: it, or a list that it installs, cannot be read.
    """
    needs = Needs(path.parent.resolve().name or "image")
    reading = _Reading(path, folder)
    try:
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        raise MetadataBroken(f"cannot read `{path}`", why=((error.strerror or str(error)).lower(),)) from error
    for word, rest in _instructions(text):
        needs = reading.take(needs, word, rest)
    return needs


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """Split a Dockerfile into its instructions, continued lines joined, comments left out."""
    pending = ""
    for line in text.splitlines():
        if line.lstrip().startswith("#"):
            continue
        pending += line.rstrip()
        if pending.endswith("\\"):
            pending = pending[:-1]
            continue
        word, _, rest = pending.strip().partition(" ")
        pending = ""
        if word:
            yield word.upper(), rest.strip()


class _Reading:
    """One Dockerfile while it is read from top to bottom."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.context = path.parent
        self.folder = folder
        self.variables: dict[str, str] = {}
        self.files: dict[str, Path] = {}  # lists of requirements by their place in the image

    def take(self, needs: Needs, word: str, rest: str) -> Needs:
        """Take one instruction."""
        if word in {"ARG", "ENV"}:
            name, _, value = rest.partition("=")
            self.variables[name.strip()] = value.strip().strip("\"'")
        elif word == "FROM":
            return needs.replace(python=_python(self._expanded(rest)) or needs.python)
        elif word in {"COPY", "ADD"}:
            self._copied(rest)
        elif word == "RUN":
            return self._run(needs, rest)
        return needs

    def _expanded(self, text: str) -> str:
        return re.sub(r"\$\{?(\w+)\}?", lambda found: self.variables.get(found[1], found[0]), text)

    def _copied(self, rest: str) -> None:
        words = [word for word in re.findall(r'"([^"]*)"|([^\s\[\],]+)', rest) if any(word)]
        *sources, _ = [a or b for a, b in words] or [""]
        for source in sources:
            if (self.context / source).is_file():
                self.files[source.rpartition("/")[2]] = self.context / source

    def _run(self, needs: Needs, rest: str) -> Needs:
        try:
            words = shlex.split(rest)
        except ValueError:
            return needs.losing(f"`RUN {rest[:80]}`: it cannot be read")
        for command in _commands(words):
            needs = self._command(needs, command)
        return needs

    def _command(self, needs: Needs, words: list[str]) -> Needs:
        said = f"`{shlex.join(words)[:80]}`"
        if words[:1] == ["printf"] and ">" in words:
            at = words.index(">")
            file = self.folder / f"list-{len(self.files)}.txt"
            file.write_text("\n".join(words[2:at]) + "\n", "utf-8")
            self.files[words[at + 1].rpartition("/")[2]] = file
            return needs
        if words[:1] == ["rm"]:
            return needs
        pip = _pip(words)
        if pip is None:
            return needs.losing(f"{said}: it is not about distributions")
        return self._installed(needs, pip, said)

    def _installed(self, needs: Needs, words: list[str], said: str) -> Needs:
        waiting = list(words)
        while waiting:
            word = waiting.pop(0)
            if word in {"-r", "--requirement"} and waiting:
                listed = self.files.get(waiting[0].rpartition("/")[2])
                name = waiting.pop(0)
                needs = (
                    needs.listing(requirements.read(listed))
                    if listed
                    else needs.losing(f"{said}: `{name}` is not here")
                )
            elif word in {"-i", "--index-url"} and waiting:
                needs = needs.replace(index_url=waiting.pop(0))
            elif word == "--extra-index-url" and waiting:
                needs = needs.replace(indexes=(*needs.indexes, waiting.pop(0)))
            elif word in {"-c", "--constraint", "-f", "--find-links", "-e", "--editable", "-t", "--target"} and waiting:
                needs = needs.losing(f"{said}: `{word} {waiting.pop(0)}`")
            elif not word.startswith("-"):
                needs = _one(needs, word, said)
        return needs


def _one(needs: Needs, word: str, said: str) -> Needs:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        Requirement(word)
    except InvalidRequirement:
        return needs.losing(f"{said}: `{word}` is no requirement that could be kept")
    return needs.replace(requirements=(*needs.requirements, Need(word, where=said)))


def _commands(words: list[str]) -> Iterator[list[str]]:
    """Split the words of a shell line at `&&`, `||` and `;`."""
    found: list[str] = []
    for word in words:
        ends = word in {"&&", "||", ";"}
        if not ends:
            found.append(word.removesuffix(";"))
        if (ends or word.endswith(";")) and found:
            yield found
            found = []
    if found:
        yield found


def _pip(words: list[str]) -> list[str] | None:
    """Give what follows `pip install`, or None."""
    plain = [word for word in words if "=" not in word or word.startswith("-")] if words and "=" in words[0] else words
    for at, word in enumerate(plain[:5]):
        if re.fullmatch(r"(?:.*/)?pip[\d.]*", word) and plain[at + 1 : at + 2] == ["install"]:
            return plain[at + 2 :]
    return None


def _python(image: str) -> str | None:
    found = re.match(r"(?:\S*/)?python:(\d+\.\d+)", image)
    return f"=={found[1]}.*" if found else None
