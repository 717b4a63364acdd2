"""What the import hook does about a failed import: decide whether it may, ask the roost outside, go on in the answer.

The answer is another environment that has everything of this one at the same versions and what was missing; its
site-packages takes the place of ours, and the import continues where it stopped. Built-in modules only, so that
nothing beside the script can get in here; Python 3.8 and up.
"""

import _frozen_importlib
import _signal
import _thread
import posix
import sys

from _roost import BEFORE, HERE, IMPORTLIB, LIBRARY, PROTOCOL
from _roost_engines import ENGINES

MOST = 100  # questions that one process asks
ABOUT = 40  # frames of the user's code that a question names


class Run:
    """What this process is part of, from `ROOST_RUN`: six parts, each with `|`, `;`, `,`, `=` and `%` as %XX."""

    def __init__(self):
        import os

        launcher, first, additions, options, expected = os.environ["ROOST_RUN"].split("|")[1:]
        self.launcher, self.first, self.additions = map(plain, (launcher, first, additions))
        self.environment = self.first  # the one in use
        self.pid = HERE[1]
        self.words = [plain(word) for word in options.split(",") if word]
        self.mends = "off" not in self.words
        self.hopeless = {word[3:] for word in self.words if word.startswith("no:")}  # said before the start
        self.expected = {}  # file → (first line, last line, whether functions called from there count)
        for one in filter(None, expected.split(";")):
            file, _, blocks = one.partition("=")
            self.expected[plain(file)] = [block(text) for text in blocks.split(",")]
        self.folder = HERE[0]
        self.left = MOST
        self.told = {}  # import name → why there is no answer
        self.busy = _thread.RLock()  # a signal handler may import while its thread asks
        self.loading = {}  # import name → the thread that mends it


def plain(text):
    """Undo the quoting of `ROOST_RUN`."""
    for code, letter in (("%7C", "|"), ("%3B", ";"), ("%2C", ","), ("%3D", "="), ("%25", "%")):
        text = text.replace(code, letter)
    return text


def block(text):
    """Read `12-14a`: lines, and whether imports of the functions called there count as well."""
    first, _, last = text.rstrip("a").partition("-")
    return int(first), int(last or first), text.endswith("a")


RUN = Run()


# Whether to act


def spec(finder, name, path, target, importing):
    """Give the spec of an import that may be mended; None where nothing is to be done.

    Args:
        importing: the frame of importlib that looks for the module.
    """
    try:
        question = wanted(name, path, importing)
        if question is None:
            return None
        finders = list(sys.meta_path)
        for other in finders[finders.index(finder) + 1 :]:
            find = getattr(other, "find_spec", None)
            found = find(name, path, target) if find is not None else None
            if found is not None:
                return found
    except Exception:  # noqa: BLE001  # whatever is wrong with us, the import fails as it would without us
        return None
    return _frozen_importlib.ModuleSpec(name, Loader(question, path))


def wanted(name, path, importing):
    """Put together the question about an import that should not fail; None when it is expected to, or not our business."""
    frame, full = asker(importing, name)
    if frame is None or RUN.left <= 0 or (name in RUN.told and RUN.mends):
        return None
    about = "" if is_users(frame) else engine(name, frame)
    if about is None:
        return None
    if not about and "." in name and no_namespace(name) and not more(path):
        return None
    places = around(frame)
    if places is None:
        return None
    return {"ask": "import", "name": name, "full": full, "engine": about or None, "places": places}


def asker(frame, name):
    """Give the frame of the code that imports, and the whole dotted name: of `import a.b`, `a` is looked for first."""
    while frame is not None and is_importlib(frame):
        asked = frame.f_locals.get("name") if frame.f_code.co_name == "_find_and_load_unlocked" else None
        if asked is not None and asked.startswith(name + "."):
            name = asked
        frame = frame.f_back
    return frame, name


def around(frame):
    """Give file and line of the user's own frames, from a frame outwards; None where one of them copes with the failure."""
    places = []
    innermost = True
    while frame is not None:
        file = user_file(frame)
        if file is not None:
            if copes(file, frame, innermost):
                return None
            if len(places) < ABOUT:
                places.append([file, frame.f_lineno])
        elif frame.f_code.co_filename.startswith("<") and catches(frame.f_code) and not is_importlib(frame):
            return None
        innermost = False
        frame = frame.f_back
    return places


