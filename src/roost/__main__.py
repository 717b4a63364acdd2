"""The door: `python -I -m roost`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command line that this process was started with; returns its exit status."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        from roost.version import __version__

        sys.stdout.write(f"roost {__version__}\n")
        return 0
    if sys.argv[1:] == ["answer"]:
        from roost.cli.answering import answer

        return answer()
    if sys.argv[1:2] in (["run"], ["check"]):
        from roost.records.known import begin

        status = begin(sys.argv[1:])
        if status is not None:
            return status
    again = None
    if sys.argv[1:2] == ["run"] and sys.argv[2:3] not in (["--help"], ["-h"]):
        from roost.runs.again import begin as begin_again

        again = begin_again(sys.argv[1:])
        if again is not None and again.done is not None and again.done.silent:
            os._exit(again.done.ended.status)  # nothing is left to be written or closed
    from roost.cli import main as command_line

    return command_line(sys.argv[1:], again)


if __name__ == "__main__":
    sys.exit(main())
