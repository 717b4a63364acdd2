"""The commands about environments."""

from __future__ import annotations

from .options import Command, Option, Positional
from .table import ALLOW, DECLARED_ONLY, ENVIRONMENT, HELP, JSON, OFFLINE, PYTHON, QUIET, SHOWING, VERBOSE, WITH

ENVIRONMENTS = (
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
        "roost.cli.env_update:update",
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
        "roost.cli.env_outdated:outdated",
        (JSON, *SHOWING),
        (Positional("SCRIPT|ENVIRONMENT", ENVIRONMENT.help, many=True, optional=True),),
        about=("`roost env update` takes what fits.",),
        examples=("roost env outdated chart.py",),
    ),
    Command(
        "env rollback",
        "Give a script the distributions that it had before an update",
        "roost.cli.env_rollback:rollback",
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
)
