"""The exercise `orchestrator-factory`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.di.container import Container

orchestrator_factory = Exercise(
    id="orchestrator-factory",
    lesson=lesson_of(__name__),
    title="As many as the test wants",
    points=8,
    subject=Container,
    contract=(
        "`orchestrators()` is an async context manager. It gives an async function, and each call "
        "of that answers with the `TaskOrchestrator` of a new `Container`, whose async services "
        "are initialised.",
        "The function takes `specialist=…`, by which `Specialist` is overridden in that container, "
        "and in no other. Without it, nothing is overridden. (What None does is free.)",
        "When the block ends, and not before, every container that was made in it is cleaned up, "
        "the last one first. It may end by an exception or a cancellation, which comes out.",
        "A clean-up that fails stops no other, and its error comes out.",
        "The async fixture `make_orchestrator` gives the test the same function, and cleans up "
        "after the test.",
    ),
    promises={
        1: {
            "own": "Two orchestrators share nothing.",
            "started": "The services are started.",
        },
        2: {
            "specialist": "The specialist is overridden.",
            "no-other": "It is overridden in its container only.",
        },
        3: {
            "last-first": "The last container is cleaned up first.",
            "exception": "After an exception all are cleaned up, and it comes out.",
            "cancellation": "So it is with a cancellation.",
            "own-block": "The containers of another block are left alone.",
        },
        4: {"others": "A clean-up that fails stops no other, and comes out."},
        5: {
            "fixture": "The fixture cleans up after the test.",
            "fixture-specialist": "Its function takes a specialist, too.",
        },
    },
    kinds="one container for all, nothing is started, not overridden, overridden in all of "
    "them, never, too early, too many cleaned up, the first one first, only after a good "
    "end, an error that stops the others, that is lost, a cancellation, another function "
    "from the fixture",
    hint="[AsyncExitStack](https://docs.python.org/3/library/contextlib.html"
    "#contextlib.AsyncExitStack) keeps a pile of what has to be done at the end, and does all of "
    "it.",
)
