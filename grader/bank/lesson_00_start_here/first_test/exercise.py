"""The exercise `first-test`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator

first_test = Exercise(
    id="first-test",
    lesson=lesson_of(__name__),
    title="Your first test",
    points=2,
    subject=TaskOrchestrator,
    contract=(
        "`execute_task(task_id)` answers for a stored task with `success` True "
        "and with the same `task_id`.",
        'Its `output` is `"<title>: done"`, with the title of the task.',
        "A success is stored: `get_task_status(task_id)` then answers with `completed` True.",
        "For an id that nobody stored, the result has `success` False and an `error` "
        "that names the id; nothing is raised.",
    ),
    promises={
        1: {
            "success": "A stored task is a success.",
            "task-id": "The result has its id.",
        },
        2: {"output": "The output is the title and what became of it."},
        3: {"stored": "The task is stored as completed."},
        4: {
            "unknown": "An unknown id is no success.",
            "names-id": "The error names the id.",
            "result": "Nothing is raised.",
        },
    },
    kinds="too little, half of an output, a success that is none and the other way round, an "
    "error that comes out or names nothing. A first exercise stays small",
    hint="[Assertions in pytest](https://docs.pytest.org/en/stable/how-to/assert.html) are plain "
    "`assert` statements. One `assert` a line: then the failure says which clause is broken.",
    worked="NeverCompleted",
)
