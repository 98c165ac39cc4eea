"""The exercise `contract-suite`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository
from vespera_scriptorium.infrastructure.sql import (
    SqlTaskRepository,
)

contract_suite = Exercise(
    id="contract-suite",
    lesson=lesson_of(__name__),
    title="One suite for the fake and the real thing",
    points=6,
    subject=(InMemoryTaskRepository, SqlTaskRepository),
    contract=(
        "`add` stores a task: `get` answers with an equal one, in every field, and with None for "
        "an id that nobody added.",
        "`add` of an id that is taken raises `DuplicateTaskError`, and the task that was there "
        "stays as it was.",
        "`save` puts a task in the place of the one with its id, in every field; a `get` after it "
        "answers with what was saved, also when the task was read before.",
        "`save` of an id that nobody added raises `UnknownTaskError`.",
        "`count` answers how many tasks are stored.",
        "`next_id` never answers with the same id twice.",
        "What is stored is a copy: a later change to the `outputs` or the `artifacts` of a "
        "task that was given, or that was answered, changes nothing stored.",
    ),
    hint="[Parametrized fixtures](https://docs.pytest.org/en/stable/how-to/fixtures.html"
    "#parametrizing-fixtures): with `params` every test that asks for the fixture runs once for "
    "each of them; `request.param` says which.",
    worked="NoticesTooLate",
)
