"""The exercise `error-propagation`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_service import AsyncService

error_propagation = Exercise(
    id="error-propagation",
    lesson=lesson_of(__name__),
    title="What comes out",
    points=6,
    subject=AsyncService,
    contract=(
        "When `work` raises an `OSError` of any kind, `run(operation, work)` raises "
        "`AsyncServiceError`, and nothing else.",
        "Its message contains the operation's name and the message of the `OSError`, or the name "
        "of its type where the message is empty.",
        "Its `__cause__` is the very `OSError` that `work` raised.",
        "Any other `Exception` is a bug, and that very exception comes out, also when its "
        "`__cause__` is an `OSError`. It has not failed the service: the next operation runs.",
        "A cancellation is neither an `OSError` nor a bug: it comes out of `run` as "
        "`CancelledError`, also when a cancelled `work` raises an `OSError` or answers instead. "
        "The next operation runs.",
    ),
    promises={
        1: {
            "raises": "An `OSError` comes out as an error.",
            "any-kind": "Every kind of it is translated.",
        },
        2: {
            "name": "The message contains the operation's name.",
            "message": "It contains the message of the `OSError`.",
            "no-message": "Where that is empty, it contains the type.",
        },
        3: {"cause": "The cause is the `OSError` that `work` raised."},
        4: {
            "bugs": "Every other exception comes out.",
            "same": "It is the very exception.",
            "bug-is-no-failure": "The next operation runs.",
        },
        5: {
            "cancelled": "A cancellation comes out.",
            "cancelled-error": "Also when the work makes an error of it.",
            "cancelled-answer": "Also when the work answers.",
            "cancelled-is-no-failure": "The next operation runs.",
        },
    },
    kinds="nothing comes out, only some types, too many types, the wrong error, an error that "
    "is lost, half of the message, only a message that is there, another cause, a new "
    "exception like the old one, only the first time, a cancellation that is swallowed or "
    "meets an error",
    hint="[Assertions about expected exceptions](https://docs.pytest.org/en/stable/how-to/"
    "assert.html#assertions-about-expected-exceptions) in pytest's documentation, and "
    "[the hierarchy of exceptions](https://docs.python.org/3/library/exceptions.html"
    "#exception-hierarchy) in Python's.",
    worked="AnswersNone",
)
