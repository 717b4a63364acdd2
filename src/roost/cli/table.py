"""The commands about scripts, and what all commands share, as values: what each takes, what it says of itself, where it lives.

Those of the other groups are in the modules beside this one, which a run does not load.
"""

from __future__ import annotations

from .options import Command, Option, Positional

HELP = Option(("-h", "--help"), "show this page")
QUIET = Option(("-q", "--quiet"), "show results and errors only")
VERBOSE = Option(("-v", "--verbose"), "show each step tried, with its reason", "count")
JSON = Option(("--json",), "write one JSON document on standard output")
SHOWING = (QUIET, VERBOSE, HELP)

PYTHON = Option(("--python",), "the Python to use: `3.12`, `>=3.11`, or the path of one", "value", "PYTHON")
WITH = Option(("--with",), "one more requirement, for this time; may stand several times", "repeat", "REQUIREMENT")
OFFLINE = Option(("--offline",), "never ask an index: only what is remembered and already downloaded")
UPGRADE = Option(("--upgrade",), "ask the index again, whatever is remembered")
DECLARED_ONLY = Option(("--declared-only",), "install nothing that nobody declared")
ALLOW = Option(("--allow",), "trust an inferred distribution, for this time; may stand several times", "repeat", "NAME")
DECIDING = (PYTHON, WITH, OFFLINE, UPGRADE, DECLARED_ONLY, ALLOW)

MEND_MODES = ("env", "auto", "ask", "model", "off")

SANDBOX = (
    Option(("--sandbox",), "keep the script from the rest of the machine: `auto` takes the strongest that works", "value", "TIER",
           ("none", "limits", "landlock", "bubblewrap", "docker", "docker:runsc", "auto")),
    Option(("--untrusted",), "the script is nobody's whom you know: the strongest sandbox, no network, few of everything"),
    Option(("--image",), "the image of the Docker sandbox, by name; it is never fetched", "value", "IMAGE"),
    Option(("--net",), "the network in the sandbox: `none`, `all`, or hosts with ports, `example.org:443,…`", "value", "NETWORK"),
    Option(("--timeout",), "seconds it may run", "value", "SECONDS"),
    Option(("--memory",), "memory that all its processes may take together, `2G`", "value", "SIZE"),
    Option(("--processes",), "processes and threads it may have at the same time", "value", "N"),
    Option(("--file-size",), "the largest file it may write", "value", "SIZE"),
    Option(("--disk",), "what it may write in all", "value", "SIZE"),
    Option(("--output",), "what is kept of each stream: its beginning and its end", "value", "SIZE"),
    Option(("--workdir",), "the folder it works in, and writes to; otherwise a new one, which goes with it", "value", "DIR"),
    Option(("--in",), "a file that is copied into the work folder; may stand several times", "repeat", "FILE"),
    Option(("--out",), "a file or folder that is copied from the work folder into yours; may stand several times", "repeat", "NAME"),
    Option(("--env",), "a variable that it gets; may stand several times", "repeat", "NAME"),
)  # fmt: skip

FILE = Positional(
    "FILE", "a script, notebook, Markdown file, zipapp, or folder with `__main__.py`; `-` is standard input"
)
FILE_THERE = Positional("FILE", "the script")
ENVIRONMENT = Positional(
    "ENVIRONMENT", "its name, the beginning of its name or key, or the path of a script that ran in it"
)

EDITING = (
    "The PEP 723 block of the script, or the requirements file beside it, whichever is in use, is edited in place; "
    "comments and order stay."
)

