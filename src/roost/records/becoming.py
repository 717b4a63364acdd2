"""The last steps before a process of ours turns into another program."""

from __future__ import annotations

import os


def become_stdin(program: bytes) -> None:
    """Put a program into descriptor 0, where `python -` reads it to its end, as it would have read the original."""
    descriptor = kept_bytes(program)
    os.dup2(descriptor, 0, inheritable=True)
    os.close(descriptor)


def kept_bytes(data: bytes) -> int:
    """Return a descriptor that gives data and then its end; a file without a name, since a pipe holds only 64 KiB."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("stdin")
    else:
        import tempfile

        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def restore_signals() -> None:
    """Give back what Python ignores for itself: an ignored signal would stay ignored across exec."""
    import _signal  # type: ignore[import-not-found]  # `signal` itself loads enum

    for name in ("SIGPIPE", "SIGXFSZ", "SIGXFZ"):
        number = getattr(_signal, name, None)
        if number is not None:
            _signal.signal(number, _signal.SIG_DFL)
