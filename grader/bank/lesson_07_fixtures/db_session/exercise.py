"""The exercise `db-session`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.database import AsyncDatabaseManager

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
        "What is not committed when the test ends is rolled back. What is committed stays until "
        "the database is stopped.",
        "After the test the database is stopped, also when the test has asked for `database` "
        "alone.",
    ),
    promises={
        1: {"tables": "All tables are there."},
        2: {"own": "No test finds what another one has stored."},
        3: {
            "isolated": "Other sessions do not see what is not committed.",
            "committed": "They see what is committed.",
        },
        4: {
            "rolled-back": "What is not committed is rolled back.",
            "stays": "What is committed stays.",
        },
        5: {
            "stopped": "The database is stopped after a test with a session.",
            "alone": "It is stopped after a test without one.",
        },
    },
    kinds="no tables, rows from before, one database for all, one connection for all, another "
    "database for the session, too much is rolled back, too little, a session that stays "
    "at work, a database that stays open, that is closed by the session only",
    hint="[tmp_path](https://docs.pytest.org/en/stable/how-to/tmp_path.html) is a folder for each "
    "test. A path goes into the URL behind three slashes: `sqlite+aiosqlite:///…`",
)
