"""The exercise `bounded-cleanup`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService

bounded_cleanup = Exercise(
    id="bounded-cleanup",
    lesson=lesson_of(__name__),
    title="A cleanup with a deadline",
    points=5,
    subject=TimeoutAwareService,
    contract=(
        "`run_with_cleanup(work, cleanup, timeout)` cancels work that misses its deadline, lets it "
        "end, then awaits `cleanup()`. Without a missed deadline it does not.",
        "The cleanup has 2 seconds of its own, from its beginning.",
        "A cleanup that takes longer is cancelled then, and awaited to its end.",
        "Then the work's `DeadlineExceededError` comes out. "
        "Its `cleanup_abandoned` says whether the cleanup was cancelled for its time.",
        "An error that the cleanup raises in time does not replace it: "
        "its message is part of a note on it (`__notes__`).",
        "Cancelled from outside during the cleanup, `run_with_cleanup` cancels it, "
        "waits for its end, and raises `CancelledError`.",
    ),
    hint="[Task cancellation](https://docs.python.org/3/library/asyncio-task.html"
    "#task-cancellation) and [BaseException.add_note]"
    "(https://docs.python.org/3/library/exceptions.html#BaseException.add_note). "
    "A cleanup of your own takes as long as you like, and notes how it ends.",
    worked="CleansUpAlways",
)
