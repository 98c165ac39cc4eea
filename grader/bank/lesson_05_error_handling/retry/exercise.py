"""The exercise `retry`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_service import AsyncService

retry = Exercise(
    id="retry",
    lesson=lesson_of(__name__),
    title="When to try again",
    points=8,
    subject=AsyncService,
    contract=(
        "`run_with_retry(operation, work, attempts, delay)` awaits `work()`, and again after a "
        "transient error: a `ConnectionError`, a `TimeoutError`, or a subclass of one. The first "
        "answer ends it and is returned, whatever it is, None too. It makes `attempts` attempts in "
        "all, and no more.",
        "After any other exception it neither waits nor tries again: an `OSError` becomes "
        "`AsyncServiceError`, every other one comes out as it is.",
        "Between two attempts it waits `delay` seconds, each time; before the first and after the "
        "last it does not wait.",
        "When every attempt fails, it raises `AsyncServiceError`, and the `__cause__` is the error "
        "of the last attempt.",
        "Cancelled, in an attempt or between two, it raises `CancelledError` and makes no further "
        "attempt; also when the cancelled attempt raises another error instead, or answers.",
        "A transient error that it got over has not failed the service: other operations run, "
        "between two attempts and afterwards.",
    ),
    promises={
        1: {
            "transient": "A lost connection and a timeout are tried again.",
            "subclasses": "So are their subclasses.",
            "answer": "Any answer ends it and is returned.",
            "no-fewer": "It makes all its attempts.",
            "no-more": "It makes no more.",
        },
        2: {
            "permanent": "Another `OSError` is not tried again.",
            "bugs": "No other exception is tried again.",
            "prompt": "It does not wait before it gives up.",
        },
        3: {
            "pause": "Each pause takes `delay` seconds.",
            "edges": "There are pauses between attempts only.",
        },
        4: {
            "gives-up": "When every attempt fails, an error comes out.",
            "last": "The last error is the cause.",
        },
        5: {
            "in-an-attempt": "An attempt that is cancelled is the last one.",
            "in-a-pause": "A pause that is cancelled is the last one.",
            "turned": "An attempt may make an error of its cancellation.",
            "answered": "An attempt may answer though it is cancelled.",
        },
        6: {
            "between": "Others run between two attempts.",
            "afterwards": "Others run when it has answered.",
        },
    },
    kinds="too few, too many, only one type of error, only the exact type, only some answers, "
    "too late, longer each time, the wrong error, an error that is lost, a cancellation "
    "that is swallowed, that is turned into an error or an answer, only when nobody else "
    "is at work",
    hint="An [AsyncMock](https://docs.python.org/3/library/unittest.mock.html"
    "#unittest.mock.AsyncMock) whose `side_effect` is a list raises or answers with one entry a "
    "call. The loop's own [time](https://docs.python.org/3/library/asyncio-eventloop.html"
    "#asyncio.loop.time) is the clock to read.",
    worked="OneMore",
)