def is_importlib(frame):
    """Tell whether a frame is one of the import system, of which we are a part."""
    return frame.f_globals.get("__name__") in IMPORTLIB or frame.f_globals is globals()


def is_users(frame):
    """Tell whether code is the user's; code that was made while running is whose it was that runs it."""
    while frame is not None and user_file(frame) is None and frame.f_code.co_filename.startswith("<"):
        frame = frame.f_back
        while frame is not None and is_importlib(frame):
            frame = frame.f_back
    return frame is not None and user_file(frame) is not None


def user_file(frame):
    """Name the file of a frame of the user's own code, "" for the script itself; None for a library's and for generated code."""
    file = frame.f_code.co_filename
    name = frame.f_globals.get("__name__")
    if file.startswith("<"):
        main = sys.modules.get("__main__")
        unnamed = main is not None and str(getattr(main, "__file__", "<"))[:1] == "<"
        return "" if unnamed and frame.f_globals is main.__dict__ else None
    if "/site-packages/" in file or "/dist-packages/" in file or file.startswith(LIBRARY) or file.endswith(RUNNER):
        return None
    if name in ("__main__", "__mp_main__"):
        return ""
    return file if file.startswith("/") else RUN.folder + "/" + file


RUNNER = "/inside/program.py"  # roost's own, which runs notebooks and other text that is kept elsewhere


def copes(file, frame, innermost):
    """Tell whether a line is one of those that cope with a missing import."""
    for first, last, anywhere in RUN.expected.get(file, ()):
        if first <= frame.f_lineno <= last and (innermost or anywhere):
            return True
    return frame.f_code.co_filename.startswith("<") and catches(frame.f_code)


def catches(code):
    """Tell whether code that nobody could read before speaks of import errors."""
    return "ImportError" in code.co_names or "ModuleNotFoundError" in code.co_names


def no_namespace(name):
    """Tell whether the package that a dotted name starts with is one folder's, to which nobody else adds modules."""
    parent = sys.modules.get(name.rpartition(".")[0])
    return (
        parent is not None
        and getattr(parent, "__file__", None) is not None
        and "__path__" in vars(parent)
        and ("pkgutil" not in vars(parent) and "extend_path" not in vars(parent))
    )


def more(path):
    """Give the folders of a package in the environment in use that its `__path__` does not have."""
    now = packages(RUN.environment)
    found = []
    for entry in list(path or ()):
        head, mark, rest = str(entry).partition("/site-packages/")
        if mark and head + "/site-packages" != now and exists(now + "/" + rest) and now + "/" + rest not in path:
            found.append(now + "/" + rest)
    return found


def engine(name, frame):
    """Say for which library an import is an engine that it needs now; None when the table does not have it."""
    importer = frame.f_globals.get("__name__") or ""
    for prefix, names, at_import in ENGINES:
        if importer != prefix and not importer.startswith(prefix + "."):
            continue
        if frame.f_locals.get("errors") in ("ignore", "warn"):  # pandas asks what it can do without
            continue
        if frame.f_code.co_name == "<module>" and not at_import:
            continue
        if names is None or name.partition(".")[0] in names:
            return prefix.partition(".")[0]
    return None


# Acting


class Loader:
    """Does the work of an import that failed: importlib holds only this module's lock by now, not everybody's."""

    def __init__(self, question, path):
        self.question = question
        self.path = path

    def create_module(self, spec):
        """Ask, go on in the answer's environment, and hand over to the loader that is found there."""
        found = mended(spec.name, self.question, self.path)
        if found is None:
            raise ModuleNotFoundError("No module named %r" % spec.name, name=spec.name)
        for field in ("loader", "origin", "loader_state", "submodule_search_locations", "_set_fileattr", "_cached"):
            setattr(spec, field, getattr(found, field, None))
        create = getattr(found.loader, "create_module", None)
        return create(spec) if create is not None else None

    def exec_module(self, module):
        """Never called: the spec has the real loader by then."""


# Its frame is taken for one of importlib's own, which tracebacks leave out.
Loader.create_module.__code__ = Loader.create_module.__code__.replace(co_filename="<frozen importlib._bootstrap>")


