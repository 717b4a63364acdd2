"""Starts a program in a sandbox without network: `python -I -S -c THIS SOCKET PROGRAM ARGUMENT…`.

A listener on the sandbox's own loopback is handed to roost, outside, through SOCKET; what connects to it speaks to roost's
proxy. Then this process becomes the program. Nothing of it stays: no process that could be counted, waited for or killed.
Only modules in C: `socket` and `os` take longer to import than Python takes to start.
"""

import _signal
import _socket
import posix
import sys

PORT = 3128
VARIABLES = (b"HTTP_PROXY", b"HTTPS_PROXY", b"ALL_PROXY")


def main(door, name, *arguments):
    """Hand the listener out, then become the program."""
    environ = dict(posix.environ)
    address = b"http://127.0.0.1:%d" % handed(door)
    for variable in VARIABLES:
        environ[variable] = environ[variable.lower()] = address
    for number in (_signal.SIGPIPE, _signal.SIGXFSZ):  # Python ignores them, and what is ignored stays so
        _signal.signal(number, _signal.SIG_DFL)
    folders = [""] if "/" in name else [one + "/" for one in environ.get(b"PATH", b"/bin:/usr/bin").decode().split(":")]
    for folder in folders:
        try:
            posix.execve(folder + name, (name,) + arguments, environ)
        except (FileNotFoundError, NotADirectoryError, PermissionError):  # noqa: PERF203  # it is the next folder's turn
            continue
    sys.stderr.write("%s: no such program\n" % name)
    sys.exit(127)


def handed(door):
    """Make a listener and hand it out; gives its port."""
    listener = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    listener.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", PORT))
    except OSError:  # another run of a kept sandbox has it
        listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    above, _, last = door.rpartition("/")
    folder = posix.open(above, posix.O_PATH | posix.O_DIRECTORY | posix.O_CLOEXEC)
    outside = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    outside.connect("/proc/self/fd/%d/%s" % (folder, last))  # addresses of sockets are short
    descriptor = listener.fileno().to_bytes(4, sys.byteorder)
    outside.sendmsg([b"L"], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptor)])
    return listener.getsockname()[1]


main(*sys.argv[1:])
