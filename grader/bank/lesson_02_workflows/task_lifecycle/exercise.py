"""The exercise `task-lifecycle`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_execution_workflow import (
    TaskExecutionWorkflow,
)

task_lifecycle = Exercise(
    id="task-lifecycle",
    lesson=lesson_of(__name__),
    title="One task, all the way",
    points=6,
    subject=TaskExecutionWorkflow,
    contract=(
        "`create_task` stores a task as `created`. `execute_task` makes it `running` before the "
        "work begins, then `executed`; `complete_task` makes it, and no other, `completed`.",
        "A completed task keeps what it was completed with: "
        "`get_task_status(task_id).task` has its `summary`, `artifacts` (a tuple) "
        "and `next_action`.",
        "Whoever reads a task as `completed`, at any moment, finds these on it.",
        "Only a created task can be executed, and only an executed one completed. Anything else "
        "is an error result, with the reason in `error`, and changes nothing that is stored.",
        "Of two executions at once by one workflow, one succeeds; the other, whether it waits or "
        "not, ends as an "
        "error result. The work is done once.",
    ),
    hint="A repository of your own, derived from `InMemoryTaskRepository`, sees every task that is "
    "saved; a specialist of your own can look at what is stored while it works. "
    "[pytest.mark.parametrize]"
    "(https://docs.pytest.org/en/stable/how-to/parametrize.html) "
    "runs one test from several starting points.",
    worked="DropsTheSummary",
)