def mended(name, question, path):
    """Give the spec of a module after mending; None where that cannot be."""
    RUN.loading[name] = _thread.get_ident()
    try:
        if path is not None:
            extend(path)
        found = real(name, path)  # perhaps another thread has brought it in the meantime
        if found is not None:
            return found
        if not RUN.mends:
            later(name, None)
            return None
        busy = RUN.busy
        with busy:
            follow()
            keep_in_use()
            found = real(name, path)
            if found is not None or name in RUN.hopeless or question["full"] in RUN.hopeless:
                return found
            reply = ask(question)
            if reply is None:
                return None
            if reply.get("environment"):
                switch(reply["environment"])
            elif reply.get("again"):
                again(reply["again"], reply["because"])
                later(name, reply["because"] + "\nhint: start the script again: it gets an environment that has both")
                return None
        if path is not None:
            extend(path)
        found = real(name, path)
        if found is None:
            later(name, reply.get("why"))
        return found
    finally:
        RUN.loading.pop(name, None)


def install(requirements, indexes=()):
    """Have requirements added to the run, from these indexes as well, and go on in what has them; gives why that cannot be, None when it is done."""
    with RUN.busy:
        follow()
        reply = ask({"ask": "install", "requirements": list(requirements), "indexes": list(indexes)})
        if reply is None:
            return "the roost outside gave no answer"
        if reply.get("environment"):
            switch(reply["environment"])
            return None
        if reply.get("again"):
            again(reply["again"], reply["because"])
        return reply.get("because") or reply.get("why")


def real(name, path):
    return _frozen_importlib._find_spec(name, path)


def extend(path):
    """Give a package that was loaded from an earlier environment the folders that it has in this one."""
    if isinstance(path, list):
        path += more(path)


def ask(question):
    """Ask the roost outside; gives its reply, None when there is none."""
    RUN.left -= 1
    if "broker" in RUN.words:
        import _roost_broker

        answered = _roost_broker.exchange(question, RUN, encode)
    else:
        request = dict(question)
        request.update(
            protocol=PROTOCOL, first=RUN.first, environment=RUN.environment, additions=RUN.additions, folder=RUN.folder,
            options=RUN.words, script=script(), modules=sorted({name.partition(".")[0] for name in list(sys.modules)}),
        )  # fmt: skip
        document = encode(request).encode("utf-8", "surrogatepass")
        answered = exchange(len(document).to_bytes(4, "big") + document)
    if len(answered) < 4 or len(answered) - 4 < int.from_bytes(answered[:4], "big"):
        return None
    names = {"__builtins__": {}, "true": True, "false": False, "null": None}
    return eval(answered[4:].decode("utf-8", "surrogatepass"), names)  # noqa: S307  # JSON of our own other half


def script():
    """Give the script's file as it was started; None where it has none."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if not isinstance(file, str) or file.startswith("<"):
        return None
    return file if file.startswith("/") else RUN.folder + "/" + file


def exchange(request):
    """Start the roost outside with a request on its standard input, and give what it wrote when it has ended.

    Its end is waited for and not the end of its output, whose writing side a fork of another thread may hold.
    """
    theirs, ours = above(posix.pipe())
    out, into = above(posix.pipe())
    opened = {theirs, ours, out, into}
    pid = None
    try:
        posix.write(ours, request)  # smaller than a pipe holds, or what reads it is not there yet
        actions = [(posix.POSIX_SPAWN_DUP2, theirs, 0), (posix.POSIX_SPAWN_DUP2, into, 1)]
        pid = posix.posix_spawn(
            RUN.launcher, [RUN.launcher, "answer"], BEFORE, file_actions=actions, setsigmask=(),
            setsigdef=(_signal.SIGCHLD, _signal.SIGPIPE, _signal.SIGTERM),
        )  # fmt: skip
        for descriptor in (theirs, ours, into):
            posix.close(descriptor)
            opened.discard(descriptor)
        try:
            posix.waitpid(pid, 0)
        except ChildProcessError:  # the script ignores the end of its children, or has taken it
            pass
        pid = None
        posix.set_blocking(out, False)
        parts = []
        while True:
            try:
                part = posix.read(out, 65536)
            except BlockingIOError:
                break
            if not part:
                break
            parts.append(part)
        return b"".join(parts)
    except OSError:
        return b""
    finally:
        for descriptor in opened:
            posix.close(descriptor)
        if pid is not None:  # interrupted: nobody waits for the answer
            try:
                posix.kill(pid, _signal.SIGTERM)
            except OSError:
                pass


def above(pair):
    """Move two descriptors out of the way of the standard streams, which the script may have closed."""
    moved = []
    for one in pair:
        low = [one]
        while low[-1] <= 2:
            low.append(posix.dup(low[-1]))
        for descriptor in low[:-1]:
            posix.close(descriptor)
        moved.append(low[-1])
    return moved


def encode(value):
    """Write JSON; `json` itself may be a file beside the script."""
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, str):
        return '"%s"' % "".join(
            letter if letter >= " " and letter not in '"\\' else "\\u%04x" % ord(letter) for letter in value
        )
    if isinstance(value, dict):
        return "{%s}" % ",".join("%s:%s" % (encode(key), encode(one)) for key, one in value.items())
    return "[%s]" % ",".join(map(encode, value))


# The environment in use


def packages(environment):
    return "%s/lib/python%d.%d/site-packages" % ((environment,) + tuple(sys.version_info[:2]))


def exists(path):
    try:
        posix.stat(path)
    except OSError:
        return False
    return True


def switch(environment):
    """Put an environment's site-packages, and what its `.pth` files add, in the place of those in use."""
    import os
    import site

    old, RUN.environment = RUN.environment, environment
    if old == environment:
        return
    before = list(sys.path)
    site.addsitedir(packages(environment))
    added = [entry for entry in sys.path if entry not in before]
    theirs = [entry for entry in before if entry.startswith(old + "/")]
    at = before.index(theirs[0]) if theirs else len(before)
    kept = [entry for entry in before[:at] if entry not in theirs]
    sys.path[:] = kept + added + [entry for entry in before[at:] if entry not in theirs]
    for name, value in (("VIRTUAL_ENV", old), ("PATH", old + "/bin")):
        there = os.environ.get(name)
        if there is not None:
            parts = [environment + part[len(old) :] if part == value else part for part in there.split(":")]
            os.environ[name] = ":".join(parts)


