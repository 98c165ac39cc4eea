"""The exercise `session-cleanup`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_resource_manager import (
    AsyncResourceManager,
    ResourceSession,
)

session_cleanup = Exercise(
    id="session-cleanup",
    lesson=lesson_of(__name__),
    title="Every way out of a session",
    points=8,
    subject=(AsyncResourceManager, ResourceSession),
    contract=(
        "When the block of `create_session` ends normally, each resource that its session created "
        "has been closed, once, and each close has been awaited, however long it takes.",
        "When an exception of any type ends the block, they are closed as well, and that very "
        "exception comes out, also when a close fails.",
        "When the task is cancelled inside the block, they are closed as well, and "
        "`CancelledError` comes out, also when a close fails.",
        "The resource that was created last is closed first, and one close ends before the next "
        "begins.",
        "A close that fails, with an `Exception` of any type, stops no other. If the block itself "
        "ended well, the error of the close comes out once the rest are closed; of several, any "
        "one.",
        "When the task is cancelled during a close, the rest are closed all the same, and "
        "`CancelledError` comes out, whatever else was raised, in the block or by another close. "
        "(What holds when that close answers its cancellation is free.)",
        "`verify_cleanup` answers `cleaned_up=True` for a resource that was created and is closed, "
        "and False for one that is open or that nobody created.",
    ),
    promises={
        1: {
            "closed": "A close is awaited.",
            "each": "Each resource is closed.",
            "closed-once": "Each is closed once.",
            "patient": "A close may take its time.",
        },
        2: {
            "after-error": "Resources are closed after an exception.",
            "any-error": "They are after an exception of any type.",
            "error-out": "The exception comes out.",
            "very-error": "It is the very one that was raised.",
            "error-kept": "A close that fails does not hide it.",
        },
        3: {
            "after-cancellation": "Resources are closed after a cancellation.",
            "cancellation-out": "The cancellation comes out.",
            "cancellation-kept": "A close that fails does not hide it.",
        },
        4: {
            "last-first": "The last one created is closed first.",
            "one-by-one": "One close ends before the next begins.",
        },
        5: {
            "stops-none": "A close that fails stops no other.",
            "any-close": "That holds for errors of any type.",
            "close-error": "Its error comes out of a block that ended well.",
        },
        6: {
            "rest-closed": "A cancelled close stops no other.",
            "cancelled-after-error": "Its cancellation comes out of a block that failed.",
            "cancelled-and-failed": "It comes out when another close has failed.",
        },
        7: {
            "open": "What is open is not cleaned up.",
            "unknown": "What nobody created is not cleaned up.",
        },
    },
    kinds="not at all, too little, twice, together, in a wrong order that looks like the right "
    "one, only after success, only after an `Exception`, an error that is lost, replaced "
    "or hidden, a cancellation that is missed, replaced, hidden, or that meets a close",
    hint="[Asynchronous context managers]"
    "(https://docs.python.org/3/reference/datamodel.html#asynchronous-context-managers) and "
    "[`pytest.raises`](https://docs.pytest.org/en/stable/how-to/assert.html"
    "#assertions-about-expected-exceptions). Count the ways in which a block can end, and let your "
    "provider note each close when it *ends*. Names that are not in the order of the alphabet show "
    "more.",
    worked="SwallowsTheError",
)
