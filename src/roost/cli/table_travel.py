"""The commands by which environments and lists of requirements leave and arrive."""

from __future__ import annotations

from .options import Command, Option, Positional
from .table import ENVIRONMENT, JSON, OFFLINE, PYTHON, SHOWING, UPGRADE

FORMATS = ("requirements", "pylock", "pep723", "pyproject", "environment.yml", "dockerfile")
OUTPUT = Option(("--output",), "the file to write", "value", "FILE")

REMOTE = Positional(
    "URL", "the cache: `s3://bucket/folder`, `gs://…`, a folder; else the setting `remote.url`", optional=True
)

TRAVEL = (
    Command(
        "env export",
        "Write what a script, a list or an environment needs in another form",
        "roost.cli.travel:export",
        (
            Option(("--format",), "the form to write", "value", "FORMAT", FORMATS),
            Option(
                ("--locked",), "pin every distribution to what it resolves to now, with hashes where the form has them"
            ),
            OUTPUT,
            Option(("--force",), "write over the file of `--output`"),
            Option(("--strict",), "exit with 65, and write nothing, when a line cannot be kept"),
            PYTHON,
            OFFLINE,
            JSON,
            *SHOWING,
        ),
        (
            Positional(
                "FILE|ENVIRONMENT",
                "a script, `requirements.txt`, `pyproject.toml`, `pylock.toml`, `environment.yml`, a Dockerfile, or an environment; "
                "none: the list in the working folder",
                optional=True,
            ),
        ),
        about=(
            "Credentials and folders of this machine stay here. Each line that could not be kept is named.",
            "`pylock`, `environment.yml` and `dockerfile` always pin every distribution, and so does the export of an environment.",
        ),
        examples=(
            "roost env export chart.py --format requirements --output requirements.txt",
            "roost env export chart.py --format dockerfile --output Dockerfile",
        ),
    ),
    Command(
        "env import",
        "Make an environment of a list of requirements, or declare the list in a script",
        "roost.cli.travel:import_",
        (
            Option(("--into",), "declare it in this script, instead of making an environment", "value", "SCRIPT"),
            Option(("--format",), "how the file is written, where its name does not tell", "value", "FORMAT", FORMATS),
            Option(("--strict",), "exit with 65, and change nothing, when a line cannot be kept"),
            PYTHON,
            OFFLINE,
            UPGRADE,
            JSON,
            *SHOWING,
        ),
        (
            Positional(
                "FILE",
                "`requirements.txt`, `pyproject.toml`, `pylock.toml`, `environment.yml`, a Dockerfile, or a script",
            ),
        ),
        about=(
            "Without `--into` the environment is made and its name printed.",
            "With it the script's PEP 723 block or requirements file is edited; a lock is written beside the script.",
            "Each line that could not be kept is named.",
        ),
        examples=("roost env import requirements.txt", "roost env import environment.yml --into chart.py"),
    ),
    Command(
        "env pack",
        "Write an environment into one file that can be carried to another machine",
        "roost.cli.travel:pack",
        (OUTPUT, JSON, *SHOWING),
        (ENVIRONMENT,),
        about=(
            "It holds what the distributions installed, no bytecode and nothing written later: one lock gives the same bytes twice.",
            "The archive's name carries the beginning of its sha256.",
            "What could not work elsewhere (editable installations, folders of this machine in `.pth` files) is refused.",
        ),
        examples=("roost env pack chart.py", "roost env pack pandas --output chart.roost.tar.gz"),
    ),
    Command(
        "env unpack",
        "Make the environment that an archive holds, without an index",
        "roost.cli.travel:unpack",
        (
            Option(("--sha256",), "refuse the archive if this is not its sha256", "value", "HEX"),
            JSON,
            *SHOWING,
        ),
        (Positional("ARCHIVE", "what `roost env pack` has written"),),
        about=(
            "It gets this machine's Python of the same minor version. Scripts with the same needs run in it from then on, offline too.",
            "An archive holds code: unpack only what you would run.",
        ),
        examples=("roost env unpack pandas-0123456789abcdef.roost.tar.gz",),
    ),
    Command(
        "env push",
        "Put an environment into a cache that other machines share",
        "roost.cli.travel:push",
        (Option(("--again",), "send what seems to be there already, too: something there is damaged"), JSON, *SHOWING),
        (ENVIRONMENT, REMOTE),
        about=(
            "Its wheels go there by their sha256, each once for all environments. What has no wheel goes as one archive.",
            "What an environment consists of is sent first, the pointer to it last: nobody sees half of it.",
            "With the setting `remote.sign-key` the pointer is signed.",
        ),
        examples=("roost env push chart.py s3://team/roost",),
    ),
    Command(
        "env pull",
        "Make an environment that a shared cache has",
        "roost.cli.travel:pull",
        (PYTHON, JSON, *SHOWING),
        (
            Positional("KEY|FILE", "the name or key of an environment, or a script that needs one"),
            REMOTE,
        ),
        about=(
            "Everything is compared with its sha256. With the setting `remote.trusted-keys` what none of them signed is refused.",
            "With the setting `remote.url` every run looks there before it asks an index.",
        ),
        examples=("roost env pull pandas-0123456789ab s3://team/roost", "roost env pull chart.py s3://team/roost"),
    ),
)
