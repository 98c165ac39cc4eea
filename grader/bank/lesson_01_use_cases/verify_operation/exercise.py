"""The exercise `verify-operation`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)

verify_operation = Exercise(
    id="verify-operation",
    lesson=lesson_of(__name__),
    title="Verified means happened",
    points=5,
    clock="real",
    subject=TrackFileOperationsUseCase,
    contract=(
        "`success` says that the check ran, `verified` what it found. A creation is verified "
        "once there is a file at its path, an empty one, too; before that it is not.",
        "A modification is verified once there is a file whose content differs from what it was "
        "when the modification was tracked, whatever its length. An unchanged file is not "
        "verified, nor is one that is gone.",
        "An id that nobody tracked is an error result, and `error` names the id.",
        "A file that cannot be read, such as a folder in its place, is an error result that says "
        "why in `error`. `verify_operation` raises nothing.",
    ),
    hint="[tmp_path](https://docs.pytest.org/en/stable/how-to/tmp_path.html) is a fresh folder for "
    "each test, and [parametrize]"
    "(https://docs.pytest.org/en/stable/how-to/parametrize.html) turns one test into a table. "
    "Which contents are as far from the first as can be, and which as near?",
    worked="AlwaysVerified",
)
