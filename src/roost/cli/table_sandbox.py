"""The commands about sandboxes, and about what comes out of them."""

from __future__ import annotations

from .options import Command, Option, Positional
from .table import DECIDING, FILE, JSON, SANDBOX, SHOWING

KEPT = Positional("NAME", "the name of a sandbox")

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
        "sandbox start",
        "Start a sandbox that stays for several commands, with the environment of a script",
        "roost.cli.kept:start",
        (
            Option(("--name",), "what it is called; otherwise a name is made up", "value", "NAME"),
            Option(
                ("--idle",),
                "seconds that it may lie unused before it goes by itself; 3600 if not said",
                "value",
                "SECONDS",
            ),
            *(option for option in SANDBOX if option.key not in {"workdir", "out"}),
            *DECIDING,
            JSON,
            *SHOWING,
        ),
        (FILE,),
        about=(
            "Its name is written to standard output. Docker's container stays, with what was started in it.",
            "Of the other sandboxes the work folder stays, and each command has a sandbox of its own around it.",
            "Limits hold for all of a container's processes together; the time is that of each command.",
        ),
        examples=("roost sandbox start --sandbox docker --name charts chart.py",),
    ),
    Command(
        "sandbox exec",
        "Run a command in a sandbox that was started; without one, its script",
        "roost.cli.kept:execute",
        SHOWING,
        (KEPT,),
        Positional(
            "COMMAND", "a program of the environment or the system, and its arguments", many=True, optional=True
        ),
        examples=("roost sandbox exec charts", "roost sandbox exec charts python -c 'print(1)'"),
    ),
    Command(
        "sandbox put",
        "Copy files into the work folder of a sandbox",
        "roost.cli.kept:put",
        (JSON, *SHOWING),
        (KEPT, Positional("FILE", "a file", many=True)),
        examples=("roost sandbox put charts data.csv",),
    ),
    Command(
        "sandbox outputs",
        "Copy the plain files that were made in a sandbox out of it",
        "roost.cli.kept:outputs",
        (Option(("--only",), "a file or folder to take; may stand several times", "repeat", "NAME"), JSON, *SHOWING),
        (KEPT, Positional("OUT", "an empty folder, or one to be made")),
        about=("What it takes and leaves is as for `roost outputs`.",),
        examples=("roost sandbox outputs charts results",),
    ),
    Command(
        "sandbox list",
        "Show the sandboxes that are kept, and check whether they run",
        "roost.cli.kept:listing",
        (JSON, *SHOWING),
        (KEPT.replace(many=True, optional=True),),
        about=("The status is 69 where one that is named does not run.",),
        examples=("roost sandbox list", "roost sandbox list charts --json"),
    ),
    Command(
        "sandbox stop",
        "End sandboxes, with all that runs in them and their work folders",
        "roost.cli.kept:stop",
        (Option(("--all",), "every one that is kept"), JSON, *SHOWING),
        (KEPT.replace(many=True, optional=True),),
        examples=("roost sandbox stop charts",),
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
