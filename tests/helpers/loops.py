"""A loop under a schedule, for tests of it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from grader.runner.loops import CourseLoop, Schedule

FIFO = Schedule()


def run(
    main: Coroutine[Any, Any, Any],
    schedule: Schedule = FIFO,
    clock: str = "virtual",
    *,
    alone: bool = True,
) -> Any:
    """Run a coroutine in a loop of the course."""
    return run_in(CourseLoop(schedule, clock, alone=alone), main)


def run_in(loop: asyncio.AbstractEventLoop, main: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine, and close the loop; which loop is the current one stays as it is."""
    try:
        return loop.run_until_complete(main)
    finally:
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.close()
