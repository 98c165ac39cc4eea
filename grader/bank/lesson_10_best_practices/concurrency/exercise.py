"""The exercise `concurrency`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator

concurrency = Exercise(
    id="concurrency",
    lesson=lesson_of(__name__),
    title="Two at the same time",
    points=6,
    subject=TaskOrchestrator,
    contract=(
        "`execute_task` never waits for another call: however many calls run at the same time, all "
        "their specialists are at work at the same time.",
        "Each result is about its own task: its `task_id`, and in `output` what the specialist "
        "answered for it, in whichever order the calls end, also at the same moment.",
        "While the specialist is at work, `get_task_status` shows `running` for that task; "
        "once its call has returned a success, `completed`; also while other calls are at work.",
        "A task whose specialist raises an exception is a result that is no success; `error` holds "
        "the message of its own exception, whichever fails first; the words around it are free.",
        "A task that fails harms no other call: the others work to their end and succeed.",
        "A call that is cancelled raises `CancelledError`; no other call is cancelled.",
    ),
    promises={
        1: {"at-once": "Two calls are at work together.", "many": "So are ten."},
        2: {
            "own-id": "The id is that of the task that was asked for.",
            "own-output": "The output is that of the task's own work.",
        },
        3: {
            "running": "A task at work is shown as running.",
            "completed": "A task that succeeded is shown as completed.",
        },
        4: {
            "failed": "A failure is a result.",
            "own-error": "The error is that of the task's own work.",
        },
        5: {"others-go-on": "A failure stops no other call."},
        6: {
            "cancelled": "A cancelled call raises.",
            "others-not-cancelled": "Its cancellation reaches no other call.",
        },
    },
    kinds="one after the other, only a few at once, what one call overwrites for another, only "
    "when alone, only when the last, an error that is lost, an error that stops the "
    "others, a cancellation that is swallowed, one that spreads",
    hint="[asyncio.Event](https://docs.python.org/3/library/asyncio-sync.html#asyncio.Event) "
    "keeps a specialist at work until you have looked; "
    "[asyncio.timeout](https://docs.python.org/3/library/asyncio-task.html#asyncio.timeout) "
    "ends a wait that would never end. Let the one that began first end last.",
    worked="OneAfterTheOther",
)
