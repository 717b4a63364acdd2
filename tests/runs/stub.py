"""`roost run` with an environment that is there already: python -I stub.py HOW ENVIRONMENT FORM FILE ARGUMENT…"""

import os
import sys
from pathlib import Path

from roost import runs
from roost.distributions import Lock, Plan
from roost.environments import Environment
from roost.home import locate
from roost.reporting import Silent
from roost.scripts import Choice, Interpreter, Script


def prepared(folder: Path, form: str, file: str) -> runs.Prepared:
    program, path, module = None, None, None
    if form == "stdin":
        program = sys.stdin.buffer.read()
    elif form == "command":
        program = os.fsencode(file)
    elif form == "module":
        module = file
    else:
        path = Path(file).absolute()
        if form in ("notebook", "markdown"):
            program = path.with_suffix(".program").read_bytes()
    script = Script(path, path.name if path else file, form, program, b"", module=module)
    python = Interpreter(Path(sys.executable), "cpython", sys.version_info[:3], "", "linux-x86_64-glibc2.36")
    plan = Plan(script, Choice(python, "3", "for the test"), (), (), ())
    environment = Environment(folder, "0" * 64, folder / "bin" / "python", "3.11.7", (), 0.0)
    return runs.Prepared(plan, Lock(python, (), "", ()), environment)


class Telling(Silent):
    def note(self, text: str) -> None:
        sys.stderr.write(text + "\n")


def main() -> None:
    how, folder, form, file, *arguments = sys.argv[1:]
    ready = prepared(Path(folder), form, file)
    home, report = locate(), Telling()
    if how == "execute":
        runs.execute(ready, arguments, home=home, report=report, given=file)
    runs.leave(runs.supervise(ready, arguments, home=home, report=report, given=file))


main()
