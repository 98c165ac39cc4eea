"""Pictures of time: what ran when, drawn from a real run under virtual time.

async def work(name):
    with timeline.span(name):
        await asyncio.sleep(2)

timeline.draw({"alone": timeline.run(work("a"))}, title="One task")
"""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from grader.pages.render import templates
from grader.runner.database import without_thread
from grader.runner.loops import CourseLoop, Schedule

LEFT = "left running"
LONGEST = 24 * 3600.0
"""Virtual seconds after which `run` gives up: nothing is left that could wake the tasks."""


@dataclass(frozen=True)
class Span:
    """One stretch of work, in seconds since the run began. `ending`: how, if not in the end."""

    name: str
    start: float
    end: float
    ending: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.start:g} s to {self.end:g} s {self.ending}".rstrip()


_spans: ContextVar[list[Span]] = ContextVar("spans")


@contextmanager
def span(name: str) -> Iterator[None]:
    """Record when the block begins, when it ends, and how. It belongs into what `run` runs."""
    spans = _spans.get(None)
    if spans is None:
        raise RuntimeError("timeline.span records only what timeline.run(coroutine) runs.")
    clock, place, ending = asyncio.get_running_loop().time, len(spans), "failed"
    begun = Span(name, clock(), clock(), LEFT)
    spans.append(begun)  # so the rows stand in the order in which they began
    try:
        yield
        ending = ""
    except asyncio.CancelledError:
        ending = "cancelled"
        raise
    finally:
        spans[place] = replace(begun, end=clock(), ending=ending)


def run(coroutine: Coroutine[Any, Any, object]) -> list[Span]:
    """The spans of a coroutine, run on a fresh loop under virtual time.

    What it raises comes out. `TimeoutError`: the run would never have ended.
    """
    loop = CourseLoop(Schedule(), "virtual", alone=False)

    async def timed() -> list[Span]:
        spans: list[Span] = []
        _spans.set(spans)
        start = loop.time()
        async with asyncio.timeout(LONGEST):
            await coroutine
        now = [replace(s, end=loop.time()) if s.ending == LEFT else s for s in spans]
        return [replace(s, start=s.start - start, end=s.end - start) for s in now]

    def in_thread() -> list[Span]:
        take_back = without_thread()
        try:
            with asyncio.Runner(loop_factory=lambda: loop) as runner:
                return runner.run(timed())
        finally:
            take_back()

    with ThreadPoolExecutor(1) as executor:  # a notebook's own thread has a running loop already
        return executor.submit(in_thread).result()


@dataclass(frozen=True)
class Drawing:
    """Runs below each other on one axis of time. A notebook shows it, a terminal prints it."""

    title: str
    runs: Mapping[str, list[Span]]

    def __repr__(self) -> str:
        lines = [self.title]
        for name, spans in self.runs.items():
            lines += [f"  {name}", *(f"    {span}" for span in spans)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The picture; its `desc` says in words what it shows."""
        spans = [span for spans in self.runs.values() for span in spans]
        seconds = max([1, *(ceil(span.end) for span in spans)])
        return (
            templates()
            .get_template("timeline.html")
            .render(
                drawing=self,
                seconds=seconds,
                ticks=range(0, seconds + 1, ceil(seconds / 9)),
                height=22 + 30 * len(self.runs) + 24 * len(spans) + 24,
            )
        )


def draw(runs: Mapping[str, list[Span]], *, title: str) -> Drawing:
    """Draw some runs, each under its name, to compare them. `title` says what the picture shows."""
    return Drawing(title, dict(runs))
