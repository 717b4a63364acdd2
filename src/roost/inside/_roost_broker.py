"""How a process in a sandbox asks: a named pipe that the broker outside reads, and a file of its own for each answer.

A question is written at once and is no longer than what a pipe takes in one piece, so those of several processes are never
mixed up; the answer's file has a name that only who asked knows to look for, and appears whole. Neither needs a
socket or an inherited descriptor, so every process of the run can ask. Built-in modules only; Python 3.8 and up.
"""

import posix
import sys
import time

from _roost import LIBRARY, PROTOCOL

LONGEST = 4096  # bytes that a pipe takes in one piece (PIPE_BUF of Linux)
REFUSED = b'\0\0\0\x11{"why":"refused"}'
PAUSES = 0.002, 0.05  # seconds between looking for the answer, first and at most


def exchange(question, run, encode):
    """Ask the broker; give its answer with its length before it, as the launcher's `answer` does.

    Args:
        run: what this process is part of; its launcher is the pipe.
        encode: writes JSON.
    """
    if not all(map(word, question.get("full", "_").split("."))):
        return REFUSED
    number = "%d%d" % (posix.getpid(), time.time_ns())
    request = dict(question, protocol=PROTOCOL, number=number, environment=run.environment, modules=foreign())
    if "places" in request:
        request["places"] = request["places"][:1]  # what copes with a failure was looked at before asking
    frame = framed(request, encode) or framed(dict(request, modules=None), encode)  # None: everything that is there
    if frame is None or not tell(run.launcher, frame):
        return REFUSED
    answer = "%s/answers/%s" % (run.launcher.rpartition("/")[0], number)
    pause, most = PAUSES
    while True:
        over = not listens(run.launcher)
        try:
            with open(answer, "rb") as file:
                return file.read()
        except FileNotFoundError:
            pass
        if over:
            return REFUSED
        time.sleep(pause)
        pause = min(pause * 1.5, most)


def word(part):
    """Tell whether a part of a dotted name can be one of a distribution's modules."""
    return part.isidentifier() and part.isascii() and len(part) <= 100


def framed(request, encode):
    """Write a request with its length before it; None where that is too long."""
    document = encode(request).encode("utf-8", "surrogatepass")
    return len(document).to_bytes(4, "big") + document if len(document) <= LONGEST - 4 else None


def tell(pipe, frame):
    """Write a question; tells whether somebody is there to read it."""
    try:
        descriptor = posix.open(pipe, posix.O_WRONLY | posix.O_NONBLOCK | posix.O_CLOEXEC)
    except OSError:  # nobody reads it any more
        return False
    try:
        while not put(descriptor, frame):  # others wait for their answers
            time.sleep(PAUSES[1])
    except OSError:
        return False
    finally:
        posix.close(descriptor)
    return True


def put(descriptor, frame):
    """Write a whole piece or nothing; tells which."""
    try:
        return posix.write(descriptor, frame) > 0
    except BlockingIOError:
        return False


def listens(pipe):
    """Tell whether the broker is there."""
    try:
        posix.close(posix.open(pipe, posix.O_WRONLY | posix.O_NONBLOCK | posix.O_CLOEXEC))
    except OSError:
        return False
    return True


def foreign():
    """Name the top-level modules that are loaded and not the standard library's."""
    found = set()
    for name, module in list(sys.modules.items()):
        root = name.partition(".")[0]
        if name in sys.builtin_module_names or not (root.isidentifier() and root.isascii()):
            continue
        try:
            file = object.__getattribute__(module, "__dict__").get("__file__")  # a lazy one stays as it is
        except AttributeError:
            file = None
        if not (isinstance(file, str) and file.startswith(LIBRARY) and "/site-packages/" not in file):
            found.add(root)
    return sorted(found)
