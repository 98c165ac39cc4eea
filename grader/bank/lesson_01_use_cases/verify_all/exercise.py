"""The exercise `verify-all`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)

verify_all = Exercise(
    id="verify-all",
    lesson=lesson_of(__name__),
    title="One summary, nothing hidden",
    points=6,
    clock="real",
    subject=TrackFileOperationsUseCase,
    contract=(
        "Every tracked operation, creation or modification, counts once in `total` and once in "
        "exactly one of `verified`, `unverified` (the check found nothing) and `failed` "
        "(the check did not run), each time that somebody asks.",
        "`results` holds what `verify_operation` answers for each operation, "
        "in the order in which they were tracked. In which order the checks run is free.",
        "A check that fails is one failed result. The others are checked and counted all the same.",
        "`all_verified` is True when every operation is verified, "
        "and False when one is unverified or failed, whichever it is.",
        "Nothing tracked: every count is 0, `results` is an empty tuple, and `all_verified` is "
        "False.",
    ),
    promises={
        1: {
            "modifications": "Modifications count.",
            "each-operation": "Two operations on one path count twice.",
            "total": "A check that did not run counts in the total.",
            "one-count": "A failed check counts once.",
            "unverified": "A check that found nothing did not fail.",
            "anew": "The next summary counts from the beginning.",
        },
        2: {
            "order": "The results stand in the order of the tracking.",
            "every-result": "There is one for each operation.",
            "whole": "Each is the whole answer of its check.",
        },
        3: {"goes-on": "A failed check hides no other."},
        4: {
            "failed-spoils": "A failed check spoils it.",
            "unverified-spoils": "A check that found nothing spoils it.",
            "any-place": "It does in any place.",
        },
        5: {
            "nothing": "Nothing is counted as nothing.",
            "nothing-is-not-all": "Nothing is not all verified.",
        },
    },
    kinds="too little, twice, under the wrong count, only when paths are distinct, in an order "
    "that is tidier, only the first time, only the last one looked at, half an answer, "
    "nothing",
    hint="[Comparing tuples]"
    "(https://docs.python.org/3/reference/expressions.html#value-comparisons) lets one assertion "
    "hold all counts, and pytest [shows which of them differs]"
    "(https://docs.pytest.org/en/stable/how-to/assert.html). Which outcomes are there, "
    "and in which order would a careless loop stumble over them?",
    worked="StopsAtTheFirstFailure",
)
