"""A lock's sources → wheels, before an installer sees them: what installs runs nothing of theirs then."""

from __future__ import annotations

import os

from roost.distributions.building.builder import builder
from roost.distributions.errors import Fault
from roost.distributions.indexes import Indexes
from roost.distributions.resolve import Means

TYPE_CHECKING = False
if TYPE_CHECKING:
    from roost.distributions import Lock

    from .installers import Site


def wheels(lock: Lock, site: Site) -> tuple[Lock, tuple[str, ...]]:
    """Give a lock in which every source is the wheel that was built of it, and the steps taken.

    Where the settings say that the engine builds, or where no sandbox works, a lock stays as it is.

    Raises:
        BuildFailed: a source cannot be built.
        RoostError: it cannot be had.
    """
    sources = [one for one in lock.artifacts if one.is_source]
    settings = site.settings.replace(offline=site.offline)
    means = Means(site.home, settings, site.report, dict(os.environ))
    found = builder(means, lock.indexes or Indexes())
    if found is None:
        return lock, ("built by the engine, outside of a sandbox",)
    try:
        built = {one.name: found.wheel(one, lock.interpreter, site.what)[1] for one in sources}
    except Fault as error:
        error.stage = "install"
        raise
    artifacts = tuple(built.get(one.name, one) for one in lock.artifacts)
    return lock.replace(artifacts=artifacts), (f"built in a sandbox ({found.tier.name}): {', '.join(sorted(built))}",)
