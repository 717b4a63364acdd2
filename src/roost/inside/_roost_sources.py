"""Sources of an environment's distributions, compared with what was installed in the moment Python compiles them.

A source that was cut may still be a program, one that gives something else. Python compiles what has no bytecode yet, and
what is not the file any more that its bytecode was made of: only then is there anything to compare, and a run that finds
all bytecode in its place comes by here never. Python 3.8 and up, little of the standard library.
"""

import binascii
import os
import sys

try:  # an import that fails here would be looked after
    if sys.version_info >= (3, 12):
        from _sha2 import sha256
    else:
        from _sha256 import sha256
except ImportError:
    from hashlib import sha256

SITE = "/site-packages/"
RECORDED = {}  # site-packages folder → path below it → (digest, size); none for a folder that is not an environment of roost's


def compare(data, path):
    """Give an ImportError where a source is not what its distribution has installed, and leave a mark for the next start."""
    before, found, below = path.partition(SITE)
    if not found:
        return None
    site = before + found[:-1]
    if site not in RECORDED:
        RECORDED[site] = _recorded(site)
    known = RECORDED[site].get(below)
    if known is None:
        return None
    digest, size = known
    if size in ("", str(len(data))) and digest in ("", _digest(data)):
        return None
    said = "it has %d bytes instead of %s" % (len(data), size) if size != str(len(data)) else "it has other contents"
    _suspect(before, path, said)
    return ImportError(
        "`%s` is not as it was installed: %s; started again, roost mends the environment" % (below, said), path=path
    )


def _recorded(site):
    """Read what the distributions of a folder have recorded of their sources."""
    known = {}
    if not os.path.exists(site + "/_roost.py"):
        return known
    for name in os.listdir(site):
        if not name.endswith(".dist-info"):
            continue
        try:
            with open("%s/%s/RECORD" % (site, name), encoding="utf-8", errors="surrogateescape") as record:
                for line in record:
                    file, _, rest = line.rpartition(",")[0].rpartition(",sha256=")
                    if file.endswith(".py"):
                        known[file] = rest, line.rpartition(",")[2].strip()
        except OSError:
            pass
    return known


def _digest(data):
    """Write a digest as RECORD has it."""
    return binascii.b2a_base64(sha256(data).digest()).decode().translate({43: 45, 47: 95}).rstrip("=\n")


def _suspect(before, path, said):
    """Leave a mark in the environment, three folders above its distributions."""
    try:
        with open(
            os.path.dirname(os.path.dirname(before)) + "/.suspect", "a", encoding="utf-8", errors="surrogateescape"
        ) as mark:
            mark.write("%s\tImportError: %s\n" % (path, said))
    except OSError:
        pass
