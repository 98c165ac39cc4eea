"""The exercise `error-propagation`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_service import AsyncService

error_propagation = Exercise(
    id="error-propagation",
    lesson=lesson_of(__name__),
    title="What comes out",
    points=4,
    subject=AsyncService,
    contract=(
        "When `work` raises an `OSError` of any kind, `run(operation, work)` raises "
        "`AsyncServiceError`.",
        "Its message holds the operation's name and the message of the `OSError`.",
        "Its `__cause__` is the very `OSError` that `work` raised.",
        "Any other `Exception` is a bug, and comes out as it is.",
        "A `CancelledError` is neither, and comes out as it is, too.",
    ),
    hint="[Assertions about expected exceptions](https://docs.pytest.org/en/stable/how-to/"
    "assert.html#assertions-about-expected-exceptions) in pytest's documentation, and "
    "[the hierarchy of exceptions](https://docs.python.org/3/library/exceptions.html"
    "#exception-hierarchy) in Python's.",
    worked="AnswersNone",
)
