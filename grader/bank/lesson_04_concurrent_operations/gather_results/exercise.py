"""The exercise `gather-results`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator

gather_results = Exercise(
    id="gather-results",
    lesson=lesson_of(__name__),
    title="Every outcome told apart",
    points=5,
    subject=TaskOrchestrator,
    contract=(
        "`execute_all` puts every task id into exactly one of `succeeded`, `failed` and "
        "`cancelled`, by what became of that very task; `succeeded` maps it to the output.",
        "`failed` maps the id to the exception that the specialist raised.",
        "A failing task does not stop the others: they work to their end.",
        "A task whose work raises `CancelledError` is listed in `cancelled` "
        "and does not stop the others either.",
        "Cancelled itself, `execute_all` cancels the work it started, waits until that work has "
        "ended, clean-up included, and raises `CancelledError`: nothing is left running.",
    ),
    hint="[Task cancellation]"
    "(https://docs.python.org/3/library/asyncio-task.html#task-cancellation). "
    "Start `execute_all` with `asyncio.create_task`, let your specialist report when its work "
    "begins and how it ends, and cancel the task in between.",
    worked="ErrorsWrapped",
)
