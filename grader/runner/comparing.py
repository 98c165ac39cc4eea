"""What a failed comparison shows: both values, cut so that they differ where they differ.

pytest's own words shorten each value by itself, and two long values then look alike.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

WIDTH = 90
"""Characters of each value that are shown."""

BEFORE = 25
"""Characters that are shown before the first difference."""

DEEPEST = 60
"""Characters of the way to a part."""


def comparison(op: str, left: object, right: object) -> str:
    """`left op right` on one line; of long values that should be equal, the part that is not."""
    place = ""
    one, other = _text(left), _text(right)
    while op == "==" and max(len(one), len(other)) > WIDTH and len(place) < DEEPEST:
        step = _into(left, right)
        if step is None:
            break
        name, left, right = step
        place += name
        one, other = _text(left), _text(right)
    start = 0
    if op == "==" and max(len(one), len(other)) > WIDTH:
        pairs = enumerate(zip(one, other, strict=False))
        same = next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))
        start = max(0, same - BEFORE)
    where = f"in {place.lstrip('.')}, " if place else ""
    return f"{where}{_cut(one, start)} {op} {_cut(other, start)}"


def _into(left: Any, right: Any) -> tuple[str, Any, Any] | None:
    """The one part by which two values of a kind differ, and its name; None where to stop."""
    if type(left) is not type(right):
        return None
    parts: list[tuple[str, Any, Any]]
    try:
        if dataclasses.is_dataclass(left):
            names = [one.name for one in dataclasses.fields(left) if one.compare]
            parts = [(f".{name}", getattr(left, name), getattr(right, name)) for name in names]
        elif isinstance(left, Mapping) and left.keys() == right.keys():
            parts = [(f"[{key!r}]", left[key], right[key]) for key in left]
        elif isinstance(left, list | tuple) and len(left) == len(right) > 1:
            parts = [(f"[{n}]", a, b) for n, (a, b) in enumerate(zip(left, right, strict=True))]
        else:
            return None
        different = [part for part in parts if not (part[1] is part[2] or part[1] == part[2])]
    except Exception:  # a value of the learner's own may do anything
        return None
    return different[0] if different else None


def _text(value: object) -> str:
    try:
        return repr(value)[:100_000]
    except Exception as error:
        return f"<a {type(value).__name__} whose repr raises {type(error).__name__}>"


def _cut(text: str, start: int) -> str:
    if start + WIDTH >= len(text) and start == 0:
        return text
    before = "..." if start else ""
    after = "..." if start + WIDTH < len(text) else ""
    return f"{before}{text[start : start + WIDTH]}{after}"
