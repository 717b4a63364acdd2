"""Which requirements an environment satisfies: simple PEP 508 by the standard library, Python 3.8 and up."""

import re

NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*(.*)", re.DOTALL)
CLAUSE = re.compile(r"\s*(===|==|!=|<=|>=|~=|<|>)\s*([^\s,]+)\s*(?:,|$)")
VERSION = re.compile(
    r"v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?"
    r"(?:(?:-(\d+))|(?:[-_.]?(post|rev|r)[-_.]?(\d*)))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+[a-z0-9._-]+)?$",
    re.IGNORECASE,
)


def requirements(words, takes_value):
    """Take the requirements out of the words after `pip install`: (those that can be checked, those that cannot)."""
    wanted, unread = [], []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word in ("-r", "--requirement") and at < len(words):
            wanted += _file(words[at], unread)
            at += 1
        elif word.startswith("--requirement="):
            wanted += _file(word.partition("=")[2], unread)
        elif word in ("-e", "--editable") and at < len(words):
            unread.append(words[at])
            at += 1
        elif word in takes_value:
            at += 1
        elif not word.startswith("-"):
            wanted.append(word)
    return wanted, unread


def _file(path, unread):
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().replace("\\\n", " ").splitlines()
    except (OSError, ValueError):
        unread.append(path)
        return []
    bare = (re.sub(r"(^|\s)#.*", "", line).strip() for line in lines)
    return [re.sub(r"\s+--hash=\S+", "", line) for line in bare if line and not line.startswith("-")]


def missing(text, found, extra):
    """Give the requirement when it is not satisfied, None when it is or does not apply.

    found maps canonical names to distributions. extra is the one being looked at, None outside of metadata.
    """
    requirement, _, marker = text.partition(";")
    match = NAME.match(requirement)
    if match is None or "/" in requirement.partition("@")[0] or "://" in requirement:
        return text.strip()
    if marker.strip() and not applies(marker, extra or ""):
        return None
    one = found.get(re.sub(r"[-_.]+", "-", match.group(1)).lower())
    if one is None or not satisfied(one.version, match.group(3).strip("() ")):
        return requirement.strip()
    for asked in filter(None, (match.group(2) or "").replace(" ", "").split(",")):
        for need in one.requires or ():
            if "extra" in need.partition(";")[2] and missing(need, found, asked) is not None:
                return requirement.strip()
    return None


def satisfied(version, specifiers):
    """Compare a version with specifiers (PEP 440); what cannot be read is not satisfied."""
    at = 0
    while at < len(specifiers):
        match = CLAUSE.match(specifiers, at)
        if match is None or not _holds(version, match.group(1), match.group(2)):
            return False
        at = match.end()
    return True


def _holds(version, operator, wanted):
    if operator == "===":
        return version == wanted
    if wanted.endswith(".*"):
        prefix, own = _order(wanted[:-2]), _order(version)
        if prefix is None or own is None:
            return False
        count = len(wanted[:-2].split("."))
        same = (list(own[1]) + [0] * count)[:count] == (list(prefix[1]) + [0] * count)[:count]
        return same if operator == "==" else not same
    own, other = _order(version.partition("+")[0] if "+" not in wanted else version), _order(wanted)
    if own is None or other is None:
        return False
    if operator == "~=":
        count = len(wanted.split(".")) - 1
        return own >= other and (list(own[1]) + [0] * count)[:count] == (list(other[1]) + [0] * count)[:count]
    results = {
        "==": own == other,
        "!=": own != other,
        "<": own < other,
        ">": own > other,
        "<=": own <= other,
        ">=": own >= other,
    }
    return results[operator]


def _order(version):
    """Give what versions are compared by (PEP 440), None for what is no version."""
    match = VERSION.match(version.strip())
    if match is None:
        return None
    epoch, release, pre, number, implicit, post, after, dev, of = match.groups()
    numbers = [int(part) for part in release.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    kind = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}.get(
        (pre or "").lower(), (pre or "").lower()
    )
    if pre:
        before = (kind, int(number or 0))
    elif dev and post is None and implicit is None:
        before = ("", -1)  # a development release comes before every pre-release
    else:
        before = ("~", 0)
    later = int(implicit if implicit is not None else after or 0) if post or implicit is not None else -1
    return (int(epoch or 0), tuple(numbers), before, later, int(of or 0) if dev else 1 << 30)


def applies(marker, extra):
    """Evaluate a marker (PEP 508) by hand; one that cannot be read applies."""
    tokens = re.findall(r"\(|\)|'[^']*'|\"[^\"]*\"|[<>=!~]+|[A-Za-z_.]+", marker)
    try:
        value, at = _either(tokens, 0, _surroundings(extra))
    except (IndexError, KeyError):
        return True
    return value if at == len(tokens) else True


def _surroundings(extra):
    import os
    import platform
    import sys

    return {
        "python_version": "%d.%d" % sys.version_info[:2],
        "python_full_version": platform.python_version(),
        "implementation_version": platform.python_version(),
        "implementation_name": sys.implementation.name,
        "platform_python_implementation": platform.python_implementation(),
        "os_name": os.name,
        "sys_platform": sys.platform,
        "platform_system": platform.system(),
        "platform_machine": platform.machine(),
        "platform_release": platform.release(),
        "platform_version": platform.version(),
        "extra": extra,
    }


def _either(tokens, at, known):
    value, at = _both(tokens, at, known)
    while at < len(tokens) and tokens[at] == "or":
        other, at = _both(tokens, at + 1, known)
        value = value or other
    return value, at


def _both(tokens, at, known):
    value, at = _one(tokens, at, known)
    while at < len(tokens) and tokens[at] == "and":
        other, at = _one(tokens, at + 1, known)
        value = value and other
    return value, at


def _one(tokens, at, known):
    if tokens[at] == "(":
        value, at = _either(tokens, at + 1, known)
        return value, at + 1
    left, operator = tokens[at], tokens[at + 1]
    at += 2
    if operator == "not":
        operator, at = "not in", at + 1
    right = tokens[at]
    return _compare(_value(left, known), operator, _value(right, known), (left, right)), at + 1


def _value(token, known):
    return token[1:-1] if token[0] in "'\"" else known[token]


def _compare(left, operator, right, names):
    if operator in ("in", "not in"):
        return (left in right) == (operator == "in")
    if any("version" in name for name in names) and _order(left) and _order(right.replace(".*", "")):
        return _holds(left, operator, right)
    if operator in ("==", "==="):
        return left == right
    return left != right if operator == "!=" else False
