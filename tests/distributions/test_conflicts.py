"""The search for what goes together ends."""

from __future__ import annotations

import os

from roost import scripts
from roost.distributions import conflicts, faults
from roost.distributions.lock import request as asked
from roost.distributions.resolve import Means
from roost.reporting import Silent
from roost.scripts import pythons
from roost.settings import Settings


def test_the_search_is_bounded_in_questions_and_in_seconds(planned, place, index, monkeypatch):
    index.add("soup", "1.0")
    index.add("soup", "2.0")
    own = pythons.own()
    source = "# /// script\n# dependencies = ['soup==5', 'stock==3', 'spoon==7']\n# ///\n"
    plan = planned(source).replace(python=scripts.Choice(own, own.short, ""))
    settings = Settings(index_url=f"{index.url}simple/")
    request = asked(plan, own, settings)
    means = Means(place, settings, Silent(), dict(os.environ))
    fault = faults.Conflict("it", why=("soup and stock and spoon",))
    monkeypatch.setattr(conflicts, "ATTEMPTS", 2)
    found = conflicts.explain(plan, fault, request, means, offline=False)
    assert (found.attempts, found.suggestions) == (2, ())
    assert [one.text for one in found.sides] == ["soup==5", "stock==3", "spoon==7"]
    monkeypatch.setattr(conflicts, "SECONDS", 0.5)
    assert conflicts.explain(plan, fault, request, means, offline=False).attempts == 0
