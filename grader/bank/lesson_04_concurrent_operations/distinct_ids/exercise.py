"""The exercise `distinct-ids`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator

distinct_ids = Exercise(
    id="distinct-ids",
    lesson=lesson_of(__name__),
    title="Tasks created together",
    points=5,
    subject=TaskOrchestrator,
    contract=(
        "Tasks that are created at the same time get distinct ids, and every one of them succeeds.",
        "A success means stored: when `create_many` returns, `get_task_status` knows the task, "
        "however long the repository took to add it.",
        "The results stand in the order of the input, whichever task was stored first.",
        "A task whose `add` raises is one failed result with the error's message in `error`; "
        "the others succeed and `create_many` itself does not raise.",
        "A task whose `add` is cancelled (it raises `CancelledError`) is a failed result, too.",
    ),
    hint="[asyncio.gather](https://docs.python.org/3/library/asyncio-task.html#asyncio.gather) "
    "and its `return_exceptions`. A repository of your own, put in the container's place, decides "
    "how long each `add` takes and how it ends.",
    worked="IdFromLength",
)
