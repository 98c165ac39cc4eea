"""The exercise `track-creation`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)

track_creation = Exercise(
    id="track-creation",
    lesson=lesson_of(__name__),
    title="A success is stored",
    points=8,
    clock="real",
    subject=TrackFileOperationsUseCase,
    contract=(
        "A success means stored: another unit of work of the same store finds the operation "
        "under the result's `operation_id`. That is the one that the caller gave, if any, or else "
        "a new one. How a new id looks is free.",
        "The stored `context` and `metadata` equal what the caller gave, whatever they hold.",
        "Paths are normalised, in a success and in the store: `./a`, `b/../a` and `a` are `a`. "
        "`b/a` stays `b/a`.",
        "An `operation_id` that is taken, or a second creation of a path, is an error result: "
        "`success` is False, `operation_id` is None, `error` says why, in any words. "
        "What was stored before stays as it was, and nothing is added.",
        "The file is read before the operation is stored. What the file system or the store raises "
        "(an `Exception` of any type, from `read`, `unit`, `add` or `commit`) does not come out: "
        "it is an error result with its message in `error`. A cancellation does come out.",
    ),
    promises={
        1: {
            "stored": "The operation is stored.",
            "found": "It is found under the id of the result.",
            "given-id": "The id is the caller's.",
            "new-id": "Without one, each operation has a new id.",
        },
        2: {
            "context": "The context is stored as it was given.",
            "metadata": "So are the metadata.",
        },
        3: {
            "normalised": "Each spelling of a path becomes the shortest.",
            "stored-path": "The path is normalised in the store.",
            "result-path": "It is normalised in the result.",
            "folder": "A path keeps its folders.",
        },
        4: {
            "same-path": "A second creation of a path is refused.",
            "same-id": "An id that is taken is refused.",
            "no-id": "A refusal has no id.",
            "says-why": "A refusal says why.",
            "untouched": "A refusal changes nothing that is stored.",
        },
        5: {
            "read": "A file that cannot be read is an error result.",
            "unit": "So is a unit of work that does not open.",
            "commit": "So is a commit that fails.",
            "any-error": "That holds for errors of any type.",
            "message": "The result holds the error's message.",
            "cancellation": "A cancellation comes out.",
        },
    },
    kinds="too little, too much (a folder is cut off, a refusal removes what was there), the "
    "wrong id, only the first time, only simple values, only the example (`./a`), only "
    "one type of error, only one method that fails, an error without its message, a "
    "swallowed cancellation",
    hint="A fixture that returns the container gives your test the use case and its store: see "
    "[how fixtures are requested](https://docs.pytest.org/en/stable/how-to/fixtures.html). For a "
    "store that fails, derive from one that works. "
    "An [AsyncMock]"
    "(https://docs.python.org/3/library/unittest.mock.html#unittest.mock.AsyncMock) with a "
    "`side_effect` fails in the place of one method; `container.override(FileSystem, "
    "SimpleNamespace(read=mock))` is a file system whose `read` is that mock.",
    worked="NeverCommitted",
)
