"""The exercise `background-service`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.background_service import BackgroundService

background_service = Exercise(
    id="background-service",
    lesson=lesson_of(__name__),
    title="Stopped means ended",
    points=6,
    subject=BackgroundService,
    contract=(
        "`start` starts the rounds, the first without delay. A round awaits `work` and writes what "
        "it answers into the journal, which is open by then; `interval` seconds later comes the "
        "next.",
        "To start a service that is started is a `RuntimeError`; the rounds go on, as before and "
        "alone.",
        "`stop` cancels the rounds and returns once they have ended, their clean-up included.",
        "Once `stop` has returned, the journal is closed.",
        "An exception in a round ends the rounds and closes the journal at once; `stop` raises it, "
        "also when the close fails.",
        "To stop a service that is not started is harmless. After `stop`, whatever it raised, the "
        "service can be started again.",
    ),
    hint="[Task cancellation]"
    "(https://docs.python.org/3/library/asyncio-task.html#task-cancellation). A task that was "
    "cancelled is not over yet: give your work a `finally` that takes a while. `InMemoryJournal` "
    "has `lines` and `is_open`.",
    worked="CancelsAndLeaves",
)
