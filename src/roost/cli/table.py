"""All commands, as values: what each takes, what it says of itself, where it lives."""

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

FILE = Positional(
    "FILE", "a script, notebook, Markdown file, zipapp, or folder with `__main__.py`; `-` is standard input"
)
FILE_THERE = Positional("FILE", "the script")
ENVIRONMENT = Positional(
    "ENVIRONMENT", "its name, the beginning of its name or key, or the path of a script that ran in it"
)

FORMATS = ("requirements", "pylock", "pep723", "pyproject", "environment.yml", "dockerfile")
OUTPUT = Option(("--output",), "the file to write", "value", "FILE")

REMOTE = Positional(
    "URL", "the cache: `s3://bucket/folder`, `gs://…`, a folder; else the setting `remote.url`", optional=True
)

EDITING = (
    "The PEP 723 block of the script, or the requirements file beside it, whichever is in use, is edited in place; "
    "comments and order stay."
)

COMMANDS = (
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
    Command(
        "env list",
        "List the environments",
        "roost.cli.env:listing",
        (
            Option(("--all",), "also those of others: venv, virtualenv, conda, pyenv, pipx, uv, poetry and their like"),
            Option(("--size",), "with what each takes on disk, which means looking at every file"),
            JSON,
            *SHOWING,
        ),
        (Positional("FOLDER", "also those of others below it", many=True, optional=True),),
        about=(
            "Nothing is executed. `env find`, `show`, `tree`, `diff`, `shell`, `activate` and `view` take any of them.",
        ),
        examples=("roost env list", "roost env list --all", "roost env list ~/projects"),
    ),
    Command(
        "env find",
        "Find environments by a distribution, a module, a script or their own name",
        "roost.cli.env_finding:find",
        (JSON, *SHOWING),
        (Positional("TEXT", "a part of the name; of a dotted module all of it"),),
        examples=("roost env find cv2", "roost env find report.py"),
    ),
    Command(
        "env show",
        "Show one environment: its Python, its distributions, its size, who uses it",
        "roost.cli.env:show",
        (JSON, *SHOWING),
        (ENVIRONMENT,),
    ),
    Command(
        "env tree",
        "Show what needs what in an environment",
        "roost.cli.env_needs:tree",
        (JSON, *SHOWING),
        (ENVIRONMENT,),
    ),
    Command(
        "env why",
        "Say why a distribution is in an environment",
        "roost.cli.env_needs:why",
        (JSON, *SHOWING),
        (
            Positional("ENVIRONMENT", f"{ENVIRONMENT.help}; without: every one that has it", optional=True),
            Positional("NAME", "the distribution"),
        ),
        examples=("roost env why chart.py numpy", "roost env why numpy"),
    ),
    Command(
        "env verify",
        "Compare environments with what was installed in them; what is damaged is built again at its next use",
        "roost.cli.verify:verify",
        (JSON, *SHOWING),
        (Positional("ENVIRONMENT", f"{ENVIRONMENT.help}; all, if none is named", many=True, optional=True),),
        about=(
            "Every file is read and compared with what its distribution recorded.",
            "Exits with 65 when something is damaged. A run looks by itself when something speaks for damage.",
        ),
        examples=("roost env verify", "roost env verify chart.py"),
    ),
    Command(
        "env share",
        "Put environments into the pool (`ROOST_POOL`), where every user of the machine can run them",
        "roost.cli.pool:share",
        (JSON, *SHOWING),
        (Positional("ENVIRONMENT", ENVIRONMENT.help, many=True),),
        about=(
            "The pool is a folder that you own. Users who set `ROOST_POOL` run what is in it, and build the rest themselves.",
            "A pool that others than its owner may write to is not used.",
        ),
        examples=("ROOST_POOL=/srv/roost roost env share report.py",),
    ),
    Command(
        "env unshare",
        "Take environments out of the pool",
        "roost.cli.pool:unshare",
        (JSON, *SHOWING),
        (Positional("NAME", "the environment's name, as `roost env list` shows it", many=True),),
    ),
    Command(
        "env rm",
        "Remove environments; a script that needs one gets it built again",
        "roost.cli.env:remove",
        (JSON, *SHOWING),
        (Positional("ENVIRONMENT", ENVIRONMENT.help, many=True),),
    ),
    Command(
        "env gc",
        "Remove environments that nothing needs any more, and the wheels that only they had",
        "roost.cli.env_keeping:collect",
        (
            Option(("--older-than",), "only those not used for so many days (30)", "value", "DAYS"),
            Option(
                ("--max-size",),
                "also those not used for longest, until the home is so small: `20GB`",
                "value",
                "SIZE",
            ),
            Option(("--dry-run",), "say what would be removed and what would come free, and remove nothing"),
            JSON,
            *SHOWING,
        ),
        about=(
            "An environment that is in use, or younger than a day, is never removed.",
            "One that a script refers to stays, unless `--max-size` leaves no room for it; the next run builds it again.",
            "`[keep] max-size` and `max-age-days` in `roost.toml` have this done once a day, behind the back of runs.",
        ),
        examples=("roost env gc --dry-run", "roost env gc --older-than 7 --max-size 20GB"),
    ),
    Command(
        "env du",
        "Show what environments take on disk, files that they share counted once",
        "roost.cli.env_keeping:usage",
        (JSON, *SHOWING),
        (Positional("ENVIRONMENT", ENVIRONMENT.help, many=True, optional=True),),
    ),
    Command(
        "env update",
        "Ask the index again for scripts, and keep the answer if their imports succeed with it",
        "roost.cli.env_versions:update",
        (
            Option(("--all",), "every script that roost knows of"),
            PYTHON,
            WITH,
            DECLARED_ONLY,
            ALLOW,
            JSON,
            *SHOWING,
        ),
        (
            Positional(
                "SCRIPT|ENVIRONMENT",
                "a script, or an environment: the scripts that run in it",
                many=True,
                optional=True,
            ),
        ),
        about=(
            "No file of yours is changed: `roost upgrade FILE` raises pins and writes locks.",
            "What was there before stays: `roost env rollback SCRIPT` takes it again. Exits with 69 when one was kept as it was.",
        ),
        examples=("roost env update chart.py", "roost env update --all"),
    ),
    Command(
        "env diff",
        "Compare what two environments, scripts or locks have, or one of them with what a file asks for",
        "roost.cli.env_diff:diff",
        (JSON, *SHOWING),
        (
            Positional(
                "A", "an environment, a script, a lock (`pylock.….toml`), a requirements file, a `pyproject.toml`"
            ),
            Positional("B", "another one"),
        ),
        examples=("roost env diff one.py other.py", "roost env diff .venv requirements.txt"),
    ),
    Command(
        "env view",
        "Write a page about an environment, or about all: sizes, who needs whom, licences, known breaks",
        "roost.cli.env_view:view",
        (
            Option(
                ("--output",), "where it is written, `-` is standard output; without: into the cache", "value", "FILE"
            ),
            Option(("--online",), "ask the index which installed versions were yanked"),
            JSON,
            *SHOWING,
        ),
        (Positional("ENVIRONMENT", f"{ENVIRONMENT.help}; without: all", optional=True),),
        about=("It is one HTML file that loads nothing from elsewhere and needs no JavaScript.",),
        examples=("roost env view chart.py --output chart.html",),
    ),
    Command(
        "env shell",
        "Start your shell in an environment",
        "roost.cli.env_activating:shell",
        (QUIET, VERBOSE, HELP),
        (ENVIRONMENT,),
        about=("The shell is the one that `SHELL` names. What is read from standard input runs in it as well.",),
        examples=("roost env shell chart.py",),
    ),
    Command(
        "env activate",
        "Print what your shell must do to work in an environment, with a `deactivate`",
        "roost.cli.env_activating:activate",
        (
            Option(
                ("--shell",),
                "whose words are printed; without: those of the shell that calls",
                "value",
                "SHELL",
                ("sh", "bash", "zsh", "dash", "ksh", "fish", "csh", "tcsh", "powershell"),
            ),
            JSON,
            *SHOWING,
        ),
        (ENVIRONMENT,),
        about=(
            'bash, zsh and their like: `eval "$(roost env activate X)"`; fish: `roost env activate X | source`;',
            'csh: ``eval "`roost env activate X`"``; PowerShell: `roost env activate X | Out-String | Invoke-Expression`.',
        ),
        examples=('eval "$(roost env activate chart.py)"',),
    ),
    Command(
        "env outdated",
        "List what the index has newer versions of, and what stands against them",
        "roost.cli.env_versions:outdated",
        (JSON, *SHOWING),
        (Positional("SCRIPT|ENVIRONMENT", ENVIRONMENT.help, many=True, optional=True),),
        about=("`roost env update` takes what fits.",),
        examples=("roost env outdated chart.py",),
    ),
    Command(
        "env rollback",
        "Give a script the distributions that it had before an update",
        "roost.cli.env_versions:rollback",
        (
            Option(("--list",), "show the earlier locks, and what going back to each would change"),
            Option(("--to",), "the number of one in that list; without: the one before the present one", "value", "N"),
            PYTHON,
            WITH,
            OFFLINE,
            DECLARED_ONLY,
            ALLOW,
            JSON,
            *SHOWING,
        ),
        (Positional("SCRIPT", "the script"),),
        about=("It stays with them until an update is asked for (`env update`, `run --upgrade`).",),
        examples=("roost env rollback --list chart.py", "roost env rollback chart.py"),
    ),
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
    Command(
        "trust",
        "Trust distributions for good, so that imports may bring them",
        "roost.cli.trust:trust",
        (JSON, *SHOWING),
        (Positional("NAME", "the distribution's name on the index", many=True),),
        about=(
            "What you declare yourself needs no trust.",
            "An inferred distribution that roost refused is allowed with this; `roost run --allow NAME FILE` allows it once.",
        ),
        examples=("roost trust some-name", "roost trust list"),
    ),
    Command("trust list", "List what you trust", "roost.cli.trust:listing", (JSON, *SHOWING)),
    Command(
        "trust rm",
        "Trust distributions no longer",
        "roost.cli.trust:revoke",
        (JSON, *SHOWING),
        (Positional("NAME", "the distribution's name", many=True),),
    ),
    Command(
        "trust explain",
        "Say whether a distribution would be installed for an import, and why",
        "roost.cli.trust:explain",
        (OFFLINE, JSON, *SHOWING),
        (Positional("NAME", "the distribution's name"),),
    ),
    Command(
        "index list",
        "List the indexes in the order in which they are asked, what is pinned to them, and where their credentials come from",
        "roost.cli.index:listing",
        (JSON, *SHOWING),
        (Positional("FILE", "a script, whose own indexes are listed as well", optional=True),),
        about=("Passwords and tokens are never shown.",),
    ),
    Command(
        "index login",
        "Keep user and password of an index, in the system's keyring or in a file that only you can read",
        "roost.cli.index:login",
        (
            Option(("--username",), "the user; without it the terminal is asked, a token needs none", "value", "NAME"),
            *SHOWING,
        ),
        (Positional("NAME", "the index, as it is called in the settings"),),
        about=(
            "The password is asked at the terminal, or read as one line of standard input; it is tried before it is kept.",
            "A login counts only for the host that it was made for.",
        ),
        examples=("roost index login team", 'printf %s "$TOKEN" | roost index login team --username ci'),
    ),
    Command(
        "index logout",
        "Forget the login of an index",
        "roost.cli.index:logout",
        SHOWING,
        (Positional("NAME", "the index"),),
    ),
    Command(
        "doctor",
        "Say what is missing on this machine, and what to do",
        "roost.cli.doctor:doctor",
        (OFFLINE, JSON, *SHOWING),
        about=("Exits with 69 when something without which nothing works is missing.",),
    ),
)
