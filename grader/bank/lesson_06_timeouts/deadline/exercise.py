"""The exercise `deadline`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService

deadline = Exercise(
    id="deadline",
    lesson=lesson_of(__name__),
    title="At the deadline",
    points=7,
    subject=TimeoutAwareService,
    contract=(
        "`run(work, timeout)` awaits `work()`. When that ends before the deadline, `run` returns "
        "its answer.",
        "The deadline is `timeout` seconds after this very call; 0 seconds are a deadline, too. "
        "Then the work is cancelled. As soon as it has ended, clean-up included, `run` raises "
        "`DeadlineExceededError`, which is a `TimeoutError`.",
        "It does so whatever the work makes of its cancellation: "
        "an answer or an error that comes after the deadline is too late.",
        "What the work raises before the deadline comes out, the very exception, a `TimeoutError` "
        "too.",
        "`busy` is the number of calls that have not ended. It falls however a call ends.",
        "Cancelled from outside, `run` cancels the work, waits for its end, and raises "
        "`CancelledError`: at any moment, also while late work cleans up, and whatever the work "
        "makes of its cancellation.",
    ),
    promises={
        1: {"in-time": "Work that ends in time is answered."},
        2: {
            "deadline": "The deadline is `timeout` seconds after the call.",
            "ended": "The work has ended when the error comes.",
            "type": "The error is a `DeadlineExceededError`.",
        },
        3: {
            "late-answer": "A late answer does not come out.",
            "late-error": "A late error does not come out.",
        },
        4: {
            "own-timeout": "A `TimeoutError` of the work is no deadline.",
            "same": "The very exception comes out.",
        },
        5: {
            "counts": "All calls under way are counted.",
            "falls": "A call that fails is counted no more.",
            "falls-cancelled": "Nor is one that was cancelled.",
        },
        6: {
            "cancelled": "A cancellation comes out.",
            "work-ends": "The work is cancelled and has ended.",
            "swallowed": "Also when the work answers.",
            "turned": "Also when the work raises an error.",
            "while-late": "Also after the deadline.",
        },
    },
    kinds="too early, too late, only in this call, the wrong error, an error that is lost, an "
    "answer that comes too late, one type for another, one call only, only after a good "
    "end, work that goes on, a cancellation that is swallowed, turned into an error, or "
    "meets the deadline",
    hint="[Timeouts](https://docs.python.org/3/library/asyncio-task.html#timeouts), "
    "[pytest.raises](https://docs.pytest.org/en/stable/how-to/assert.html) and its `value`. "
    "Let your work note how it ends, and read the loop's time where that matters.",
    worked="Milliseconds",
)
