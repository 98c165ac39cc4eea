"""The exercise `really-concurrent`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator

really_concurrent = Exercise(
    id="really-concurrent",
    lesson=lesson_of(__name__),
    title="As many as allowed, and no more",
    points=5,
    subject=TaskOrchestrator,
    contract=(
        "`execute_many(task_ids, limit)` never has more than `limit` tasks at work.",
        "It has `limit` tasks at work at the same time while that many are left to do.",
        "A slot is free as soon as its task has ended: the next task starts then, "
        "also while others of the same batch are still at work.",
        "A task that fails frees its slot, too, and every task is executed.",
        "There is one result for each task id, in the order of the input.",
        "No task ids: an empty list, at once.",
    ),
    hint="[asyncio.Event](https://docs.python.org/3/library/asyncio-sync.html#asyncio.Event) "
    "holds a specialist at its work for as long as you want to look, and "
    "[asyncio.timeout](https://docs.python.org/3/library/asyncio-task.html#asyncio.timeout) "
    "turns a test that hangs into one that fails.",
    worked="OneAfterTheOther",
)
