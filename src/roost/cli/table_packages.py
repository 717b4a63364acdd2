"""The commands about packages."""

from __future__ import annotations

from .options import Command, Option, Positional
from .table import JSON, SHOWING

TRUSTED = Option(("--trusted",), "its requirements may be options and addresses as well")
LIMITS = (
    Option(("--max-size",), "what it may unpack to; 1G for a package, 256M for another archive if not said", "value", "SIZE"),
    Option(("--max-entries",), "files and folders that it may have; 20000 or 10000 if not said", "value", "N"),
    Option(("--max-ratio",), "how many times its packed size it may unpack to; 200 if not said", "value", "N"),
    Option(("--max-packed",), "how large it may be itself; 100M for a package if not said", "value", "SIZE"),
)  # fmt: skip
PACKAGE = Positional("FILE", "a package (`.apkg`), a wheel, a zip or tar archive")

ALL = "A limit that is `all` does not hold: for what you trust."

PACKAGES = (
    Command(
        "package verify",
        "Say what is in a package or archive, or why it is refused; nothing is unpacked",
        "roost.cli.packages:verify",
        (TRUSTED, *LIMITS, JSON, *SHOWING),
        (PACKAGE,),
        about=(
            "Every byte is read and counted. Of a package, the manifest and the requirements are looked at as well.",
            ALL,
        ),
        examples=("roost package verify weather-bot-1.0.0.apkg", "roost package verify --max-size 4G torch-2.9.0.whl"),
    ),
    Command(
        "package unpack",
        "Unpack a package or archive that is not refused into a new folder",
        "roost.cli.packages:unpack",
        (TRUSTED, *LIMITS, JSON, *SHOWING),
        (PACKAGE, Positional("FOLDER", "a folder that is not there yet, or empty")),
        about=(ALL,),
        examples=("roost package unpack weather-bot-1.0.0.apkg weather-bot",),
    ),
)
