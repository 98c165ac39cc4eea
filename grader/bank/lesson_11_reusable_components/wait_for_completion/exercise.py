"""The exercise `wait-for-completion`, and its contract."""

from typing import Any

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator

HELPER = "suite:wait_until"


wait_for_completion = Exercise(
    id="wait-for-completion",
    lesson=lesson_of(__name__),
    title="Wait until it is done",
    points=8,
    subject=TaskOrchestrator,
    contract=(
        "`await wait_until(look, done, timeout, interval)` calls `look()`, again and again, until "
        "`done(value)` is true for the value of a look. It returns this value. Any truthy answer "
        "of `done` is true, such as `1`.",
        "`look()` returns the value, or an awaitable of it: `look` may be a plain function, an "
        "`async def`, or a lambda that returns a coroutine. `done` is a plain function.",
        "The first look comes at once. Each further look begins `interval` seconds after the end "
        "of the one before it, or at the deadline if that is earlier. The deadline is `timeout` "
        "seconds after the call.",
        "A look under way at the deadline is not interrupted, and its value counts. A look that "
        "ends at the deadline, or after it, is the last one.",
        "When the last look is not done, `TimeoutError` comes at once. Its message contains the "
        "`repr` of the last value.",
        "What `look` or `done` raises comes out at once and unchanged, a `TimeoutError` too.",
        "Cancelled in a pause or in a look, it raises `CancelledError`, and looks no more. A look "
        "under way is cancelled, too, and has ended before `wait_until` raises. (Nothing is "
        "promised for a look that swallows its cancellation.)",
    ),
    promises={
        1: {
            "value": "The value that `done` has accepted is returned.",
            "truthy": "Any truthy answer of `done` is true.",
        },
        2: {
            "plain": "`look` may be a plain function.",
            "awaitable": "`look` may be any function that returns an awaitable.",
        },
        3: {
            "at-once": "The first look comes at once.",
            "interval": "The next look begins `interval` seconds after the end of the last one.",
            "last-look": "There is a look at the deadline.",
            "rest": "A pause ends at the deadline.",
        },
        4: {
            "under-way": "A look that is under way at the deadline is not interrupted.",
            "no-more": "A look that ends at the deadline, or after it, is the last one.",
        },
        5: {
            "raises": "When the last look is not done, `TimeoutError` comes.",
            "last-value": "The message contains the last value.",
        },
        6: {
            "look-error": "What `look` raises comes out.",
            "done-error": "What `done` raises comes out.",
        },
        7: {
            "cancelled": "Cancelled in a pause, it raises `CancelledError`.",
            "look-cancelled": "A look under way is cancelled.",
        },
    },
    kinds="too early, too late, too often, only some values, only some ways to look, the first "
    "in place of the last, an error that is lost, a cancellation that is turned into "
    "something else, one that meets a look",
    hint="[loop.time](https://docs.python.org/3/library/asyncio-eventloop.html"
    "#asyncio.loop.time) is the clock that `asyncio.sleep` counts on. "
    "[inspect.isawaitable](https://docs.python.org/3/library/inspect.html#inspect.isawaitable) "
    "looks at what was returned. In the tests, let `look` note when it is called.",
    worked="gives_up_early",
)


@wait_for_completion.reference_for_suite(replaces=HELPER)
async def reference(look: "Any", done: "Any", timeout: float, interval: float) -> "Any":
    """Looks, and sleeps for an interval, or for what is left of the time."""
    import asyncio  # the learner's module may lack it
    import inspect

    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if done(value):
            return value
        left = deadline - clock()
        if left <= 0:
            raise TimeoutError(f"not done after {timeout:g} s: the last value was {value!r}")
        await asyncio.sleep(min(interval, left))
