"""The exercise `retry`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_service import AsyncService

retry = Exercise(
    id="retry",
    lesson=lesson_of(__name__),
    title="When to try again",
    points=5,
    subject=AsyncService,
    contract=(
        "`run_with_retry(operation, work, attempts, delay)` awaits `work()` again after a "
        "transient error, `ConnectionError` or `TimeoutError`, until it answers; "
        "`attempts` times in all, and no more.",
        "After any other exception it never tries again: an `OSError` becomes "
        "`AsyncServiceError` at once.",
        "Between two attempts it waits `delay` seconds; before the first and after the last it "
        "does not wait.",
        "When every attempt fails, it raises `AsyncServiceError`, and the `__cause__` is the error "
        "of the last attempt.",
        "Cancelled, between two attempts or in one that lets its `CancelledError` out, it raises "
        "`CancelledError` and makes no further attempt.",
        "A transient error that it got over has not failed the service: other operations run, "
        "also between two attempts.",
    ),
    hint="An [AsyncMock](https://docs.python.org/3/library/unittest.mock.html"
    "#unittest.mock.AsyncMock) whose `side_effect` is a list raises or answers with one entry a "
    "call. The loop's own [time](https://docs.python.org/3/library/asyncio-eventloop.html"
    "#asyncio.loop.time) is the clock to read.",
    worked="OneMore",
)
