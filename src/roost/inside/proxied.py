"""Starts a program in a sandbox without network: `python -I -S -c THIS SOCKET PROGRAM ARGUMENT…`.

A listener on the sandbox's own loopback is handed to roost, outside, through SOCKET; what connects to it speaks to roost's
proxy. Then this process becomes the program. Nothing of it stays: no process that could be counted, waited for or killed.
"""

import os
import signal
import socket
import sys

PORT = 3128
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def main(door, *program):
    """Hand the listener out, then become the program."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", PORT))
        except OSError:  # another run of a kept sandbox has it
            listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        address = "http://127.0.0.1:%d" % listener.getsockname()[1]
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as outside:
            folder = os.open(os.path.dirname(door), os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            outside.connect("/proc/self/fd/%d/%s" % (folder, os.path.basename(door)))  # addresses of sockets are short
            outside.sendmsg(
                [b"L"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, listener.fileno().to_bytes(4, sys.byteorder))]
            )
    for name in VARIABLES:
        os.environ[name] = os.environ[name.lower()] = address
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and what is ignored stays so
        signal.signal(number, signal.SIG_DFL)
    os.execvp(program[0], program)  # noqa: S606  # a shell is what it must not be


main(*sys.argv[1:])
