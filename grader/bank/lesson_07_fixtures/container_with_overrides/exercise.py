"""The exercise `container-with-overrides`, and its contract."""

from typing import TYPE_CHECKING

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.di.container import Container

if TYPE_CHECKING:
    pass


container_with_overrides = Exercise(
    id="container-with-overrides",
    lesson=lesson_of(__name__),
    title="A container for each test",
    points=4,
    subject=Container,
    contract=(
        "The async fixture `container` gives the test a `Container` whose async services are "
        "initialised.",
        "After the test it is cleaned up.",
        "While the test runs, `ExternalService` is overridden by what the fixture "
        "`external_service` gives: an `AsyncMock` whose `call_api` answers "
        '`{"status": "success", "data": {}}`.',
        "Every test gets a container of its own, in its initial state.",
    ),
    hint="[Async fixtures](https://docs.pytest.org/en/stable/how-to/fixtures.html"
    "#yield-fixtures-recommended): what stands behind `yield` runs after the test, also when the "
    "test has failed.",
)
