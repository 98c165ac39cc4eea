"""The exercise `start-stop-order`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.di.container import Container

start_stop_order = Exercise(
    id="start-stop-order",
    lesson=lesson_of(__name__),
    title="Open in order, close in reverse",
    points=8,
    subject=Container,
    contract=(
        "`initialize_async_services` awaits the `start` of every service once, each after those "
        "that it needs have started, to the end of their `start`. To initialise twice starts "
        "nothing twice. The order of services that do not need each other is free.",
        "`cleanup_async_services` awaits the `stop` of every service that has started, once, and "
        "of each, to its end, before those that it needs.",
        "When a start raises, an `Exception` of any type or `CancelledError`, every service whose "
        "start has ended well is stopped, as in clause 2; no other is. Then that very error or "
        "the cancellation comes out, also when a stop fails.",
        "A stop that fails, with an `Exception` of any type, stops no other. All the errors come "
        "out as an `ExceptionGroup` once the rest are stopped.",
        "To clean up twice, or after a start that failed, is harmless: the second time stops "
        "nothing and raises nothing.",
    ),
    promises={
        1: {
            "start-order": "What is needed starts first.",
            "start-waits": "The end of its start is waited for.",
            "starts-once": "A service that has started does not start again.",
        },
        2: {
            "stop-order": "What is needed stops last.",
            "stop-waits": "The end of the other stops is waited for.",
        },
        3: {
            "goes-back": "After a failed start, what has started is stopped.",
            "goes-back-cancelled": "It is after a cancelled one, too.",
            "any-error": "It is after an error of any type.",
            "only-started": "What has not started is not stopped.",
            "comes-out": "The error of the start comes out.",
            "very-error": "It is the very error.",
            "error-kept": "A stop that fails does not hide it.",
            "cancellation-kept": "A stop that fails does not hide a cancellation.",
        },
        4: {
            "stops-none": "A stop that fails stops no other.",
            "any-stop-error": "That holds for errors of any type.",
            "errors": "The error of a stop comes out.",
            "all-errors": "All the errors come out.",
        },
        5: {
            "stops-once": "A second clean-up stops nothing.",
            "harmless": "It raises nothing.",
            "after-failure": "After a failed start there is nothing left to stop.",
        },
    },
    kinds="in a wrong order, without waiting, twice, too little and too much on the way back, "
    "only one type of error, only one of several errors, an error that is lost, replaced "
    "or hidden, a cancellation that is missed or hidden, what is left behind after a "
    "failure",
    hint="[`graphlib.TopologicalSorter`](https://docs.python.org/3/library/graphlib.html) shows "
    "what an order of needs promises, and what it leaves open. One list that all services write to "
    "tells who came before whom.",
    worked="ClosesInOpeningOrder",
)
