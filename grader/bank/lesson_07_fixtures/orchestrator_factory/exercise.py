"""The exercise `orchestrator-factory`, and its contract."""

from typing import TYPE_CHECKING

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.di.container import Container

if TYPE_CHECKING:
    pass


orchestrator_factory = Exercise(
    id="orchestrator-factory",
    lesson=lesson_of(__name__),
    title="As many as the test wants",
    points=5,
    subject=Container,
    contract=(
        "`orchestrators()` is an async context manager. It gives an async function, and each call "
        "of that answers with the `TaskOrchestrator` of a new `Container`, whose async services "
        "are initialised.",
        "The function takes `specialist=…`, by which `Specialist` is overridden in that container.",
        "When the block ends, every container is cleaned up, the last one first. It may end by an "
        "exception, which comes out.",
        "A clean-up that fails stops no other, and its error comes out.",
        "The async fixture `make_orchestrator` gives the test the same function, and cleans up "
        "after the test.",
    ),
    hint="[AsyncExitStack](https://docs.python.org/3/library/contextlib.html"
    "#contextlib.AsyncExitStack) keeps a pile of what has to be done at the end, and does all of "
    "it.",
)
