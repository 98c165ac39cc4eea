"""JSON as values of declared types, exactly: a bool is no int, a text no list, 1.0 no 1."""

import math
from typing import Any, get_args, get_origin

from cattrs import Converter


def converter(*, forbid_extra_keys: bool, detailed_validation: bool) -> Converter:
    """A converter of cattrs that takes nothing for something else.

    Without detailed validation it is faster, and does not say where a value is wrong.
    """
    made = Converter(forbid_extra_keys=forbid_extra_keys, detailed_validation=detailed_validation)
    for kind in (int, str, bool):
        made.register_structure_hook(kind, _exactly)
    made.register_structure_hook(float, _number)

    def tuples(kind: Any) -> Any:
        (element, _) = get_args(kind)
        structure = made.get_structure_hook(element)

        def every(value: object, _: object) -> tuple[Any, ...]:
            if not isinstance(value, list):
                raise TypeError("not a list")
            return tuple([structure(one, element) for one in value])

        return every

    made.register_structure_hook_factory(_is_tuple, tuples)
    return made


def _is_tuple(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _exactly(value: object, kind: type) -> Any:
    if type(value) is not kind:
        raise TypeError(f"not {kind.__name__}")
    return value


def _number(value: object, _: object) -> float:
    """A whole number will do, too; infinity and what is no number will not."""
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise TypeError("not a number")
