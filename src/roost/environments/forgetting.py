"""`gc` of remembered requests: what no script and no environment needs, and nobody asked for in a long time."""

from __future__ import annotations

from roost.distributions import forgetting

from . import manifest, pools, store
from .key import contents
from .references import references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from roost.home import Home


def forget_requests(home: Home, *, older_than: float, dry_run: bool = False, gone: Collection[str] = ()) -> int:
    """Drop requests, with their earlier locks, that nothing leads to any more; gives how many. Never fails.

    A script that is there needs the request of its last run, even while its environment is gone: going back to an
    earlier lock (decision 0019) holds as long as the script. An environment needs those of which it has everything,
    since an environment to which something was added stands for the one without.

    Args:
        older_than: seconds since somebody last asked.
        dry_run: only count what would go.
        gone: names of environments and conda prefixes that count as removed.
    """
    found = _of_conda(home, older_than, gone, dry_run=dry_run)
    needed = {one.request for one in references(home) if one.script.exists()}
    idle = [one for one in forgetting.idle(home, older_than=older_than) if one.digest not in needed]
    if not idle:
        return found  # manifests are long
    standing = [one for one in (*store.listing(home), *pools.listing(home)) if one.name not in gone]
    read = filter(None, (manifest.read(one.path) for one in standing))
    present = [set(contents(one.artifacts)) for one in read]
    for one in idle:
        wanted = set(contents(one.artifacts))
        if wanted and any(wanted <= there for there in present):
            continue
        found += 1
        if not dry_run:
            forgetting.forget(home, one)
    return found


def _of_conda(home: Home, older_than: float, gone: Collection[str], *, dry_run: bool) -> int:
    """Drop what was solved for prefixes that are gone; those go with the last environment that stands on them."""
    if not home.prefixes.is_dir():
        return 0
    from roost.distributions import conda

    standing = {one.key for one in conda.listing(home) if one.path.name not in gone}
    return conda.forget(home, standing=standing, older_than=older_than, dry_run=dry_run)
