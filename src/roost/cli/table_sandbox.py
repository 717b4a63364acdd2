"""The commands about sandboxes, and about what comes out of them."""

from __future__ import annotations

from .options import Command, Option, Positional
from .table import JSON, SHOWING

LAST = Option(("--last",), "the last one, which is also meant when none is named")
RUN = Positional("RUN", "the id of a run, or how it begins or ends", optional=True)

SANDBOXES = (
    Command(
        "sandbox",
        "Say which sandboxes work here, why others do not, and how to get them",
        "roost.cli.sandboxes:show",
        (JSON, *SHOWING),
        about=("Each is tried by running something in it.",),
        examples=("roost sandbox", "roost sandbox --json"),
    ),
    Command(
        "sandbox image build",
        "Build the image that sandboxes of Docker run in, from Debian's packages",
        "roost.cli.sandboxes:image",
        (Option(("--again",), "build it anew, with the newest packages"), *SHOWING),
        about=(
            "Needs root and `debootstrap`. What was built is kept as an archive and loaded from there the next time.",
        ),
        examples=("roost sandbox image build",),
    ),
    Command(
        "runs list",
        "List the runs of which there is a record: those in a sandbox, and those that failed",
        "roost.cli.runs:listing",
        (Option(("--script",), "only runs of scripts whose path has this in it", "value", "TEXT"), JSON, *SHOWING),
        examples=("roost runs list", "roost runs list --script chart.py"),
    ),
    Command(
        "runs show",
        "Show what a run was allowed, how it ended, what it left and the last lines that it said",
        "roost.cli.runs:show",
        (LAST, JSON, *SHOWING),
        (RUN,),
        examples=("roost runs show --last",),
    ),
    Command(
        "runs log",
        "Show what a run has said, with its control characters named instead of obeyed",
        "roost.cli.runs:log",
        (Option(("--errors",), "what it said on standard error"), LAST, *SHOWING),
        (RUN,),
        examples=("roost runs log --last --errors",),
    ),
    Command(
        "runs rm",
        "Remove records of runs",
        "roost.cli.runs:remove",
        (Option(("--all",), "of every run that has ended"), JSON, *SHOWING),
        (RUN.replace(many=True),),
        examples=("roost runs rm --all",),
    ),
    Command(
        "outputs",
        "Copy the plain files that a script has left in its work folder",
        "roost.cli.sandboxes:outputs",
        (Option(("--only",), "a file or folder to take; may stand several times", "repeat", "NAME"), JSON, *SHOWING),
        (Positional("WORKDIR", "the folder it worked in"), Positional("OUT", "an empty folder, or one to be made")),
        about=(
            "Links, devices, pipes, files with several names and names that cannot be shown stay behind; each is named.",
            "End the script's processes first.",
        ),
        examples=("roost outputs work results",),
    ),
)
