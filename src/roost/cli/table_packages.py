"""The commands about packages."""

from __future__ import annotations

from .options import Command, Option, Positional
from .table import JSON, SHOWING

TRUSTED = Option(("--trusted",), "its requirements may be options and addresses as well")
PACKAGE = Positional("FILE", "a package (`.apkg`), a wheel, a zip or tar archive")

PACKAGES = (
    Command(
        "package verify",
        "Say what is in a package or archive, or why it is refused; nothing is unpacked",
        "roost.cli.packages:verify",
        (TRUSTED, JSON, *SHOWING),
        (PACKAGE,),
        about=(
            "Every byte is read and counted. Of a package, the manifest and the requirements are looked at as well.",
        ),
        examples=("roost package verify weather-bot-1.0.0.apkg",),
    ),
    Command(
        "package unpack",
        "Unpack a package or archive that is not refused into a new folder",
        "roost.cli.packages:unpack",
        (TRUSTED, JSON, *SHOWING),
        (PACKAGE, Positional("FOLDER", "a folder that is not there yet, or empty")),
        examples=("roost package unpack weather-bot-1.0.0.apkg weather-bot",),
    ),
)
