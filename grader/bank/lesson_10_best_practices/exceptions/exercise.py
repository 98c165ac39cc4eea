"""The exercise `exceptions`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_service import AsyncService

exceptions = Exercise(
    id="exceptions",
    lesson=lesson_of(__name__),
    title="An error that is looked at",
    points=5,
    subject=AsyncService,
    contract=(
        "When the work of a new `AsyncService` raises an `OSError`, `run` raises "
        "`AsyncServiceError`. So it does for `ConnectionError` and `TimeoutError`, which are kinds "
        "of `OSError`.",
        "The message of the `AsyncServiceError` holds the name of the operation and the message "
        "of the `OSError` (its `str`, also of one with a number); their order and the words "
        "around them are free.",
        "The `__cause__` of the `AsyncServiceError` is the very error that the work raised, also "
        "where that has a cause of its own.",
        "Every other exception comes out as it is: a programming error such as `TypeError`, and a "
        "cancellation.",
        "What the work answers, `run` answers.",
    ),
    promises={
        1: {
            "translated": "An `OSError` comes out as `AsyncServiceError`.",
            "kinds": "So does one of its kinds.",
        },
        2: {"operation": "The message names the operation.", "reason": "It holds the reason."},
        3: {"cause": "The cause is the very error."},
        4: {
            "programming": "A programming error comes out as it is.",
            "cancellation": "So does a cancellation.",
        },
        5: {"answer": "The answer comes back."},
    },
    kinds="an error that is lost, only some types, too many types, without a reason, without "
    "its cause, the wrong cause, a cancellation that is swallowed, the wrong answer",
    hint="[pytest.raises](https://docs.pytest.org/en/stable/how-to/assert.html"
    "#assertions-about-expected-exceptions) hands out the exception it caught, as `.value` of "
    "what stands behind `as`.",
    worked="SwallowsTheError",
)