def keep_in_use():
    """Put the environment in use back where somebody has set `sys.path` since: multiprocessing gives children their parent's."""
    environment = RUN.environment
    if environment != RUN.first and packages(environment) not in sys.path:
        RUN.environment = RUN.first
        switch(environment)


def follow():
    """Go on in the environment that this one led to before, however many steps away."""
    environment = RUN.environment
    for _ in range(MOST):
        try:
            name = posix.readlink(RUN.additions + environment[environment.rindex("/") :])
        except OSError:
            break
        environment = name if name.startswith("/") else environment[: environment.rindex("/") + 1] + name
    if environment != RUN.environment and exists(environment + "/roost.json") and keeps(environment):
        switch(environment)


def keeps(environment):
    """Tell whether an environment has whatever is imported already at the same version."""
    now, then = packages(RUN.environment), packages(environment)
    for entry in set(infos(now)) - set(infos(then)):
        try:
            with open("%s/%s/RECORD" % (now, entry), encoding="utf-8") as record:
                roots = {line.partition("/")[0].partition(".")[0].partition(",")[0] for line in record}
        except (OSError, ValueError):
            return False
        if any(root in sys.modules for root in roots):
            return False
    return True


def infos(folder):
    """Give the metadata folders of what is installed: name and version of each."""
    try:
        return [entry for entry in posix.listdir(folder) if entry.endswith(".dist-info")]
    except OSError:
        return []


# A new start (contracts §5)


def again(environment, because):
    """Become the script anew in another environment, where nothing speaks against it; returns only where something does."""
    try:
        with open("/proc/self/cmdline", "rb") as file:
            words = file.read().split(b"\0")[1:-1]
    except OSError:
        words = getattr(sys, "orig_argv", [])[1:]
    if not words or not allowed():
        return
    import os

    environ = dict(BEFORE)
    run = environ[b"ROOST_RUN"].split(b"|")
    run[2] = os.fsencode(environment.replace("%", "%25").replace("|", "%7C"))
    run[4] += b",again"
    environ.update({b"ROOST_RUN": b"|".join(run), b"VIRTUAL_ENV": os.fsencode(environment)})
    old, new = os.fsencode(RUN.first) + b"/bin", os.fsencode(environment) + b"/bin"
    path = environ.get(b"PATH", b"").split(b":")
    environ[b"PATH"] = b":".join(new if part == old else part for part in path)
    flush(sys.stdout)
    flush(sys.stderr)
    if "quiet" not in RUN.words:
        warn("roost: %s: the script starts again\n" % because)
    for number in (_signal.SIGPIPE, _signal.SIGXFSZ):
        _signal.signal(number, _signal.SIG_DFL)
    posix.chdir(RUN.folder)
    python = environment + "/bin/python"
    posix.execve(python, [python, *words], environ)


