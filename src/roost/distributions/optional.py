"""Requirements that a script copes without: left out when they cannot be had, never a reason to fail."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from roost.errors import RoostError

    from .requests import Request
    from .values import Plan


def smaller(plan: Plan, request: Request, fault: RoostError) -> Iterator[tuple[tuple[str, ...], Request]]:
    """Give the request without the optional requirements that a fault is about, then without any of them.

    With each comes what it leaves out, as it was asked for. Nothing is given when nothing is optional.
    """
    needed = {one.text for one in plan.requirements if not one.optional}
    free = {one.text: one.name for one in plan.requirements if one.optional and one.text not in needed}
    for texts in dict.fromkeys((_named(free, fault), frozenset(free))):
        if texts:
            yield tuple(text for text in free if text in texts), _without(plan, request, texts)


def lesser(plan: Plan, fault: RoostError) -> tuple[tuple[str, ...], Plan] | None:
    """Give the plan without the optional requirements that a fault is about, or without any, and what it leaves out.

    None: nothing in it is optional.
    """
    free = {one.text: one.name for one in plan.requirements if one.optional}
    texts = _named(free, fault) or free.keys()
    if not texts:
        return None
    gone = tuple(text for text in free if text in texts)
    return gone, plan.replace(requirements=tuple(one for one in plan.requirements if one.text not in gone))


def _named(free: Mapping[str, str], fault: RoostError) -> frozenset[str]:
    """Give those of the requirements (text → name) that a fault names."""
    said = " ".join((fault.what, *fault.why)).lower()
    return frozenset(text for text, name in free.items() if re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", said))


def _without(plan: Plan, request: Request, texts: frozenset[str]) -> Request:
    kept = {one.name for one in plan.requirements if one.text not in texts}
    gone = {one.name for one in plan.requirements if one.text in texts} - kept
    return request.replace(
        requirements=tuple(text for text in request.requirements if text not in texts),
        wheels_only=tuple(name for name in request.wheels_only if name not in gone),
        roots=tuple(name for name in request.roots if name not in gone),
    )
