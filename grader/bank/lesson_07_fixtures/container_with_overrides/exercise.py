"""The exercise `container-with-overrides`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.di.container import Container

container_with_overrides = Exercise(
    id="container-with-overrides",
    lesson=lesson_of(__name__),
    title="A container for each test",
    points=7,
    subject=Container,
    contract=(
        "The async fixture `container` gives the test a `Container` whose async services are "
        "initialised.",
        "After the test it is cleaned up, and not before.",
        "While the test runs, `ExternalService` is overridden by what the fixture "
        "`external_service` gives the test: an `AsyncMock` whose `call_api` answers "
        '`{"status": "success", "data": {}}`.',
        "Every test gets a container and a mock of its own, in their initial state.",
    ),
    promises={
        1: {"started": "The services are started."},
        2: {"stopped": "They are stopped after the test."},
        3: {
            "overridden": "The use case calls the mock.",
            "answers": "The mock answers as it is said.",
        },
        4: {
            "own": "No test finds what another one has stored.",
            "no-overrides": "No test finds what another one has overridden.",
            "own-mock": "No test finds the calls of another one.",
        },
    },
    kinds="nothing is started, started too late, stopped too early or never, not overridden, "
    "another mock, another answer, one container, one mock or one override for all tests",
    hint="[Async fixtures](https://docs.pytest.org/en/stable/how-to/fixtures.html"
    "#yield-fixtures-recommended): what stands behind `yield` runs after the test, also when the "
    "test has failed.",
)
