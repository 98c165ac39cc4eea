"""The exercise `verify-all`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)

verify_all = Exercise(
    id="verify-all",
    lesson=lesson_of(__name__),
    title="One summary, nothing hidden",
    points=5,
    clock="real",
    subject=TrackFileOperationsUseCase,
    contract=(
        "Every tracked operation, creation or modification, counts once in `total` and once in "
        "exactly one of `verified`, `unverified` (the check found nothing) and `failed` "
        "(the check did not run).",
        "`results` holds what `verify_operation` answers for each operation, "
        "in the order in which they were tracked.",
        "A check that fails is one failed result. The others are checked and counted all the same.",
        "`all_verified` is True when every operation is verified, "
        "and False when one is unverified or failed.",
        "Nothing tracked: every count is 0, `results` is an empty tuple, and `all_verified` is "
        "False.",
    ),
    hint="[Comparing tuples]"
    "(https://docs.python.org/3/reference/expressions.html#value-comparisons) lets one assertion "
    "hold all counts, and pytest [shows which of them differs]"
    "(https://docs.pytest.org/en/stable/how-to/assert.html). Which outcomes are there, "
    "and in which order would a careless loop stumble over them?",
    worked="StopsAtTheFirstFailure",
)
