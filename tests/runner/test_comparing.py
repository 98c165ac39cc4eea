"""Two values that differ are shown so that they differ."""

from dataclasses import dataclass, field

import pytest

from grader.runner.comparing import WIDTH, comparison


@dataclass
class Task:
    id: str
    title: str
    outputs: dict[str, str] = field(default_factory=dict)


class Rude:
    def __eq__(self, other: object) -> bool:
        raise ValueError

    def __repr__(self) -> str:
        raise ValueError


LONG = "x" * 200


@pytest.mark.parametrize(
    ("op", "left", "right", "said"),
    [
        ("==", 1, 2, "1 == 2"),
        ("==", [1, 3, 2], [1, 2, 3], "[1, 3, 2] == [1, 2, 3]"),
        ("is", True, None, "True is None"),
        ("in", "a", ["b"], "'a' in ['b']"),
        ("==", {"a": 1}, {"a": 1, "b": 2}, "{'a': 1} == {'a': 1, 'b': 2}"),
        (
            "==",
            Task("a", LONG, {"one": "1", "two": "2"}),
            Task("a", LONG, {"one": "1"}),
            "in outputs, {'one': '1', 'two': '2'} == {'one': '1'}",
        ),
        ("==", [LONG, Task("a", "t")], [LONG, Task("a", "u")], None),
        ("==", {"a": LONG, "b": [1, 2]}, {"a": LONG, "b": [1, 3]}, "in ['b'], [1, 2] == [1, 3]"),
        ("==", Rude(), 1, "<a Rude whose repr raises ValueError> == 1"),
    ],
)
def test_comparison(op: str, left: object, right: object, said: str | None) -> None:
    """Whole where they are short; of long ones the part that differs, and where it is."""
    found = comparison(op, left, right)
    assert said is None or found == said
    one, _, other = found.partition(f" {op} ")
    assert one != other


def test_long_texts_are_cut_where_they_differ() -> None:
    """The first difference stands in what is shown."""
    found = comparison("==", LONG + "a" + LONG, LONG + "b" + LONG)
    one, _, other = found.partition(" == ")
    assert ("a" in one, "b" in other) == (True, True)
    assert len(found) < 3 * WIDTH
