"""The exercise `background-service`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.background_service import BackgroundService

background_service = Exercise(
    id="background-service",
    lesson=lesson_of(__name__),
    title="Stopped means ended",
    points=8,
    subject=BackgroundService,
    contract=(
        "`start` starts the rounds, the first without delay. A round awaits `work` and writes "
        "what it answers into the journal as one line; the journal is open by then (who opens it "
        "is free). The next round begins `interval` seconds after the end of the last one, "
        "however long that took.",
        "To start a service that was started and not stopped is a `RuntimeError`, also when an "
        "exception has ended its rounds. Rounds that are at work go on as before, and no others "
        "begin.",
        "`stop` cancels the rounds, also in the middle of `work`, and returns once they have "
        "ended, their clean-up included. When `work` answers its cancellation, no further round "
        "begins. (What holds when the journal's `open` or `write` does so is free.)",
        "Once `stop` has returned, the journal is closed, however long that takes.",
        "An exception in a round, of `work` or of the journal's `write`, ends the rounds and "
        "closes the journal at once; `stop` raises that very exception, also when the close fails.",
        "To stop a service that is not started is harmless. After `stop`, whatever it raised, the "
        "service can be started again.",
    ),
    promises={
        1: {
            "at-once": "The first round begins without delay.",
            "line": "Each answer is a line of the journal.",
            "interval": "The interval is the one that was given.",
            "from-the-end": "It passes between the end of a round and the next.",
        },
        2: {
            "refused": "A second start is an error.",
            "alone": "A refused start starts nothing.",
            "goes-on": "A refused start ends nothing.",
            "crashed": "After a crash, too, a stop comes before a start.",
        },
        3: {
            "cancels": "The work at hand is cancelled.",
            "ended": "Its clean-up has ended, however long it took.",
            "stubborn": "Work that answers its cancellation is the last.",
        },
        4: {"closed": "The journal is closed by then."},
        5: {
            "crash": "An exception ends the rounds.",
            "write": "One of the journal does, too.",
            "closed-at-once": "The journal is closed before a stop.",
            "raised": "The stop raises.",
            "very-error": "It raises the very exception.",
            "not-hidden": "A close that fails hides nothing.",
        },
        6: {
            "harmless": "A stop needs no start.",
            "again": "After a crash and its stop, a start is a start.",
        },
    },
    kinds="too early, too late, the interval from the wrong end, only the default interval, "
    "twice, a refusal that leaves a trace, a wait that is too short or too long, left "
    "open, only one place that can fail, an error that is lost, replaced or hidden, a "
    "cancellation that is swallowed",
    hint="[Task cancellation]"
    "(https://docs.python.org/3/library/asyncio-task.html#task-cancellation). A task that was "
    "cancelled is not over yet: give your work a `finally` that takes a while. `InMemoryJournal` "
    "has `lines` and `is_open`.",
    worked="CancelsAndLeaves",
)
