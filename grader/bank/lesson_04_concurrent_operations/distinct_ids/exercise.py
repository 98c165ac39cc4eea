"""The exercise `distinct-ids`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.task_orchestrator import TaskOrchestrator

distinct_ids = Exercise(
    id="distinct-ids",
    lesson=lesson_of(__name__),
    title="Tasks created together",
    points=5,
    subject=TaskOrchestrator,
    contract=(
        "Tasks that are created at the same time get distinct ids, and every one of them succeeds: "
        "also tasks of one title, and those of two `create_many` at once. How an id looks is free.",
        "A success means stored: when `create_many` returns, `get_task_status` knows the task, "
        "however long the repository took to add it. Whether it stores them together or in turn is "
        "free.",
        "There is one result for each task, in the order of the input, whichever was stored first "
        "and whichever failed; a success has the id of that very task.",
        "A task whose `add` raises an `Exception` of any type is a failed result, with the error's "
        "message somewhere in `error`; the others succeed, and `create_many` does not raise.",
        "A task whose `add` is cancelled (it raises `CancelledError`) is a failed result, too, "
        "and the others succeed.",
    ),
    promises={
        1: {
            "distinct": "Tasks that are stored at the same time get distinct ids.",
            "alike": "Tasks of one title do.",
            "batches": "Tasks of two batches at once do.",
        },
        2: {"stored": "A task that succeeded is stored."},
        3: {
            "order": "The results stand in the order of the input.",
            "failures-too": "A failure stands in its place.",
            "own": "Each result has the id of its own task.",
            "a-result": "Each task has a result.",
        },
        4: {
            "no-raise": "An error of one task does not come out.",
            "any-error": "That holds for errors of any type.",
            "message": "The result holds the error's message.",
            "others": "The others succeed.",
        },
        5: {
            "cancelled": "A cancelled creation is no success.",
            "cancelled-others": "The others succeed.",
        },
    },
    kinds="too little (a result left out), too much (one failure costs all), late, the wrong "
    "one, only when titles are distinct, only when one batch is alone, only when all goes "
    "well, only one type of error, an error that is lost, a cancellation that is a "
    "success or comes out",
    hint="[asyncio.gather](https://docs.python.org/3/library/asyncio-task.html#asyncio.gather) "
    "and its `return_exceptions`. A repository of your own, put in the container's place, decides "
    "how long each `add` takes and how it ends.",
    worked="IdFromLength",
)
