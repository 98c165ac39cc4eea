"""The exercise `deadline`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService

deadline = Exercise(
    id="deadline",
    lesson=lesson_of(__name__),
    title="At the deadline",
    points=5,
    subject=TimeoutAwareService,
    contract=(
        "`run(work, timeout)` awaits `work()`. When that ends before the deadline, `timeout` "
        "seconds after the call, `run` returns its answer.",
        "At the deadline the work is cancelled. As soon as it has ended, clean-up included, `run` "
        "raises `DeadlineExceededError`, which is a `TimeoutError`.",
        "It does so whatever the work makes of its cancellation: "
        "an answer or an error that comes after the deadline is too late.",
        "What the work raises before the deadline comes out as it is, a `TimeoutError` too.",
        "`busy` is the number of calls that have not ended. It falls however a call ends.",
        "Cancelled from outside, `run` cancels the work, waits for its end, "
        "and raises `CancelledError`.",
    ),
    hint="[Timeouts](https://docs.python.org/3/library/asyncio-task.html#timeouts), "
    "[pytest.raises](https://docs.pytest.org/en/stable/how-to/assert.html) and its `value`. "
    "Let your work note how it ends, and read the loop's time where that matters.",
    worked="Milliseconds",
)
