"""The exercise `task-lifecycle`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_execution_workflow import (
    TaskExecutionWorkflow,
)

task_lifecycle = Exercise(
    id="task-lifecycle",
    lesson=lesson_of(__name__),
    title="One task, all the way",
    points=8,
    subject=TaskExecutionWorkflow,
    contract=(
        "`create_task` stores a task as `created`. `execute_task` stores it as `running` before "
        "the work begins, and as `executed` when it has ended; `complete_task` makes this task "
        "`completed`, and no other task. (The task that the specialist is handed may still say "
        "`created`: what counts is what is stored.)",
        "A completed task keeps what it was completed with: "
        "`get_task_status(task_id).task` has its `summary`, its `artifacts` (a tuple, in their "
        "order) and its `next_action`. The other fields stay as they were.",
        "Whoever reads a task as `completed`, at any moment, finds all three on it.",
        "Only a created task can be executed, and only an executed one completed. Anything else, "
        "the id of no task, too, is an error result, with the reason in `error`, and changes "
        "nothing that is stored.",
        "Of two executions of one task at once by one workflow, one succeeds; the other may wait, "
        "or answer at once, and is an error result. The work is done once. Executions of two tasks "
        "both succeed.",
    ),
    promises={
        1: {
            "running": "A task is stored as running while it is at work.",
            "executed": "It is not stored as executed before.",
            "no-other": "The task that was asked for is completed.",
        },
        2: {
            "summary": "The summary is kept.",
            "artifacts": "The artifacts are kept in their order.",
            "next-action": "The next action is kept.",
            "the-rest": "What was known before is kept.",
        },
        3: {"never-empty": "No completed task is stored without all three."},
        4: {
            "execute-only-created": "An executed task is not executed again.",
            "complete-only-executed": "A task that was not executed is not completed.",
            "complete-once": "A completed task is not completed again.",
            "unknown": "The id of no task is an error.",
            "result": "A refusal is a result.",
            "reason": "A refusal has a reason.",
            "untouched": "A refusal changes nothing.",
        },
        5: {
            "once": "The work is done once.",
            "one-succeeds": "One of the two is refused.",
            "two-tasks": "Two tasks do not hinder each other.",
        },
    },
    kinds="early, late, the wrong task, half of what was given, only sorted artifacts, what was "
    "there before is lost, a refusal that raises, says nothing or leaves a trace, only "
    "one illegal status, twice, two at once that both succeed, two that hinder each other",
    hint="A repository of your own, derived from `InMemoryTaskRepository`, sees every task that is "
    "saved; a specialist of your own can look at what is stored while it works. "
    "[pytest.mark.parametrize]"
    "(https://docs.pytest.org/en/stable/how-to/parametrize.html) "
    "runs one test from several starting points.",
    worked="DropsTheSummary",
)
