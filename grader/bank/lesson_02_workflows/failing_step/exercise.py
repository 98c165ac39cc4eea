"""The exercise `failing-step`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_execution_workflow import (
    TaskExecutionWorkflow,
)

failing_step = Exercise(
    id="failing-step",
    lesson=lesson_of(__name__),
    title="A step fails",
    points=8,
    subject=TaskExecutionWorkflow,
    contract=(
        "`execute_task(task_id, steps)` runs the steps one after the other. When one raises an "
        "`Exception` of any type, no later step runs, the task is stored as `failed`, and the "
        "result is no success: `error` contains the name of the step and the message of what it "
        "raised.",
        "The steps that are done and have a `compensate` are compensated in reverse order, each "
        "to its end before the next one begins. The step that failed is not done.",
        "A compensation that raises does not stop the others; `error` contains its message, too.",
        "`on_failure(task, error)`, where it is given, is awaited once, to its end, after all "
        "that, with the very exception of the step. The task is stored as `failed` by then. "
        "What the hook raises is not raised: `error` contains its message.",
        "When all steps succeed, nothing is compensated and the hook is not called.",
    ),
    promises={
        1: {
            "later": "No step runs after the one that failed.",
            "any-error": "An exception of any type is a failure of the step.",
            "failed": "The task is stored as failed, with a hook or without.",
            "names": "The error names the step.",
            "message": "The error holds the step's message.",
        },
        2: {
            "reverse": "The last step is undone first.",
            "to-its-end": "One compensation ends before the next begins.",
            "undo-done": "The failed step is not undone.",
            "undo-each": "A step without a way back hides none before it.",
        },
        3: {
            "undo-all": "A compensation that fails stops no other.",
            "undo-message": "The error holds its message.",
        },
        4: {
            "awaited": "The hook is awaited.",
            "hook-once": "It is awaited once.",
            "hook-end": "The result comes after its end.",
            "hook-last": "It comes after the compensations.",
            "hook-stored": "The task is stored as failed before.",
            "own-error": "It gets the step's own exception.",
            "hook-message": "The error holds what the hook raised.",
        },
        5: {
            "nothing-undone": "A success undoes nothing.",
            "no-hook": "A success calls no hook.",
        },
    },
    kinds="too little (a step left undone, a message lost), too much (the failed step is "
    "undone, a hook after a success), early, late, twice, overlapping, forwards, only "
    "`OSError`, only with a hook, only when every step has a way back, an error that is "
    "lost",
    hint="[AsyncMock]"
    "(https://docs.python.org/3/library/unittest.mock.html#unittest.mock.AsyncMock) "
    "tells a call from an await. A list that every step and every compensation writes to keeps "
    "their order; a step that takes an hour writes when it begins and when it ends.",
    worked="CompensatesForwards",
)
