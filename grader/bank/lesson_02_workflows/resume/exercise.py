"""The exercise `resume`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_execution_workflow import (
    TaskExecutionWorkflow,
)

resume = Exercise(
    id="resume",
    lesson=lesson_of(__name__),
    title="Resume after a crash",
    points=6,
    subject=TaskExecutionWorkflow,
    contract=(
        "`resume_task(task_id, steps)` runs the steps that are not done, in order, once each, the "
        "failed one included, and no others.",
        "`run` gets the outputs of all steps that are done, by name, whichever attempt did them.",
        "The output of a step is stored before the next step begins: on the same repository, "
        "another workflow can resume the task whatever became of the first.",
        "The stored `attempts` counts executions and resumptions, the one at work included: "
        "a step reads the new number.",
        "A step that was compensated after a failure is not done any more.",
        "Cancelled while a step is at work, `execute_task` compensates nothing, leaves the task "
        "`cancelled`, and raises `CancelledError`. The task can be resumed.",
    ),
    hint="Two workflows, `TaskExecutionWorkflow(repository, specialist)`, on one repository are a "
    "process and its successor. [Task.cancel]"
    "(https://docs.python.org/3/library/asyncio-task.html#asyncio.Task.cancel) "
    "stops the first in the middle of a step; a step may ask `get_task_status` what is stored.",
    worked="MarkedBeforeDone",
)
