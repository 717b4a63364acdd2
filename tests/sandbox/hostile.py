"""Run inside a sandbox: tries to get out in many ways, and says of each whether it went through.

Arguments: the number of a process outside, the name of an abstract socket outside, a file outside; and `harmless`, where
what would harm the machine is left out, since nothing would stop it.
"""

# ruff: noqa: PTH101, PTH102, PTH103, PTH110, PTH111, PTH115, PTH116, PTH118, PTH120, PTH123, PTH208, PTH211, SIM115, T201

import ctypes
import fcntl
import json
import os
import resource
import signal
import socket
import stat
import sys
import time

victim, abstract, secret = int(sys.argv[1]), sys.argv[2], sys.argv[3]
harmless = "harmless" in sys.argv[4:]
libc = ctypes.CDLL(None, use_errno=True)
CALLS = {"x86_64": {"keyctl": 250, "io_uring_setup": 425, "bpf": 321, "perf_event_open": 298, "userfaultfd": 323, "process_vm_readv": 310, "pidfd_getfd": 438,
                        "open_by_handle_at": 304, "move_mount": 429, "fsopen": 430, "kexec_load": 246, "init_module": 175, "pivot_root": 155, "reboot": 169}}  # fmt: skip
tried = {}


def attempt(name, what, *, harms=False):
    if harms and harmless:
        return
    try:
        tried[name] = bool(what())
    except (OSError, ValueError, AttributeError, PermissionError):
        tried[name] = False


def called(name, *arguments):
    number = CALLS.get(os.uname().machine, {}).get(name)
    return number is not None and libc.syscall(number, *arguments) >= 0


def wrote(path, text):
    with open(path, "w") as file:
        file.write(text)
    return True


def read(path):
    with open(path, "rb") as file:
        return file.read(1 << 16)


def connected(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(2)
        one.connect(address)
    return True


def foreign():
    """Descriptors that nobody gave us."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        try:
            if int(name) > 2 and os.path.exists(f"/proc/self/fd/{name}"):
                found.append(os.readlink(f"/proc/self/fd/{name}"))
        except OSError:
            continue
    ours = ("/proc/", "pipe:", "socket:", "anon_inode:", f"{sys.prefix}/.suspect")
    return [one for one in found if not one.startswith(ours)]


def special(mode):
    wrote("special", "#!/bin/sh\n")
    os.chmod("special", mode)
    return os.stat("special").st_mode & (stat.S_ISUID | stat.S_ISGID)


def dumped():
    resource.setrlimit(resource.RLIMIT_CORE, (-1, -1))
    return True


for number in (0, signal.SIGTERM, signal.SIGSTOP):
    attempt(
        f"signal {int(number)} to a process outside",
        lambda number=number: os.kill(victim, number) is None,
        harms=number != 0,
    )
attempt("variables of a process outside", lambda: read(f"/proc/{victim}/environ"))
attempt("memory of a process outside", lambda: open(f"/proc/{victim}/mem", "rb"))
attempt("root of a process outside", lambda: os.listdir(f"/proc/{victim}/root/etc"))
attempt("working folder of a process outside", lambda: os.listdir(f"/proc/{victim}/cwd"))
attempt("descriptors of a process outside", lambda: os.readlink(f"/proc/{victim}/fd/1"))
attempt("variables of the parent", lambda: b"CANARY" in read(f"/proc/{os.getppid()}/environ"))
attempt("descriptors that leaked", foreign)
attempt("our own executable for writing", lambda: open(os.path.realpath("/proc/self/exe"), "r+b"))
attempt("a file outside through /proc/self/root", lambda: read(f"/proc/self/root{secret}"))
attempt("a file outside through /proc/self/cwd", lambda: read(f"/proc/self/cwd/../../../../../../../..{secret}"))
attempt("a link to a file outside", lambda: os.link(secret, "linked") is None)
attempt("a file outside through a symbolic link", lambda: (os.symlink(secret, "symbolic"), read("symbolic"))[1])
attempt("ptrace attach", lambda: libc.ptrace(16, victim, 0, 0) == 0)
attempt("ptrace seize", lambda: libc.ptrace(0x4206, victim, 0, 0) == 0)
attempt("an abstract socket outside", lambda: connected(socket.AF_UNIX, "\0" + abstract))
attempt("the socket of Docker", lambda: connected(socket.AF_UNIX, "/var/run/docker.sock"))
attempt("packets of any kind", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3))
attempt("virtual machine sockets", lambda: socket.socket(40, socket.SOCK_STREAM))
for controller in ("", "memory", "pids", "unified"):
    attempt(
        f"leaving the control group {controller}",
        lambda controller=controller: wrote(f"/sys/fs/cgroup/{controller}/cgroup.procs", "0"),
    )
attempt("a control group of our own", lambda: os.mkdir("/sys/fs/cgroup/memory/escape") is None, harms=True)
attempt("the clock", lambda: time.clock_settime(time.CLOCK_REALTIME, time.time() + 3600) is None, harms=True)
attempt("the name of the machine", lambda: libc.sethostname(b"pwned", 5) == 0, harms=True)
attempt("characters typed into the terminal", lambda: fcntl.ioctl(0, 0x5412, b"x") is not None)
attempt("the terminal", lambda: fcntl.ioctl(os.open("/dev/tty", os.O_RDWR), 0x5412, b"x") is not None)
attempt("kernel settings", lambda: wrote("/proc/sys/kernel/core_pattern", "|/tmp/x"), harms=True)
attempt("the kernel's log", lambda: read("/dev/kmsg"))
attempt("physical memory", lambda: read("/dev/mem"))
attempt("a system request", lambda: wrote("/proc/sysrq-trigger", "h"), harms=True)
attempt("an own user namespace", lambda: libc.unshare(0x10000000) == 0)
attempt("an own mount namespace", lambda: libc.unshare(0x00020000) == 0)
attempt("a mount", lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0, harms=True)
attempt("a device", lambda: os.mknod("device", 0o600 | stat.S_IFBLK, os.makedev(8, 0)) is None, harms=True)
attempt("rights of the file's owner", lambda: special(0o4755))
attempt("rights of the file's group", lambda: special(0o2755))
attempt("another root", lambda: os.chroot("/") is None)
attempt("more rights", lambda: os.setuid(0) is None and os.getuid() == 0 and wrote("/etc/escape", ""), harms=True)
attempt("core dumps", dumped)
attempt("a start file of Python", lambda: wrote(os.path.join(sys.prefix, "lib", "escape.pth"), "import os"), harms=True)
attempt(
    "a start file beside the standard library",
    lambda: wrote(os.path.join(os.path.dirname(os.__file__), "sitecustomize.py"), ""),
    harms=True,
)
for name in CALLS.get(os.uname().machine, {}):
    attempt(f"the system call {name}", lambda name=name: called(name, 0, 0, 0, 0, 0), harms=True)
os.makedirs(os.path.expanduser("~/.local/lib"), exist_ok=True)
wrote(os.path.expanduser("~/.local/lib/planted"), "x")
print(json.dumps(sorted(name for name, through in tried.items() if through)))
