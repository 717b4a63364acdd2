"""roost's answers to pip's commands: what is there is told truthfully, what is missing is asked of the roost outside.

The environment itself is shared and never changed: an addition is another environment, in which the run goes on.
"""

import sys

SHARED = "this environment is shared between scripts and never changed"
CHANGING = {"uninstall", "download", "wheel"}
TAKES_VALUE = {
    "-c", "--constraint", "-e", "--editable", "-t", "--target", "--platform", "--python-version", "--implementation", "--abi",
    "--root", "--prefix", "--src", "--upgrade-strategy", "--config-settings", "-C", "--global-option", "--no-binary", "--only-binary",
    "--progress-bar", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "--report", "--log", "--proxy", "--retries",
    "--timeout", "--exists-action", "--trusted-host", "--cert", "--client-cert", "--cache-dir", "--python", "--root-user-action",
    "--keyring-provider", "--use-feature", "--use-deprecated", "--format", "--path", "--exclude",
}  # fmt: skip


def main(args=None):
    """Answer one command line; returns the exit status."""
    words = list(sys.argv[1:] if args is None else args)
    if "--version" in words or "-V" in words:
        return _version()
    command, rest = _command(words)
    answers = {"install": _install, "list": _list, "freeze": _freeze, "show": _show, "check": _check}
    if command in answers:
        return answers[command](rest)
    if command in CHANGING:
        return _refuse("pip %s" % command, [])
    print("Usage: python -m pip <install|list|freeze|show|check> ...   (roost: %s)" % SHARED)
    return 0 if command in (None, "help") else 1


def _command(words):
    """Part the command from options before it."""
    skip = False
    for at, word in enumerate(words):
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in TAKES_VALUE
        else:
            return word, words[at + 1 :]
    return None, []


def _version():
    from . import __file__ as file
    from . import __version__

    folder = file.rpartition("/")[0]
    print("pip %s (roost) from %s (python %d.%d)" % ((__version__, folder) + tuple(sys.version_info[:2])))
    return 0


def _distributions():
    """Give every distribution that is installed, by canonical name."""
    from importlib.metadata import distributions

    found = {}
    for one in distributions():
        name = one.metadata["Name"]
        if name:
            found.setdefault(_canonical(name), one)
    return found


def _canonical(name):
    import re

    return re.sub(r"[-_.]+", "-", name).lower()


def _freeze(words):
    return _list([*words, "--format=freeze"])


def _list(words):
    found = sorted(_distributions().values(), key=lambda one: one.metadata["Name"].lower())
    pairs = [(one.metadata["Name"], one.version) for one in found]
    form = next((word.partition("=")[2] for word in words if word.startswith("--format=")), None)
    if "--format" in words and words[-1] != "--format":
        form = words[words.index("--format") + 1]
    if form == "json":
        import json

        print(json.dumps([{"name": name, "version": version} for name, version in pairs]))
    elif form == "freeze":
        for name, version in pairs:
            print("%s==%s" % (name, version))
    elif pairs:
        wide = max(len(name) for name, _ in [("Package", ""), *pairs])
        long = max(len(version) for _, version in [("", "Version"), *pairs])
        print("%s Version" % "Package".ljust(wide))
        print("%s %s" % ("-" * wide, "-" * long))
        for name, version in pairs:
            print("%s %s" % (name.ljust(wide), version))
    return 0


def _show(words):
    import re

    names = [word for word in words if not word.startswith("-")]
    found = _distributions()
    status = 0
    shown = 0
    for name in names:
        one = found.get(_canonical(name))
        if one is None:
            sys.stderr.write("WARNING: Package(s) not found: %s\n" % name)
            status = 1
            continue
        if shown:
            print("---")
        shown += 1
        needs = sorted(
            {re.match(r"[A-Za-z0-9._-]+", text).group() for text in one.requires or () if "extra ==" not in text},
            key=str.lower,
        )
        print("Name: %s\nVersion: %s" % (one.metadata["Name"], one.version))
        for field in ("Summary", "Home-page", "Author", "License"):
            print("%s: %s" % (field, one.metadata[field] or ""))
        print("Location: %s\nRequires: %s" % (one.locate_file(""), ", ".join(needs)))
    return status if names else 1


def _check(_words):
    from .answers import missing

    found = _distributions()
    broken = []
    for one in found.values():
        absent = [text for text in one.requires or () if missing(text, found, "") is not None]
        broken += [
            "%s %s requires %s, which is not satisfied." % (one.metadata["Name"], one.version, text) for text in absent
        ]
    print("\n".join(broken) or "No broken requirements found.")
    return 1 if broken else 0


def _install(words):
    """Say that all is there, or that nothing can be added here."""
    from .answers import missing, requirements

    if any(
        word in ("-t", "--target", "--prefix", "--root") or word.startswith(("--target=", "--prefix="))
        for word in words
    ):
        return _refuse("pip install --target", [])
    wanted, unread = requirements(words, TAKES_VALUE)
    found = _distributions()
    quiet = "-q" in words or "--quiet" in words
    absent = []
    for text in wanted:
        name = missing(text, found, None)
        if name is not None:
            absent.append(name)
        elif not quiet:
            print("Requirement already satisfied: %s" % text)
    if not wanted and not unread:
        sys.stderr.write("ERROR: You must give at least one requirement to install\n")
        return 1
    if unread:
        return _refuse("pip install", [*unread, *absent])
    return _add(absent, _indexes(words), quiet) if absent else 0


def _indexes(words):
    """Give the indexes that a command line names."""
    names = ("-i", "--index-url", "--extra-index-url")
    found = [words[at + 1] for at, word in enumerate(words[:-1]) if word in names]
    return found + [word.partition("=")[2] for word in words if word.partition("=")[0] in names and "=" in word]


def _add(absent, indexes, quiet):
    """Have what is missing added to the run that we are a part of."""
    import _roost

    if _roost.Finder not in sys.meta_path:  # roost did not start us
        return _refuse("pip install", absent)
    from _roost_mend import RUN, install

    if not RUN.mends:
        return _refuse("pip install", absent)
    before = {name: one.version for name, one in _distributions().items()}
    why = install(absent, indexes)
    if why is not None:
        sys.stderr.write("ERROR: %s\n" % why)
        return 1
    after = {name: one.version for name, one in _distributions().items()}
    new = ["%s-%s" % (name, version) for name, version in sorted(after.items()) if before.get(name) != version]
    if not quiet:
        print("Successfully installed %s" % " ".join(new))
    return 0


def _refuse(what, names):
    out = sys.stderr.write
    out("roost: `%s` cannot work here: %s\n" % (what, SHARED))
    script = sys.argv[0] if sys.argv and sys.argv[0].endswith(".py") and "_roost" not in sys.argv[0] else "FILE"
    if names:
        listed = ", ".join('"%s"' % name for name in names)
        out("roost: not in it: %s\n" % ", ".join(names))
        out("hint: declare it, then run again: `roost add %s %s`\n" % (script, " ".join(map(_quoted, names))))
        out("hint: or write it into the script: # /// script\n#   dependencies = [%s]\n# ///\n" % listed)
    return 1


def _quoted(text):
    return "'%s'" % text if any(letter in text for letter in "<>=!~;[ ") else text


if __name__ == "__main__":
    sys.exit(main())
