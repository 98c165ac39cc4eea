"""The exercise `operation-durations`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_operation_service import (
    AsyncOperationService,
)

operation_durations = Exercise(
    id="operation-durations",
    lesson=lesson_of(__name__),
    title="How long, and how long at most",
    points=7,
    subject=AsyncOperationService,
    contract=(
        "`execute_operation` works as long as `durations` says for the type. The result's "
        "`duration` is that time, in seconds, rounded to the millisecond.",
        "It succeeds when this `duration` is no longer than `limits` says for the type: at the "
        "limit exactly it succeeds, and after 2.0004 seconds (2.000, rounded) at a limit of 2. "
        "Otherwise `success` "
        "is False, and there is an `error`, in whatever words.",
        "The time that it has waited for its turn is in `queued`, and not in `duration`; no limit "
        "counts it.",
        "At most `slots` operations are at work at the same time, and an operation waits only "
        "while so many are, in whatever order they come. One that is cancelled gives its place "
        "back, or, while it waits, takes none.",
        "A type that `durations` or `limits` does not know is a result with `success` False, whose "
        "`error` names the type.",
    ),
    promises={
        1: {
            "works": "It works as long as its type says.",
            "measured": "The duration is what its work took.",
            "millisecond": "It is rounded to the millisecond.",
        },
        2: {
            "limit": "At the limit it succeeds.",
            "own-limit": "Each type has a limit of its own.",
            "rounded": "The rounded duration counts.",
            "error": "A failure has an error.",
        },
        3: {
            "work-alone": "The duration is that of the work alone.",
            "queued": "The wait is in `queued`.",
            "no-limit": "The wait counts for no limit.",
        },
        4: {
            "at-most": "No more are at work than there are places.",
            "all-places": "All places are used.",
            "given-back": "Cancelled at work, it gives its place back.",
            "none-given": "Cancelled while it waits, it has no place to give.",
        },
        5: {
            "unknown": "An unknown type is a result.",
            "named": "The error names the type.",
            "no-limit-known": "A type without a limit is unknown.",
        },
    },
    kinds="only the defaults, no work at all, too coarse, at the boundary, another limit, "
    "before it is rounded, an error that is lost, only when nobody waits, too many, too "
    "few, a place that is lost, a place too many, an exception in the place of a result, "
    "a type that is half known",
    hint="[pytest.param](https://docs.pytest.org/en/stable/how-to/parametrize.html) gives a row a "
    "name. A `duration` is rounded: compare it with `==`. A difference of two times of the loop is "
    "a float: compare it with `pytest.approx`. A "
    "wait may never end on a mutant: give it a deadline with `asyncio.timeout`.",
    worked="StopsShortOfTheLimit",
)
