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
        "Its `output` is what the specialist returned; the one that the container starts with "
        'returns `"<title>: done"`.',
        "A success is stored: `get_task_status(task_id)` then answers with `completed` True.",
        "For an id that nobody stored, the result has `success` False and an `error` "
        "that names the id; nothing is raised.",
    ),
    hint="[Assertions in pytest](https://docs.pytest.org/en/stable/how-to/assert.html) are plain "
    "`assert` statements. One `assert` a line: then the failure says which clause is broken.",
    worked="NeverCompleted",
)
