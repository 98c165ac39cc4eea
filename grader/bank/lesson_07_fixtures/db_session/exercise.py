"""The exercise `db-session`, and its contract."""

from typing import TYPE_CHECKING

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager

if TYPE_CHECKING:
    pass


db_session = Exercise(
    id="db-session",
    lesson=lesson_of(__name__),
    title="A database for each test",
    points=5,
    subject=AsyncDatabaseManager,
    contract=(
        "The async fixture `database` gives the test an `AsyncDatabaseManager` with all its "
        "tables.",
        "Every test gets a database of its own, which is empty.",
        "The async fixture `db_session` gives a session of that database. Other sessions do not "
        "see what it has not committed yet, and see what it has.",
        "What is not committed when the test ends is rolled back.",
        "After the test the database is stopped.",
    ),
    hint="[tmp_path](https://docs.pytest.org/en/stable/how-to/tmp_path.html) is a folder for each "
    "test. A path goes into the URL behind three slashes: `sqlite+aiosqlite:///…`",
)
