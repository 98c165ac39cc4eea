"""The exercise `verify-operation`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)

verify_operation = Exercise(
    id="verify-operation",
    lesson=lesson_of(__name__),
    title="Verified means happened",
    points=7,
    clock="real",
    subject=TrackFileOperationsUseCase,
    contract=(
        "`success` says that the check ran, `verified` what it found. A creation is verified when "
        "there is a file at its path (even an empty one, even one that was there before), and not "
        "verified when there is none. Each check looks anew, at its own operation alone.",
        "A modification is verified once there is a file whose content differs from what it was "
        "when the modification was tracked, in any byte and whatever its length; also when there "
        "was no file then. An unchanged file is not verified, nor is one that is gone.",
        "An id that nobody tracked is an error result, and `error` names the id.",
        "What the store or the file system raises, an `Exception` of any type, does not come out: "
        "it is an error result with its message in `error`. A folder in the place of the file "
        "cannot be read.",
    ),
    promises={
        1: {
            "not-before": "A creation is not verified before there is a file.",
            "empty": "An empty file is a file.",
            "already-there": "A file that was there already is one, too.",
            "anew": "Each check looks anew.",
            "own": "It looks at its own operation.",
        },
        2: {
            "differs": "A modification is verified when the content differs.",
            "same-length": "It may differ and keep its length.",
            "anywhere": "It may differ far behind the beginning.",
            "any-byte": "It may differ in a blank.",
            "not-text": "It need not be text.",
            "from-nothing": "Any content differs from that of no file.",
            "unchanged": "An unchanged file is not verified.",
            "gone": "A file that is gone is not verified.",
        },
        3: {
            "unknown": "An id that nobody tracked is an error.",
            "names-id": "The error names the id.",
        },
        4: {
            "unreadable": "A file that cannot be read is an error.",
            "any-error": "It is, whatever is raised.",
            "comes-out": "It is a result.",
            "message": "The result says why.",
            "store": "A store that fails is an error result, too.",
        },
    },
    kinds="too much, too little (only the beginning, only text, only what is no blank), only "
    "the first time, only when something was there before, the wrong thing compared, only "
    "one type of error, an error that is lost, comes out or does not say why",
    hint="[tmp_path](https://docs.pytest.org/en/stable/how-to/tmp_path.html) is a fresh folder for "
    "each test, and [parametrize]"
    "(https://docs.pytest.org/en/stable/how-to/parametrize.html) turns one test into a table. "
    "Which contents are as far from the first as can be, and which as near?",
    worked="AlwaysVerified",
)
