"""Runs a program that is no Python file of its own: `python program.py PROGRAM GIVEN ARGUMENT…`.

A notebook or a Markdown file is kept elsewhere as the Python file PROGRAM; to its code it must look as if GIVEN itself
ran: `sys.argv`, `sys.path[0]` and `__file__` are GIVEN's, so that modules and data beside it are found. Everybody
who asks the module `__main__` for its file (multiprocessing starting a child, inspect, debuggers) needs Python, and is
told PROGRAM. `await` may stand outside of functions, as in notebooks. Tracebacks show PROGRAM's lines and nothing of
this file.
"""


def run() -> None:
    """Run PROGRAM in the module `__main__`, which keeps nothing of ours; so everything here is local."""
    import os
    import sys
    from _ast import PyCF_ALLOW_TOP_LEVEL_AWAIT

    program, given, *arguments = sys.argv[1:]
    here = run.__code__.co_filename
    main = sys.modules["__main__"]

    class Program(type(main)):
        __file__ = property(lambda _: program)

    def after(traceback: object, ours: object) -> object:
        while traceback is not None and ours(traceback.tb_frame.f_code.co_filename):
            traceback = traceback.tb_next
        return traceback

    def show(kind: type, error: BaseException, traceback: object) -> None:
        # Where no line of PROGRAM took part (it cannot be compiled) what is not ours stays.
        traceback = after(traceback, lambda file: file != program) or after(traceback, lambda file: file == here)
        before(kind, error.with_traceback(traceback), traceback)

    before = sys.excepthook
    sys.excepthook = show
    sys.argv[:] = [given, *arguments]
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.path.dirname(os.path.realpath(given))
    with open(program, "rb") as file:
        source = file.read()
    del main.__dict__["run"]
    main.__dict__.update(__file__=os.path.abspath(given), __doc__=None)
    main.__class__ = Program
    code = compile(source, program, "exec", PyCF_ALLOW_TOP_LEVEL_AWAIT)
    waiting = eval(code, main.__dict__)  # noqa: S307  # it is what we are for
    if waiting is not None:  # a module's code gives nothing, unless it awaits
        import asyncio

        asyncio.run(waiting)


run()
