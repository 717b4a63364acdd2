"""What goes from one machine to another: archives, lists of requirements in other forms, a cache that several share."""

from __future__ import annotations

from posixpath import isdir

from roost import lazily

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Options, Plan
    from roost.environments.installers import Installer
    from roost.home import Home
    from roost.reporting import Reporter
    from roost.settings import Settings

    from .exporting import Subject, export, of_environment
    from .importing import Imported, build, into
    from .packing import Archived, pack
    from .pulling import pull
    from .pushing import Pushed, push
    from .reading import form_of, of_script
    from .unpacking import unpack

__getattr__ = lazily.loading(__name__, {
    "Archived": "packing", "Imported": "importing", "Subject": "exporting", "build": "importing", "export": "exporting",
    "form_of": "reading", "into": "importing", "of_environment": "exporting", "of_script": "reading", "pack": "packing",
    "Pushed": "pushing", "pull": "pulling", "push": "pushing", "unpack": "unpacking",
})  # fmt: skip

__all__ = [
    "Archived",
    "Imported",
    "Pushed",
    "Subject",
    "build",
    "export",
    "form_of",
    "installers",
    "into",
    "of_environment",
    "of_script",
    "pack",
    "prime",
    "pull",
    "push",
    "unpack",
]


def prime(plan: Plan, *, home: Home, settings: Settings, options: Options, report: Reporter) -> None:
    """Before a plan is locked: remember what came from elsewhere, or what a remote cache has, if that answers it."""
    if isdir(home.arrivals):
        from .arrivals import recognise

        recognise(plan, home=home, settings=settings, options=options, report=report)
    if settings.remote_url and not (options.offline or settings.offline):
        from . import pulling

        pulling.recognise(plan, home=home, settings=settings, options=options, report=report)


def installers(settings: Settings) -> tuple[Installer, ...]:
    """Give who may install for runs and checks: () the usual ones, unless a remote cache is to be looked into first."""
    if not settings.remote_url:
        return ()
    from roost.environments.installers import Pip

    from .pulling import RemoteFirst

    return RemoteFirst(), Pip()
