"""What Python 2 had in modules that Python 3 has too: names that moved, and modules that were only renamed.

Origin: the two standard libraries' module indexes (Python 2.7 and 3.11), compared by hand.
"""

from __future__ import annotations

_TEXT_METHODS = "atof atoi atol capitalize center count expandtabs find index join joinfields ljust lower lstrip replace rfind rindex rjust rsplit rstrip split splitfields strip swapcase translate upper zfill"
_TYPES = {
    "BooleanType": "bool", "ClassType": "type", "ComplexType": "complex", "DictType": "dict", "DictionaryType": "dict", "FileType": "io.IOBase",
    "FloatType": "float", "InstanceType": "object", "IntType": "int", "ListType": "list", "LongType": "int", "ObjectType": "object",
    "StringType": "str", "StringTypes": "str", "TupleType": "tuple", "TypeType": "type", "UnicodeType": "str",
}  # fmt: skip
_NAMES: dict[str, dict[str, str]] = {
    "itertools": {
        "ifilter": "filter", "ifilterfalse": "itertools.filterfalse", "imap": "map", "izip": "zip", "izip_longest": "itertools.zip_longest",
    },
    "operator": {"div": "operator.truediv", "isCallable": "callable", "sequenceIncludes": "operator.contains"},
    "os": {"errno": "errno", "getcwdu": "os.getcwd", "popen2": "subprocess", "popen3": "subprocess", "popen4": "subprocess"},
    "string": {
        "letters": "string.ascii_letters", "lowercase": "string.ascii_lowercase", "uppercase": "string.ascii_uppercase",
        "maketrans": "str.maketrans", **dict.fromkeys(_TEXT_METHODS.split(), "the methods of `str`"),
    },
    "sys": {"maxint": "sys.maxsize", "setdefaultencoding": "UTF-8 as its own default"},
    "types": _TYPES,
    "urllib": {
        **dict.fromkeys(["FancyURLopener", "URLopener", "getproxies", "pathname2url", "url2pathname", "urlcleanup", "urlopen", "urlretrieve"],
                        "urllib.request"),
        **dict.fromkeys(["quote", "quote_plus", "splitquery", "splittype", "unquote", "unquote_plus", "urlencode"], "urllib.parse"),
    },
}  # fmt: skip
_MODULES = {
    "email.Charset": "email.charset", "email.Encoders": "email.encoders", "email.Errors": "email.errors", "email.Generator": "email.generator",
    "email.Header": "email.header", "email.MIMEAudio": "email.mime.audio", "email.MIMEBase": "email.mime.base",
    "email.MIMEImage": "email.mime.image", "email.MIMEMessage": "email.mime.message", "email.MIMEMultipart": "email.mime.multipart",
    "email.MIMENonMultipart": "email.mime.nonmultipart", "email.MIMEText": "email.mime.text", "email.Message": "email.message",
    "email.Parser": "email.parser", "email.Utils": "email.utils", "os.errno": "errno",
}  # fmt: skip


def module(name: str) -> str | None:
    """Give what a dotted module of Python 2's standard library is called in Python 3, or None."""
    return _MODULES.get(name)


def names(module: str, imported: tuple[str, ...]) -> tuple[str, str] | None:
    """Give the first of the imported names that only Python 2 had in module, and where it is in Python 3; or None."""
    moved = _NAMES.get(module, {})
    for name in imported:
        renamed = moved.get(name) or _MODULES.get(f"{module}.{name}")
        if renamed:
            return f"{module}.{name}", renamed
    return None
