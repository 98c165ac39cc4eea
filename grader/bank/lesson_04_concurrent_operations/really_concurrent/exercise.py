"""The exercise `really-concurrent`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator

really_concurrent = Exercise(
    id="really-concurrent",
    lesson=lesson_of(__name__),
    title="As many as allowed, and no more",
    points=5,
    subject=TaskOrchestrator,
    contract=(
        "`execute_many(task_ids, limit)` never has more than `limit` tasks at work, from the "
        "first to the last.",
        "It has `limit` tasks at work at the same time while that many are left to do, and all "
        "that are left when they are fewer. Which task comes first is free.",
        "A slot is free as soon as its task has ended: the next task starts then, at the same "
        "moment of the clock, also while others of the same batch are still at work.",
        "A task that fails frees its slot, too. Every task is executed once, and `execute_many` "
        "does not raise.",
        "There is one result for each task id, in the order of the input: that of its own task.",
        "No task ids: an empty list, at once.",
    ),
    promises={
        1: {
            "bounded": "There is a limit to the tasks at work.",
            "given": "It is the one that was given.",
            "later-too": "It holds after the first tasks have ended.",
        },
        2: {
            "reached": "As many as allowed are at work together.",
            "any-slot": "No slot is empty while a task is left.",
            "fewer": "Fewer tasks than slots are executed like any others.",
        },
        3: {
            "refilled": "One slot is refilled while others are taken.",
            "no-delay": "It is refilled in that moment.",
        },
        4: {
            "slot-freed": "A failure gives its slot back.",
            "every": "After a failure the rest is executed.",
            "once": "No task is executed twice.",
            "no-raise": "A failure is a result.",
        },
        5: {"order": "The results stand in the order of the input."},
        6: {"nothing": "Without tasks there is nothing to wait for."},
    },
    kinds="too few, too many, only at first, only a constant, late, early, twice, only when "
    "there is enough to do, only when all succeed, in a wrong order that looks like the "
    "right one, an error that comes out, an empty input that hangs or raises",
    hint="[asyncio.Event](https://docs.python.org/3/library/asyncio-sync.html#asyncio.Event) "
    "holds a specialist at its work for as long as you want to look, and "
    "[asyncio.timeout](https://docs.python.org/3/library/asyncio-task.html#asyncio.timeout) "
    "turns a test that hangs into one that fails.",
    worked="OneAfterTheOther",
)