def flush(stream):
    try:
        stream.flush()
    except (OSError, ValueError, AttributeError):
        pass


def allowed():
    """Tell whether starting again takes nothing away: first process, its first thread, no input read, not a second time."""
    import os

    threading = sys.modules.get("threading")
    if threading is not None and threading.get_ident() != threading.main_thread().ident:
        return False
    first = BEFORE.get(b"ROOST_RUN", b"").startswith(b"1|") and posix.getpid() == RUN.pid
    if not first or "again" in RUN.words:
        return False
    if "reads" not in RUN.words:
        return True
    try:
        if not os.path.stat.S_ISREG(posix.fstat(0).st_mode):
            return False  # what was read from a pipe or a terminal cannot be read again
        posix.lseek(0, 0, 0)
    except OSError:
        return False
    return True


# When it cannot be


def later(name, why):
    """Remember what to say below the traceback, should the failed import end the program."""
    RUN.told[name] = why


def ended(error, traceback):
    """Say why an import failed that ended the program; note what looks like damage of the environment."""
    missing = getattr(error, "name", None)
    if isinstance(error, ImportError) and missing in RUN.told:
        say(missing)
        return
    for file in broken(error, traceback, packages(RUN.environment) + "/"):
        suspect(file, type(error).__name__, str(error))


def broken(error, traceback, site):
    """Name the files below site-packages that an exception speaks against.

    That is the last one that it came through, a module that lacks something, a file that is not found, and bytecode
    that ends too early. Most such exceptions are ordinary: the check that they lead to is made once a day for each.
    """
    named = [getattr(error, "filename", None), getattr(error, "path", None)]
    if isinstance(error, AttributeError):  # "module 'a' has no attribute 'b'"; the module itself from Python 3.10 on
        word = str(error).partition("module '")[2].partition("'")[0]
        module = getattr(error, "obj", None) or sys.modules.get(word)
        named += [getattr(module, "__file__", None), *getattr(module, "__path__", ())]
    through = []
    while traceback is not None:
        through.append(traceback.tb_frame.f_code.co_filename)
        traceback = traceback.tb_next
    if type(error).__name__ == "PackageNotFoundError" or "marshal data" in str(error):
        named.append(site)
    through = [file for file in through if file.startswith(site)]
    return sorted({file for file in named if isinstance(file, str) and file.startswith(site)}.union(through[-1:]))


def suspect(file, kind, said):
    """Leave a mark in the environment for the check that looks for damage, unless it has looked at the same today."""
    start = "%s\t%s: " % (file, kind)
    try:
        with open(RUN.environment + "/.cleared", encoding="utf-8", errors="surrogateescape") as known:
            if any(line.startswith(start) for line in known):
                return
    except OSError:
        pass
    try:
        with open(RUN.environment + "/.suspect", "a", encoding="utf-8", errors="surrogateescape") as mark:
            mark.write(start + said[:200].replace("\n", " ") + "\n")
    except OSError:
        pass


def say(name):
    """Say what is missing where, and what mends it (A5)."""
    if "quiet" in RUN.words:
        return
    why = RUN.told[name]
    if why is None:
        has = sorted(entry.partition("-")[0] for entry in infos(packages(RUN.environment)))
        what = "%s%s" % (", ".join(has[:12]), " and %d more" % (len(has) - 12) if len(has) > 12 else "")
        file = script()
        shown = "FILE" if file is None else file.rpartition("/")[2]
        why = "`%s` is not in the environment `%s`, which has %s\nhint: have it added: `roost run %s`" % (
            name, RUN.environment.rpartition("/")[2], what or "nothing", shown,
        )  # fmt: skip
    warn("roost: %s\n" % why)


def warn(text):
    try:
        sys.stderr.write(text)
    except (OSError, ValueError, AttributeError):
        pass


def after_fork():
    """Free in a forked child what threads held that it does not have: it asks by itself."""
    mine = _thread.get_ident()
    RUN.busy = _thread.RLock()
    for name, thread in list(RUN.loading.items()):
        if thread != mine:
            _frozen_importlib._module_locks.pop(name, None)
            del RUN.loading[name]


posix.register_at_fork(after_in_child=after_fork)
