"""Runs a program that is no Python file of its own: `python program.py PROGRAM GIVEN ARGUMENT…`.

A notebook or a Markdown file is kept elsewhere as the Python file PROGRAM; to its code it must look as if GIVEN itself
ran: `sys.argv`, `sys.path[0]` and `__file__` are GIVEN's, so that modules and data beside it are found. Everybody
who asks the module `__main__` for its file (multiprocessing starting a child, inspect, debuggers) needs Python, and is
told PROGRAM. Tracebacks show PROGRAM's lines and nothing of this file.
"""


def run() -> None:
    """Run PROGRAM in the module `__main__`, which keeps nothing of ours; so everything here is local."""
    import os
    import sys

    program, given, *arguments = sys.argv[1:]
    here = run.__code__.co_filename
    main = sys.modules["__main__"]

    class Program(type(main)):
        __file__ = property(lambda _: program)

    def show(kind: type, error: BaseException, traceback: object) -> None:
        while traceback is not None and traceback.tb_frame.f_code.co_filename == here:
            traceback = traceback.tb_next
        sys.__excepthook__(kind, error.with_traceback(traceback), traceback)

    sys.excepthook = show
    sys.argv[:] = [given, *arguments]
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.path.dirname(os.path.realpath(given))
    with open(program, "rb") as file:
        source = file.read()
    del main.__dict__["run"]
    main.__dict__.update(__file__=os.path.abspath(given), __doc__=None)
    main.__class__ = Program
    exec(compile(source, program, "exec"), main.__dict__)  # noqa: S102  # it is what we are for


run()
