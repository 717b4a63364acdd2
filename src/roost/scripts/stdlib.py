"""The standard library of every Python 3: which module came and went when, and what Python 2's became.

Origin: made from the files of CPython 3.6 to 3.13 (`Lib/`, built-in and extension modules, `sys.stdlib_module_names`) and the
release notes of 3.14, by comparing their lists; Python 2's names from CPython 2.7's `Lib/`. Facts, no text was copied.
"""

from __future__ import annotations

FIRST, LAST = 6, 14  # minor versions of Python 3 that the tables know

_ALWAYS = frozenset({
    "__future__", "__main__", "abc", "antigravity", "argparse", "array", "ast", "asyncio", "atexit", "base64",
    "bdb", "binascii", "bisect", "builtins", "bz2", "cProfile", "calendar", "cmath", "cmd", "code", "codecs",
    "codeop", "collections", "colorsys", "compileall", "concurrent", "configparser", "contextlib", "copy",
    "copyreg", "csv", "ctypes", "curses", "datetime", "dbm", "decimal", "difflib", "dis", "doctest", "email",
    "encodings", "ensurepip", "enum", "errno", "faulthandler", "fcntl", "filecmp", "fileinput", "fnmatch",
    "fractions", "ftplib", "functools", "gc", "genericpath", "getopt", "getpass", "gettext", "glob", "grp", "gzip",
    "hashlib", "heapq", "hmac", "html", "http", "idlelib", "imaplib", "importlib", "inspect", "io", "ipaddress",
    "itertools", "json", "keyword", "linecache", "locale", "logging", "lzma", "mailbox", "marshal", "math",
    "mimetypes", "mmap", "modulefinder", "msvcrt", "multiprocessing", "netrc", "nt", "ntpath", "nturl2path",
    "numbers", "opcode", "operator", "optparse", "os", "pathlib", "pdb", "pickle", "pickletools", "pkgutil",
    "platform", "plistlib", "poplib", "posix", "posixpath", "pprint", "profile", "pstats", "pty", "pwd",
    "py_compile", "pyclbr", "pydoc", "pydoc_data", "pyexpat", "queue", "quopri", "random", "re", "readline",
    "reprlib", "resource", "rlcompleter", "runpy", "sched", "secrets", "select", "selectors", "shelve", "shlex",
    "shutil", "signal", "site", "smtplib", "socket", "socketserver", "sqlite3", "sre_compile", "sre_constants",
    "sre_parse", "ssl", "stat", "statistics", "string", "stringprep", "struct", "subprocess", "symtable", "sys",
    "sysconfig", "syslog", "tabnanny", "tarfile", "tempfile", "termios", "test", "textwrap", "this", "threading", "time",
    "timeit", "tkinter", "token", "tokenize", "trace", "traceback", "tracemalloc", "tty", "turtle", "turtledemo",
    "types", "typing", "unicodedata", "unittest", "urllib", "uuid", "venv", "warnings", "wave", "weakref",
    "webbrowser", "winreg", "winsound", "wsgiref", "xml", "xmlrpc", "xxlimited", "xxsubtype", "zipapp", "zipfile",
    "zipimport", "zlib",
})  # fmt: skip
_CHANGED: dict[str, tuple[str | None, str | None]] = {  # added in, removed in
    "_bootlocale": (None, "3.10"), "_dummy_thread": (None, "3.9"), "aifc": (None, "3.13"),
    "annotationlib": ("3.14", None), "asynchat": (None, "3.12"), "asyncio.exceptions": ("3.8", None),
    "asyncio.format_helpers": ("3.7", None), "asyncio.mixins": ("3.10", None), "asyncio.runners": ("3.7", None),
    "asyncio.staggered": ("3.8", None), "asyncio.taskgroups": ("3.11", None), "asyncio.threads": ("3.9", None),
    "asyncio.timeouts": ("3.11", None), "asyncio.trsock": ("3.8", None), "asyncore": (None, "3.12"),
    "audioop": (None, "3.13"), "binhex": (None, "3.11"), "cgi": (None, "3.13"), "cgitb": (None, "3.13"),
    "chunk": (None, "3.13"), "compression": ("3.14", None), "concurrent.interpreters": ("3.14", None),
    "contextvars": ("3.7", None), "crypt": (None, "3.13"), "dataclasses": ("3.7", None),
    "dbm.sqlite3": ("3.13", None), "distutils": (None, "3.12"), "dummy_threading": (None, "3.9"),
    "formatter": (None, "3.10"), "graphlib": ("3.9", None), "imghdr": (None, "3.13"), "imp": (None, "3.12"),
    "importlib.metadata": ("3.8", None), "importlib.resources": ("3.7", None),
    "importlib.resources.abc": ("3.11", None), "importlib.resources.readers": ("3.11", None),
    "importlib.resources.simple": ("3.11", None), "lib2to3": (None, "3.13"), "macpath": (None, "3.8"),
    "macurl2path": (None, "3.7"), "mailcap": (None, "3.13"), "msilib": (None, "3.13"),
    "multiprocessing.resource_tracker": ("3.8", None), "multiprocessing.shared_memory": ("3.8", None),
    "nis": (None, "3.13"), "nntplib": (None, "3.13"), "ossaudiodev": (None, "3.13"), "parser": (None, "3.10"),
    "pathlib.types": ("3.14", None), "pipes": (None, "3.13"), "smtpd": (None, "3.12"), "sndhdr": (None, "3.13"),
    "spwd": (None, "3.13"), "string.templatelib": ("3.14", None), "sunau": (None, "3.13"), "symbol": (None, "3.10"),
    "telnetlib": (None, "3.13"), "tkinter.tix": (None, "3.13"), "tomllib": ("3.11", None),
    "unittest.async_case": ("3.8", None), "uu": (None, "3.13"), "wsgiref.types": ("3.11", None),
    "xdrlib": (None, "3.13"), "zoneinfo": ("3.9", None),
}  # fmt: skip
_PYTHON2: dict[str, str | None] = {  # Python 2's modules that no Python 3 has, and where their work is done now
    "__builtin__": "builtins", "_winreg": "winreg", "anydbm": "dbm", "audiodev": None,
    "BaseHTTPServer": "http.server", "Bastion": None, "bsddb": None, "CGIHTTPServer": "http.server",
    "commands": "subprocess", "compiler": "ast", "ConfigParser": "configparser", "Cookie": "http.cookies",
    "cookielib": "http.cookiejar", "copy_reg": "copyreg", "cPickle": "pickle", "cStringIO": "io", "dbhash": "dbm",
    "Dialog": "tkinter.dialog", "dircache": "os (`os.listdir`)", "DocXMLRPCServer": "xmlrpc.server",
    "dumbdbm": "dbm.dumb", "dummy_thread": "_thread", "exceptions": "builtins", "FileDialog": "tkinter.filedialog",
    "fpformat": "str.format", "future_builtins": "builtins", "gdbm": "dbm.gnu", "hotshot": "cProfile",
    "htmlentitydefs": "html.entities", "htmllib": "html.parser", "HTMLParser": "html.parser",
    "httplib": "http.client", "ihooks": "importlib", "imputil": "importlib", "linuxaudiodev": None,
    "markupbase": "_markupbase", "md5": "hashlib", "mhlib": "mailbox", "mimetools": "email", "MimeWriter": "email",
    "mimify": "email", "multifile": "email", "mutex": "threading", "new": "types", "os2emxpath": None,
    "popen2": "subprocess", "posixfile": "fcntl", "Queue": "queue", "repr": "reprlib", "rexec": None,
    "rfc822": "email", "robotparser": "urllib.robotparser", "ScrolledText": "tkinter.scrolledtext",
    "sets": "builtins (`set`)", "sgmllib": "html.parser", "sha": "hashlib", "SimpleHTTPServer": "http.server",
    "SimpleXMLRPCServer": "xmlrpc.server", "SocketServer": "socketserver", "sre": "re",
    "statvfs": "os (`os.statvfs`)", "StringIO": "io", "stringold": "string", "strop": "string", "sunaudio": None,
    "thread": "_thread", "Tix": "tkinter.tix", "tkColorChooser": "tkinter.colorchooser",
    "tkCommonDialog": "tkinter.commondialog", "Tkdnd": "tkinter.dnd", "tkFileDialog": "tkinter.filedialog",
    "tkFont": "tkinter.font", "Tkinter": "tkinter", "tkMessageBox": "tkinter.messagebox",
    "tkSimpleDialog": "tkinter.simpledialog", "toaiff": None, "ttk": "tkinter.ttk", "urllib2": "urllib.request",
    "urlparse": "urllib.parse", "UserDict": "collections", "UserList": "collections", "UserString": "collections",
    "whichdb": "dbm", "xmllib": "xml.sax", "xmlrpclib": "xmlrpc.client",
}  # fmt: skip
_STAND_INS = {  # distributions that bring back a module which left; the bulk of them is called `standard-<module>`
    "setuptools": ("distutils",),
    "pyasyncore": ("asyncore",),
    "pyasynchat": ("asynchat",),
    "zombie-imp": ("imp",),
    "legacy-cgi": ("cgi", "cgitb"),
    "audioop-lts": ("audioop",),
    "fissix": ("lib2to3",),
}


