"""What the sandbox of Docker costs beside the same `docker run` by hand, what a kept container saves, what an allow list adds.

    python benchmarks/sandbox_docker.py [--rounds 9] [--json FILE]

`by hand` is `docker run --rm` with the very options that roost gives. `roost run` and `roost sandbox exec` are whole
commands, `call of …` is what a running roost does. The two rows of bubblewrap are the same command without network and with `--net HOST:PORT`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import timing

from roost import home as homes
from roost.sandbox import kept as cells
from roost.sandbox.docker import IMAGE, Docker, environment
from roost.sandbox.policy import UNTRUSTED
from roost.sandbox.streams import Stream
from roost.sandbox.values import Ended, Job

ROOST = Path(sys.executable).parent / "roost"


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="roost-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        os.environ["ROOST_HOME"] = str(folder / "home")
        environ = timing.clean_environment()
        script = folder / "it.py"
        script.write_text("print('on')\n")
        work = folder / "work"
        work.mkdir()

        def roost(*words: str | Path) -> list[str | Path]:
            return [ROOST, *words]

        def ran(*words: str | Path) -> str:
            done = subprocess.run(roost(*words), env=environ, capture_output=True, text=True, check=True)
            return done.stdout.strip()

        python = ran("run", "-c", "import sys; print(sys.executable)")
        base = os.path.dirname(os.path.dirname(os.path.realpath(python)))  # noqa: PTH120
        job = Job(
            (python, str(script)), {"PATH": os.defpath}, str(work), str(work),
            readable=(str(script), base, os.path.dirname(os.path.dirname(python))),  # noqa: PTH120
            limits=UNTRUSTED.limits, python=python,
        )  # fmt: skip
        kept = ran("sandbox", "start", "--sandbox", "docker", script)
        null = os.open(os.devnull, os.O_RDONLY)
        try:
            options = Docker().options(job)
            cell = cells.find(homes.locate(), kept)

            def called(run: Callable[..., Ended]) -> None:
                ended = run(Stream(len, None), Stream(len, None), stdin=null)
                if ended.status:
                    raise RuntimeError(str(ended))

            net = ("--net", "listed.example:443")
            took = timing.measure(
                {
                    "by hand": ["docker", "container", "run", "--rm", "--interactive", *options, IMAGE, *job.argv],
                    "roost run": roost("run", "--sandbox", "docker", script),
                    "roost run, hosts": roost("run", "--sandbox", "docker", *net, script),
                    "call of a run": lambda: called(partial(Docker().run, job)),
                    "call of a kept one": lambda: called(partial(cells.execute, cell, ())),
                    "roost sandbox exec": roost("sandbox", "exec", kept),
                    "bubblewrap": roost("run", "--sandbox", "bubblewrap", script),
                    "bubblewrap, hosts": roost("run", "--sandbox", "bubblewrap", *net, script),
                },
                rounds=given.rounds,
                environ=environment(job) | environ,
            )
        finally:
            ran("sandbox", "stop", kept)
        timing.report(took, against="by hand", file=given.json)


main()
