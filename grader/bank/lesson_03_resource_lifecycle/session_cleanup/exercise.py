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
    points=5,
    subject=(AsyncResourceManager, ResourceSession),
    contract=(
        "When the block of `create_session` ends normally, each resource that its session created "
        "has been closed, once, and each close has been awaited.",
        "When an exception ends the block, they are closed as well, and that very exception comes "
        "out, also when a close fails.",
        "When the task is cancelled inside the block, they are closed as well, and "
        "`CancelledError` comes out, also when a close fails.",
        "The resource that was created last is closed first, and one close ends before the next "
        "begins.",
        "A close that fails stops no other. If the block itself ended well, the error of the close "
        "comes out once the rest are closed; of several, any one.",
        "When the task is cancelled during a close, the rest are closed all the same, and "
        "`CancelledError` comes out, whatever else was raised.",
        "`verify_cleanup` answers `cleaned_up=True` for a resource that was created and is closed, "
        "and False for one that is open or that nobody created.",
    ),
    hint="[Asynchronous context managers]"
    "(https://docs.python.org/3/reference/datamodel.html#asynchronous-context-managers) and "
    "[`pytest.raises`](https://docs.pytest.org/en/stable/how-to/assert.html"
    "#assertions-about-expected-exceptions). Count the ways in which a block can end, and let your "
    "provider note each close when it *ends*.",
    worked="SwallowsTheError",
)
