"""The import hook of an environment, last on `sys.meta_path`: nothing happens here until an import has failed.

Only what roost has started is looked after: `ROOST_RUN` says so, and children inherit it. What a failed import leads
to is in `_roost_mend`, which is loaded then. Built-in modules only, Python 3.8 and up; importing it must cost nothing.
"""

import posix
import sys

HIGH = 255  # a descriptor that no script gets by chance, below every limit in use
PROTOCOL = 1  # spoken with the roost outside; newer roosts answer every older number
BEFORE = {}  # the variables that this process was started with, as bytes
HERE = []  # the folder that it was started in, and its number
LIBRARY = sys.modules["os"].__file__[:-5]  # `site` has loaded it before us
IMPORTLIB = (
    "importlib", "importlib._bootstrap", "importlib._bootstrap_external", "_frozen_importlib", "_frozen_importlib_external",
)  # fmt: skip


class Finder:
    """Asked when every other finder has found nothing."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """Give a spec whose loader mends, for an import that somebody really makes; None for a mere question."""
        importing = sys._getframe(1).f_back
        if importing is None or importing.f_code.co_name != "_find_and_load_unlocked":
            return None
        frame = importing
        while frame is not None and frame.f_globals.get("__name__") in IMPORTLIB:
            frame = frame.f_back
        file = "<frozen" if frame is None else frame.f_code.co_filename
        if file[:7] == "<frozen" or (file.startswith(LIBRARY) and "/site-packages/" not in file):
            return None  # the standard library does without: it probes at every start
        import _roost_mend

        return _roost_mend.spec(Finder, name, path, target, importing)


def _end(kind, error, traceback):
    """Show what ended the program as Python does, and say below it what roost knows of it."""
    sys.__excepthook__(kind, error, traceback)
    if issubclass(kind, Exception):
        try:
            import _roost_mend

            _roost_mend.ended(error, traceback)
        except Exception:  # noqa: BLE001  # the script may have changed whatever we look at; or our own files are damaged
            _suspect()


def _watch():
    """Have a crash in compiled code written down in the environment, with the lines of Python that led to it.

    A module that was cut short kills the process that imports it, by SIGBUS or SIGSEGV: the next start has it looked at.
    """
    import faulthandler

    if faulthandler.is_enabled() or _in_use(HIGH):  # its user wants to see it; or has a descriptor there
        return
    try:
        mark = _mark()
        faulthandler.enable(posix.dup2(mark, HIGH, inheritable=False), all_threads=False)
        posix.close(mark)
    except OSError:  # it may not be written, or no descriptor is free
        pass


def _mark():
    """Open the file in which marks for the check that looks for damage are left."""
    flags = posix.O_WRONLY | posix.O_APPEND | posix.O_CREAT | posix.O_CLOEXEC
    return posix.open(sys.prefix + "/.suspect", flags, 0o666)


def _suspect():
    """Have our own files looked at by the next start."""
    try:
        mark = _mark()
        posix.write(mark, (__file__ + "\tour own files: they do not work\n").encode())
        posix.close(mark)
    except OSError:
        pass


def _in_use(descriptor):
    try:
        posix.fstat(descriptor)
    except OSError:
        return False
    return True


def _look_at_sources():
    """Have every source that Python compiles compared with what was installed; what has its bytecode costs nothing."""
    loader = sys.modules["_frozen_importlib_external"].SourceLoader
    compiled = loader.source_to_code

    def source_to_code(self, data, path, *arguments, **named):
        known = isinstance(data, bytes) and isinstance(path, str) and "/site-packages/" in path
        if known and not path[path.rfind("/") + 1 :].startswith("_roost"):
            import _roost_sources

            error = _roost_sources.compare(data, path)
            if error is not None:
                raise error
        return compiled(self, data, path, *arguments, **named)

    # importlib leaves its own frames out of tracebacks: they lead to the import that failed
    source_to_code.__code__ = source_to_code.__code__.replace(co_filename=compiled.__code__.co_filename)
    loader.source_to_code = source_to_code


def _start():
    """Take part in a run of roost, in the environment that the run has come to by now."""
    import os  # loaded by `site` before us

    run = os.environ.get("ROOST_RUN", "").split("|")
    if len(run) != 6 or run[0] not in ("1", "1c") or run[2].replace("%7C", "|").replace("%25", "%") != sys.prefix:
        return
    sys.meta_path.append(Finder)
    _look_at_sources()
    sys.excepthook = _end
    BEFORE.update(posix.environ)
    try:
        HERE.append(posix.getcwd())
    except OSError:
        HERE.append("/")
    HERE.append(posix.getpid())
    additions = run[3].replace("%7C", "|").replace("%25", "%")
    if run[0] == "1":  # the first process of the run; those that it starts are children
        os.environ["ROOST_RUN"] = "|".join(["1c", *run[1:]])
        path = os.environ.get("PATH", "")
        if path.startswith(sys.prefix + "/bin"):  # programs that a process of this run installs are found behind ours
            os.environ["PATH"] = path.replace(sys.prefix + "/bin", sys.prefix + "/bin:" + additions + "/bin", 1)
    if "watch" in run[4].split(","):
        _watch()
    try:  # what another process of this run, or of an earlier one, has added
        os.readlink(additions + sys.prefix[sys.prefix.rindex("/") :])
    except OSError:
        return
    import _roost_mend

    _roost_mend.follow()


_start()
