"""The exercise `bounded-cleanup`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService

bounded_cleanup = Exercise(
    id="bounded-cleanup",
    lesson=lesson_of(__name__),
    title="A cleanup with a deadline",
    points=8,
    subject=TimeoutAwareService,
    contract=(
        "`run_with_cleanup(work, cleanup, timeout)` cancels work that misses its deadline, lets it "
        "end, then awaits `cleanup()` once. Without a missed deadline it does not, whatever the "
        "work answers or raises.",
        "The cleanup has `cleanup_timeout` seconds of its own, 2 unless you say otherwise, from "
        "its beginning.",
        "A cleanup that takes longer is cancelled then, and awaited to its end.",
        "Then the work's `DeadlineExceededError` comes out. Its `cleanup_abandoned` is True when "
        "the cleanup was cancelled for its time, whatever it made of that, and else False.",
        "An `Exception` that the cleanup raises in time does not replace it: "
        "its message is part of a note on it (`__notes__`).",
        "Cancelled from outside, `run_with_cleanup` cancels what is under way, waits for its end, "
        "and raises `CancelledError`, whatever the cleanup makes of it. When that "
        "comes before the deadline, `cleanup` is not called.",
    ),
    promises={
        1: {
            "only-late": "Without a missed deadline there is no cleanup.",
            "own-timeout": "A `TimeoutError` of the work is no missed deadline.",
            "after-work": "The cleanup begins when the work has ended.",
            "once": "It is awaited once.",
        },
        2: {
            "own-time": "The deadline of the work does not count for the cleanup.",
            "beginning": "Its seconds count from its beginning.",
            "asked-for": "It has as many as the caller says.",
        },
        3: {
            "bounded": "A cleanup that takes longer is cancelled.",
            "ends": "It has ended when the error comes.",
        },
        4: {
            "abandoned": "An abandoned cleanup is reported.",
            "swallowed": "Also one that swallowed its cancellation.",
            "in-time": "One that ended in time is not.",
        },
        5: {
            "missed": "The missed deadline comes out.",
            "note": "The message of the error is on it.",
        },
        6: {
            "cancelled": "A cancellation comes out.",
            "cleanup-ends": "The cleanup has ended then.",
            "answered": "Also when the cleanup ends as if nothing were.",
            "no-cleanup": "Cancelled work is not cleaned up.",
        },
    },
    kinds="too often, twice, too early, too little time, too much, only the example in the "
    "text, work that is left running, a report that is missing or wrong, an error that is "
    "lost, that replaces another, a cancellation that is swallowed or leads to a cleanup",
    hint="[Task cancellation](https://docs.python.org/3/library/asyncio-task.html"
    "#task-cancellation) and [BaseException.add_note]"
    "(https://docs.python.org/3/library/exceptions.html#BaseException.add_note). "
    "A cleanup of your own takes as long as you like, and notes how it ends.",
    worked="CleansUpAlways",
)
