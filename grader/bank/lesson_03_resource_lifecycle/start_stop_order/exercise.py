"""The exercise `start-stop-order`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.di.container import Container

start_stop_order = Exercise(
    id="start-stop-order",
    lesson=lesson_of(__name__),
    title="Open in order, close in reverse",
    points=5,
    subject=Container,
    contract=(
        "`initialize_async_services` awaits the `start` of every service once, each after those "
        "that it needs have started.",
        "`cleanup_async_services` awaits the `stop` of every service that has started, once, and "
        "of each before those that it needs.",
        "When a start fails or is cancelled, every service whose start has ended well is stopped, "
        "as in clause 2; no other is. Then the error or the cancellation comes out, also when a "
        "stop fails.",
        "A stop that fails stops no other. The errors come out as an `ExceptionGroup` once the "
        "rest are stopped.",
        "To clean up twice is harmless: the second time stops nothing and raises nothing.",
    ),
    hint="[`graphlib.TopologicalSorter`](https://docs.python.org/3/library/graphlib.html) shows "
    "what an order of needs promises, and what it leaves open. One list that all services write to "
    "tells who came before whom.",
    worked="ClosesInOpeningOrder",
)
