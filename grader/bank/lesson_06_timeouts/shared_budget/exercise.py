"""The exercise `shared-budget`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.timeout_aware_service import TimeoutAwareService

shared_budget = Exercise(
    id="shared-budget",
    lesson=lesson_of(__name__),
    title="One budget for all",
    points=5,
    subject=TimeoutAwareService,
    contract=(
        "`run_batch(works, budget)` awaits the works one after the other, in their order. All of "
        "them together have `budget` seconds, and the time of each counts, however it ends.",
        "A work that ends in time stands under its name in `succeeded` with its output, or in "
        "`failed` with the exception it raised, a `TimeoutError` too.",
        "When the budget is spent, what has ended by then is kept.",
        "The work that is under way then is cancelled, and none begins after it. "
        "Their names stand in `cancelled`, in any order.",
        "A budget of zero or less is spent before the first work begins. It is no error.",
    ),
    hint="[Event loop time](https://docs.python.org/3/library/asyncio-eventloop.html"
    "#asyncio.loop.time) says what a batch took. "
    "Vary how long each work takes, and how it ends.",
    worked="BudgetForEach",
)
