"""JSON as values of declared types, exactly: a bool is no int, a text no list."""

import math
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin

from cattrs import Converter, transform_error
from cattrs.gen import make_dict_structure_fn
from cattrs.v import format_exception


class Missing(ValueError):
    """A value lacks the key of a field, which may have a default."""


def converter(*, forbid_extra_keys: bool, detailed_validation: bool) -> Converter:
    """A converter of cattrs that takes nothing for something else, and adds nothing.

    Without detailed validation it is faster, and does not say where a value is wrong.
    """
    made = Converter(detailed_validation=detailed_validation)
    for kind in (int, str, bool):
        made.register_structure_hook(kind, _exactly)
    made.register_structure_hook(float, _number)

    def tuples(kind: Any) -> Any:
        elements: Any = list.__class_getitem__(get_args(kind)[0])
        structure = made.get_structure_hook(elements)

        def every(value: object, _: object) -> tuple[Any, ...]:
            if not isinstance(value, list):
                raise TypeError("not a list")
            return tuple(structure(value, elements))

        return every

    def dataclasses(kind: Any) -> Any:
        names = [one.name for one in fields(kind)]
        structure = make_dict_structure_fn(kind, made, _cattrs_forbid_extra_keys=forbid_extra_keys)

        def every(value: Any, _: object) -> Any:
            if not isinstance(value, dict):
                raise TypeError("not an object")
            for name in names:
                if name not in value:
                    raise Missing(f"{name} is missing")
            return structure(value, kind)

        return every

    made.register_structure_hook_factory(_is_tuple, tuples)
    made.register_structure_hook_factory(is_dataclass, dataclasses)
    return made


def first_problem(error: Exception, place: str) -> str:
    """Where a value was wrong, and how: `PLACE.field[0]: what`."""

    def told(one: BaseException, kind: type[Any] | None) -> str:
        return str(one) if isinstance(one, Missing) else format_exception(one, kind)

    what, _, where = transform_error(error, place, told)[0].rpartition(" @ ")
    return f"{where}: {what}"


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
