"""Values are frozen, compared by content, and as strict about their fields as dataclasses are."""

from __future__ import annotations

import copy
import pickle

import pytest

from roost.values import Value, fields


class Point(Value):
    """A place."""

    x: int
    y: int = 0  # up

    @property
    def sum(self) -> int:
        return self.x + self.y


class Named(Point):
    """A place with a name."""

    name: str = "here"


def test_fields_are_given_by_position_or_name_and_have_defaults():
    assert (Point(1).y, Point(1, 2).sum, Point(y=3, x=1).sum) == (0, 3, 4)
    assert Named(1, name="there") == Named(1, 0, "there")
    assert fields(Named) == ("x", "y", "name")


@pytest.mark.parametrize("arguments", [((), {}), ((1, 2, 3), {}), ((1,), {"z": 2}), ((1,), {"x": 2})])
def test_wrong_fields_are_refused(arguments):
    with pytest.raises(TypeError):
        Point(*arguments[0], **arguments[1])


def test_nothing_can_be_changed_or_added():
    point = Point(1)
    with pytest.raises(AttributeError):
        point.x = 2
    with pytest.raises(AttributeError):
        point.z = 2
    with pytest.raises(AttributeError):
        del point.x


def test_equal_means_same_class_and_content():
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 0) != Named(1)
    assert {Point(1): "a"}[Point(1)] == "a"
    assert Point(1) != (1, 0)


def test_copies_pickles_and_changes():
    point = Named(1, 2, "x")
    assert copy.deepcopy(point) == pickle.loads(pickle.dumps(point)) == point
    assert point.replace(y=5) == Named(1, 5, "x")
    assert repr(point) == "Named(x=1, y=2, name='x')"


def test_values_match_by_position():
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
