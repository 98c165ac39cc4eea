"""The exercise `failing-step`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_execution_workflow import (
    TaskExecutionWorkflow,
)

failing_step = Exercise(
    id="failing-step",
    lesson=lesson_of(__name__),
    title="A step fails",
    points=6,
    subject=TaskExecutionWorkflow,
    contract=(
        "`execute_task(task_id, steps)` runs the steps one after the other. When one raises, no "
        "later step runs, the task is `failed`, and `error` has the name of the step and the "
        "message of what it raised.",
        "The steps that are done and have a `compensate` are compensated in reverse order, each "
        "to its end before the next one begins.",
        "A compensation that raises does not stop the others; its message stands in `error`, too.",
        "`on_failure(task, error)` is awaited once, to its end, after all that, with the "
        "exception of the step. The task is stored as `failed` by then. "
        "What the hook raises is not raised, and stands in `error`.",
        "When all steps succeed, nothing is compensated and the hook is not called.",
    ),
    hint="[AsyncMock]"
    "(https://docs.python.org/3/library/unittest.mock.html#unittest.mock.AsyncMock) "
    "tells a call from an await. A list that every step and every compensation writes to keeps "
    "their order; a step that takes an hour writes when it begins and when it ends.",
    worked="CompensatesForwards",
)