def lifetime(module: str) -> tuple[str | None, str | None] | None:
    """Say when a module of the standard library came and went.

    Returns: (added in, removed in) as "3.11"; None stands for "before 3.6" and "still there". None for a module that no
        Python 3 had.
    """
    name = module
    while True:
        found = _CHANGED.get(name)
        if found is not None:
            return found
        if name in _ALWAYS:
            return (None, None)
        name, dot, _ = name.rpartition(".")
        if not dot:
            break
    private = module.partition(".")[0]
    if private.startswith("_") and private in _builtin_names():
        return (None, None)
    return None


def python2(module: str) -> str | None:
    """Say where the work of a module that only Python 2 had is done in Python 3; None if it never was one of those."""
    root = module.partition(".")[0]
    if root not in _PYTHON2:
        return None
    return _PYTHON2[root] or f"nothing in Python 3 does the work of `{root}`"


def stands_in(distribution: str) -> tuple[str, ...]:
    """Name the modules which left the standard library and which a distribution (canonical name) brings back."""
    if distribution.startswith("standard-"):
        module = distribution.removeprefix("standard-")
        return (module, module.replace("-", "_"))
    return _STAND_INS.get(distribution, ())


def frozen(module: str) -> bool:
    """Tell whether a module is part of the interpreter itself, so that a file of its name beside the script is never read."""
    import sys

    return module in sys.builtin_module_names or module in _STARTED


_STARTED = frozenset(
    {"os", "io", "abc", "codecs", "site", "stat", "posixpath", "genericpath", "_collections_abc", "encodings"}
)


def _builtin_names() -> frozenset[str]:
    import sys

    return sys.stdlib_module_names


def name_lifetime(module: str, name: str) -> tuple[str | None, str | None] | None:
    """Say when a name (or submodule) of a standard library module came and went, if that is known to have happened.

    Returns: (added in, removed in); None when it was always there, or nothing is known.
    """
    from .stdlib_names import CHANGED

    own = _CHANGED.get(f"{module}.{name}")
    if own is not None:
        return own
    for added, removed, names in CHANGED.get(module, ()):
        if name in names.split():
            return added, removed
    return None
