"""The commands about what is trusted, where it comes from, and what the machine has."""

from __future__ import annotations

from .options import Command, Option, Positional
from .table import JSON, OFFLINE, SHOWING

NAMES = Positional("NAME", "the distribution's name on the index", many=True)
TRUST = (
    "Trust distributions for good, so that imports may bring them",
    "roost.cli.trust:trust",
    (JSON, *SHOWING),
    (NAMES,),
)
REVOKE = ("Trust distributions no longer", "roost.cli.trust:revoke", (JSON, *SHOWING), (NAMES,))

CHOICES = (
    Command(
        "trust",
        *TRUST,
        about=(
            "What you declare yourself needs no trust.",
            "An inferred distribution that roost refused is allowed with this; `roost run --allow NAME FILE` allows it once.",
        ),
        examples=("roost trust some-name", "roost trust list"),
    ),
    Command("trust add", *TRUST, about=("The same as `roost trust`.",)),
    Command(
        "trust list",
        "List what you trust, and what was let in because its facts were good",
        "roost.cli.trust:listing",
        (JSON, *SHOWING),
    ),
    Command("trust rm", *REVOKE),
    Command("trust remove", *REVOKE, about=("The same as `roost trust rm`.",)),
    Command(
        "trust explain",
        "Say whether a distribution would be installed for an import, and why",
        "roost.cli.trust:explain",
        (OFFLINE, JSON, *SHOWING),
        (Positional("NAME", "the distribution's name"),),
        about=("Every fact is shown with where it comes from and of when it is, and what would change the answer.",),
        examples=("roost trust explain some-name", "roost trust explain --offline --json some-name"),
    ),
    Command(
        "trust export",
        "Write what you trust and what was let in, with versions and digests, for others to use",
        "roost.cli.trust:export",
        (JSON, *SHOWING),
        (Positional("FILE", "the file: `trust.lock.toml`"),),
        about=(
            "Whoever names the file in the setting `trust.files`, or in `ROOST_TRUST_FILES`, lets in the same.",
            "A file that merely lies beside a script is never read.",
        ),
        examples=("roost trust export trust.lock.toml",),
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
