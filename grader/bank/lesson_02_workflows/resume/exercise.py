"""The exercise `resume`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_execution_workflow import (
    TaskExecutionWorkflow,
)

resume = Exercise(
    id="resume",
    lesson=lesson_of(__name__),
    title="Resume after a crash",
    points=8,
    subject=TaskExecutionWorkflow,
    contract=(
        "`resume_task(task_id, steps)` runs the steps that are not done, in their order, once "
        "each, the failed one included, and no others. It takes a task that is `failed`, "
        "`cancelled`, or still stored as `running`. A step is done once it has answered; steps are "
        "told apart by their names.",
        "`run` gets the outputs of all steps that are done, by name, whichever attempt did them.",
        "The output of a step is stored before the next step begins, however long that takes: on "
        "the same repository, another workflow can resume the task whatever became of the first. "
        "How often a task is saved or read is free.",
        "The stored `attempts` counts executions and resumptions, the one at work included: "
        "a step reads the new number.",
        "A step that was compensated after a failure is not done any more. One whose compensation "
        "raised still is, and so is one without a `compensate`.",
        "Cancelled while a step is at work, `execute_task` compensates nothing, leaves the task "
        "`cancelled`, and raises `CancelledError`, also when the step makes an answer or an error "
        "of it. What was done before stays done: the task can be resumed. (Whether a step that "
        "answers its cancellation is done, is free.)",
    ),
    promises={
        1: {
            "not-again": "What is done does not run again.",
            "failed-too": "The failed step runs.",
            "by-name": "Steps are told apart by their names.",
            "order": "They run in the order in which they were given.",
        },
        2: {
            "earlier": "A step gets the outputs of earlier attempts.",
            "this": "It gets those of its own attempt.",
        },
        3: {
            "stored": "An output is stored before the task has ended.",
            "before-next": "It is stored before the next step begins.",
        },
        4: {
            "counted": "An attempt counts from its beginning.",
            "first-step": "Its first step reads the new number.",
            "each": "Each attempt counts.",
        },
        5: {
            "undone": "What was compensated is to be done again.",
            "still-done": "What could not be compensated is done.",
            "kept": "What has no compensation is done.",
        },
        6: {
            "nothing-undone": "A cancellation compensates nothing.",
            "cancelled": "The task is stored as cancelled.",
            "comes-out": "The cancellation comes out.",
            "stubborn": "It comes out whatever the step makes of it.",
            "progress": "The outputs that were stored are kept.",
        },
    },
    kinds="too little, too much, by number in the place of by name, only when sorted, only the "
    "first time, stored too early, too late or meanwhile, a compensation that fails, a "
    "cancellation that is swallowed, answered, taken for a failure, or that loses what "
    "was done",
    hint="Two workflows, `TaskExecutionWorkflow(repository, specialist)`, on one repository are a "
    "process and its successor. [Task.cancel]"
    "(https://docs.python.org/3/library/asyncio-task.html#asyncio.Task.cancel) "
    "stops the first in the middle of a step; a step may ask `get_task_status` what is stored.",
    worked="MarkedBeforeDone",
)
