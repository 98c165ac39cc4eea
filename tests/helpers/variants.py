"""Variants of one function, and what their sources make."""

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager
from textwrap import dedent
from types import CodeType
from typing import Any

from grader.exercise import Variant
from grader.sources import Target

SEEDS = range(20)
HERE = Target("module", "", "f")


def codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all that it holds."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def variants(*sources: str, target: Target = HERE) -> list[Variant]:
    """The first is the reference."""
    return [
        Variant("alternative" if number else "reference", str(number), "", {target: dedent(source)})
        for number, source in enumerate(sources)
    ]


def made(source: str, **known: Any) -> Any:
    """The function `f` that a source defines."""
    names: dict[str, Any] = {
        "asyncio": asyncio,
        "asynccontextmanager": asynccontextmanager,
        **known,
    }
    exec(source, names)
    return names["f"]
