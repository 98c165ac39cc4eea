"""The exercise `decoration`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator

decoration = Exercise(
    id="decoration",
    lesson=lesson_of(__name__),
    title="Tests that are run",
    points=5,
    subject=TaskOrchestrator,
    contract=(
        "`create_task` with a `title`, and with or without a `description`, is a success.",
        "The result's `task_id` leads to the task: `get_task_status(task_id)` shows the `title` "
        "that was given, whatever the `description`, and the status `created`.",
        "Every task has an id of its own, also when their titles are alike.",
        "For an id that nobody has created, `get_task_status` raises nothing; `title` and `status` "
        "are None.",
        "`create_task` with data that has no key `title` raises nothing: the result is no success, "
        "and its `error` holds the word `title`; the words around it are free.",
    ),
    promises={
        1: {"success": "A title alone is enough for a success."},
        2: {
            "title": "The title is the one that was given.",
            "status": "A new task is created, and not begun.",
        },
        3: {"distinct": "No two tasks share an id."},
        4: {
            "unknown-silent": "An unknown id raises nothing.",
            "unknown-title": "An unknown id has no title.",
            "unknown-status": "An unknown id has no status.",
        },
        5: {
            "untitled-silent": "A missing title raises nothing.",
            "untitled-failed": "A missing title is no success.",
            "untitled-error": "The error says what is missing.",
        },
    },
    kinds="too little, too much, the wrong field, only sometimes, only when distinct, early, an "
    "error that comes out, an error that is lost",
    hint="[unittest.IsolatedAsyncioTestCase](https://docs.python.org/3/library/unittest.html"
    "#unittest.IsolatedAsyncioTestCase) awaits its methods; a plain function with `assert` is "
    "shorter. Look for each test of the cell: who awaits it, and what happens to its last line?",
    worked="BeginsAtOnce",
)
