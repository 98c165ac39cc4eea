"""The exercise `fixtures-for-try-finally`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.legacy import LegacyFileTracker, LegacyFileTracking

TRACKER = "vespera_scriptorium.infrastructure.legacy:LegacyFileTracker"


fixtures_for_try_finally = Exercise(
    id="fixtures-for-try-finally",
    lesson=lesson_of(__name__),
    title="Fixtures for try and finally",
    points=6,
    subject=(LegacyFileTracking, LegacyFileTracker),
    contract=(
        "The fixture `db_session` gives the test a SQLAlchemy `Session`. Its database is a SQLite "
        "file of this test's own, which holds no operation when the test begins.",
        "The fixture `make_tracker` gives a plain function. Called with the id of a subtask, it "
        "answers with a new `LegacyFileTracker` for that subtask, which works on `db_session`. "
        "The tables are there by then.",
        "When the test ends, what it has not committed is rolled back, the session is closed, and "
        "the engine is disposed.",
    ),
    promises={
        1: {
            "empty": "Each test begins without operations.",
            "file": "A second connection sees what is committed, and nothing else.",
        },
        2: {
            "subtask": "A tracker belongs to the subtask that was asked for.",
            "session": "All trackers of a test work on `db_session`.",
        },
        3: {
            "rolled-back": "What the test has not committed is not stored after it.",
            "closed": "The session is closed after the test.",
            "disposed": "The engine is disposed after the test.",
        },
    },
    kinds="not opened, not closed, closed too early, not closed after an error, one for all "
    "tests, built by hand in place of the container",
    hint="[Fixtures that tear down](https://docs.pytest.org/en/stable/how-to/fixtures.html"
    "#yield-fixtures-recommended) have two halves, and `yield` between them. Only an async fixture "
    "can await `initialize_file_tracking`; it may use `db_session`.",
)
