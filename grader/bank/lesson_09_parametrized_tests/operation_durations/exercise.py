"""The exercise `operation-durations`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_operation_service import (
    AsyncOperationService,
)

operation_durations = Exercise(
    id="operation-durations",
    lesson=lesson_of(__name__),
    title="How long, and how long at most",
    points=5,
    subject=AsyncOperationService,
    contract=(
        "`execute_operation` works as long as `durations` says for the type. The result's "
        "`duration` is that time, in seconds, to the millisecond.",
        "It succeeds when its `duration` is no longer than `limits` says for the type: at the "
        "limit exactly it succeeds. Otherwise `success` is False, and `error` says why.",
        "The time that it has waited for its turn is in `queued`, and not in `duration`.",
        "At most `slots` operations are at work at the same time, in whatever order; one that is "
        "cancelled gives its place back.",
        "A type that `durations` does not know is a result with `success` False, whose `error` "
        "names the type.",
    ),
    hint="[pytest.param](https://docs.pytest.org/en/stable/how-to/parametrize.html) gives a row a "
    "name. Under the virtual clock a duration is exact: you may compare with `==`.",
    worked="StopsShortOfTheLimit",
)
