"""The commands about what is trusted, where it comes from, and what the machine has."""

from __future__ import annotations

from .options import Command, Option, Positional
from .table import JSON, OFFLINE, SHOWING

CHOICES = (
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
