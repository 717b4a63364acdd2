"""The commands about sandboxes, and about what comes out of them."""

from __future__ import annotations

from .options import Command, Option, Positional
from .table import JSON, SHOWING

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