SCRIPTS = (
    Command(
        "run",
        "Run a script in an environment made for it",
        "roost.cli.run:run",
        (
            *DECIDING,
            Option(("-m",), "run a module, as `python -m` does", "value", "MODULE", last=True),
            Option(("-c",), "run a program given as text, as `python -c` does", "value", "TEXT", last=True),
            Option(
                ("--report",),
                "write what was decided and what came of it, as one JSON document, to a file or a descriptor",
                "value",
                "FILE|fd:N",
            ),
            Option(
                ("--mend",),
                "what may be mended while a script runs: `env` (what an import misses is added) or `off`; the others act as `env`",
                "value",
                "MODE",
                MEND_MODES,
            ),
            Option(("--no-mend",), "the same as `--mend off`", stands_for=("mend", "off")),
            *SANDBOX,
            *SHOWING,
        ),
        (FILE,),
        Positional("ARGUMENT", "handed to the script as it stands"),
        (
            "Options of roost stand before FILE; what follows it is the script's. One `--` directly after FILE is dropped.",
            "The exit status is the script's own when it ran.",
        ),
        (
            "roost run chart.py --year 2024",
            "roost run --python 3.12 --with 'pandas<3' report.py",
            "roost run -m http.server",
        ),
    ),
    Command(
        "check",
        "Say what a script would install and why, and whether it can run",
        "roost.cli.check:check",
        (
            JSON,
            Option(("--no-build",), "decide only; otherwise the environment is built and the imports are tried in it"),
            Option(("--strict",), "exit with 69 when an import stays unanswered or the environment cannot be built"),
            *DECIDING,
            *SHOWING,
        ),
        (FILE,),
        about=(
            "Nothing of the script is executed; without `--no-build` its imports are.",
            "Exits with 0 whenever there is an answer, a bad one too.",
        ),
        examples=("roost check chart.py", "roost check --no-build --json chart.py"),
    ),
    Command(
        "lock",
        "Write the exact distributions of a script beside it, as `pylock.<stem>.toml`",
        "roost.cli.script:lock",
        (
            Option(
                ("--platform",),
                "lock for another machine: `windows`, `macos`, `linux`, `aarch64-unknown-linux-gnu`, …",
                "value",
                "PLATFORM",
            ),
            PYTHON,
            OFFLINE,
            UPGRADE,
            DECLARED_ONLY,
            ALLOW,
            JSON,
            *SHOWING,
        ),
        (FILE_THERE,),
        about=(
            "From then on runs take exactly these, as long as they satisfy what the script declares.",
            "With `--platform` it goes to a file of its own, which no run here takes: for `roost env import`, pip or uv over there.",
        ),
        examples=(
            "roost lock chart.py",
            "roost lock --upgrade chart.py",
            "roost lock --platform windows --python 3.12 chart.py",
        ),
    ),
    Command(
        "add",
        "Declare requirements where the script keeps them",
        "roost.cli.script:add",
        (PYTHON, OFFLINE, JSON, *SHOWING),
        (
            FILE_THERE,
            Positional("REQUIREMENT", "a name, with a version if it matters: `pandas`, `'pandas>=2,<3'`", many=True),
        ),
        about=(EDITING, "Nothing is written unless the requirements can be resolved with those already there."),
        examples=("roost add chart.py pandas 'matplotlib>=3.9'",),
    ),
    Command(
        "remove",
        "Take declared requirements away",
        "roost.cli.script:remove",
        (OFFLINE, JSON, *SHOWING),
        (FILE_THERE, Positional("NAME", "the distribution whose requirements go", many=True)),
        about=(EDITING,),
        examples=("roost remove chart.py pandas",),
    ),
    Command(
        "upgrade",
        "Ask the index again, and raise pins to the newest versions that go together",
        "roost.cli.script:upgrade",
        (PYTHON, JSON, *SHOWING),
        (FILE_THERE, Positional("NAME", "only these distributions", many=True, optional=True)),
        about=(
            EDITING,
            "Pins (`==`) are raised where they stand.",
            "Ranges stay as they are; what they lead to is resolved anew, and written to `pylock.<stem>.toml` if it is there.",
        ),
        examples=("roost upgrade chart.py", "roost upgrade chart.py pandas"),
    ),
)
