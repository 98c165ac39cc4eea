"""The exercise `shared-budget`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService

shared_budget = Exercise(
    id="shared-budget",
    lesson=lesson_of(__name__),
    title="One budget for all",
    points=8,
    subject=TimeoutAwareService,
    contract=(
        "`run_batch(works, budget)` awaits the works one after the other, in their order. All of "
        "them together have `budget` seconds, and the time of each counts, however it ends.",
        "A work that ends in time stands under its name in `succeeded` with its output, or in "
        "`failed` with the very exception it raised, a `TimeoutError` too. After either the next "
        "one begins.",
        "When the budget is spent, what has ended by then is kept.",
        "The work that is under way then is cancelled, and none begins after it. Their names stand "
        "in `cancelled`, in any order, and nowhere else, whatever the work makes of its "
        "cancellation.",
        "A budget of zero or less is spent before the first work begins. It is no error.",
        "Cancelled from outside, `run_batch` begins no further work, and raises `CancelledError`, "
        "whatever the work under way makes of its cancellation.",
    ),
    promises={
        1: {
            "order": "The works come in their order.",
            "one-by-one": "One work ends before the next one begins.",
            "together": "All share one budget.",
            "failures-count": "The time of a failure counts.",
        },
        2: {
            "own-timeout": "A `TimeoutError` of a work is a failure.",
            "same": "The very exception is kept.",
            "goes-on": "After a failure the next one begins.",
        },
        3: {
            "kept": "What has succeeded is kept.",
            "failures-kept": "What has failed is kept.",
        },
        4: {
            "bounded": "The work under way is cancelled.",
            "rest": "What has not begun is in the outcome.",
            "none-begins": "No work begins after the budget.",
            "late-answer": "A late answer is no success.",
            "late-error": "A late error is no failure.",
        },
        5: {
            "no-error": "A spent budget is no error.",
            "zero": "With a budget of zero no work begins.",
        },
        6: {
            "cancelled": "A cancellation comes out.",
            "swallowed": "Also when the work answers.",
        },
    },
    kinds="too much for each, only what succeeds, another order, all at once, too little is "
    "kept, something is forgotten, one type for another, an error that is lost or stops "
    "the rest, too late, an answer or an error that comes too late, a limit of zero, a "
    "swallowed cancellation",
    hint="[Event loop time](https://docs.python.org/3/library/asyncio-eventloop.html"
    "#asyncio.loop.time) says what a batch took. "
    "Vary how long each work takes, and how it ends.",
    worked="BudgetForEach",
)
