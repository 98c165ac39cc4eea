"""The exercise `track-creation`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)

track_creation = Exercise(
    id="track-creation",
    lesson=lesson_of(__name__),
    title="A success is stored",
    points=5,
    clock="real",
    subject=TrackFileOperationsUseCase,
    contract=(
        "A success means stored: another unit of work of the same store finds the operation "
        "under the result's `operation_id`, which is the one that the caller gave, if any.",
        "The stored `context` and `metadata` equal what the caller gave.",
        "Paths are normalised, in the result and in the store: `./a`, `b/../a` and `a` are `a`.",
        "An `operation_id` that is taken, or a second creation of a path, is an error result: "
        "`success` is False, `operation_id` is None, `error` says why. "
        "What was stored before stays as it was, and nothing is added.",
        "What the store or the file system raises (an `Exception`, from any method of theirs) is "
        "an error result with its message in `error`. `track_file_creation` raises nothing.",
    ),
    hint="A fixture that returns the container gives your test the use case and its store: see "
    "[how fixtures are requested](https://docs.pytest.org/en/stable/how-to/fixtures.html). For a "
    "store that fails, derive from one that works. "
    "[A folder](https://docs.pytest.org/en/stable/how-to/tmp_path.html) cannot be read as a file.",
    worked="NeverCommitted",
)
