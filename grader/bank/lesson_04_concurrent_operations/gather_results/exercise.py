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
        "`cancelled`, by what became of that very task; `succeeded` maps it to the output, also "
        "to an empty one. Without ids all three are empty. The order inside the three is free, and "
        "so is whether the tasks work together or in turn.",
        "`failed` maps the id to the very exception that the specialist raised, an `Exception` of "
        "any type. The id of no task is in `failed`, too.",
        "A failing task does not stop the others: they work to their end.",
        "A task whose work raises `CancelledError` is listed in `cancelled` "
        "and does not stop the others either.",
        "Cancelled itself, `execute_all` cancels the work it started, waits until that work has "
        "ended, clean-up included, and raises `CancelledError`, also when the work makes an answer "
        "or an error of its cancellation. Nothing is left running.",
    ),
    promises={
        1: {
            "own": "The outcome of each id is that of its own task.",
            "failed": "A failure is no success.",
            "once": "No id stands in two of the three.",
            "every": "No id is left out.",
            "nothing": "Without ids there is no outcome, and no error.",
        },
        2: {
            "exception": "The specialist's own exception is kept.",
            "any-error": "An exception of any type is a failure.",
            "unknown": "An id without a task is a failure of its own.",
        },
        3: {"others": "After a failure the others work to their end."},
        4: {
            "cancelled": "Cancelled work is listed as cancelled.",
            "cancelled-others": "After cancelled work the others go on.",
        },
        5: {
            "cancels": "All the work that was started is cancelled.",
            "clean-up": "The end of its clean-up is waited for.",
            "comes-out": "The cancellation comes out.",
            "stubborn": "It comes out whatever the work makes of it.",
        },
    },
    kinds="too little (an id left out), twice, the wrong one, only the example (`OSError`), "
    "only one type of error, an error that is lost, early, left running, a cancellation "
    "that is swallowed, turned into another error, or meets clean-up",
    hint="[Task cancellation]"
    "(https://docs.python.org/3/library/asyncio-task.html#task-cancellation). "
    "Start `execute_all` with `asyncio.create_task`, let your specialist report when its work "
    "begins and how it ends, and cancel the task in between.",
    worked="ErrorsWrapped",
)
