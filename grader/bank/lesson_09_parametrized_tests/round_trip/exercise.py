"""The exercise `round-trip`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)

round_trip = Exercise(
    id="round-trip",
    lesson=lesson_of(__name__),
    title="True for any list of files",
    points=6,
    subject=TrackFileOperationsUseCase,
    contract=(
        "`verify_all_operations` counts every tracked operation once, also when several have the "
        "same path.",
        "A modification is verified exactly when there is a file whose content differs from what "
        "it was when the modification was tracked.",
        "A creation is verified exactly when its file is there, whatever is in it, and whenever it "
        "was written.",
        "To verify changes nothing: asked twice, it answers twice the same.",
        "`all_verified` is True when there is at least one operation and all of them are verified.",
        "`./a` and `a` are one path, and a second creation of it fails; `a` and `A` are two.",
    ),
    hint="[Hypothesis](https://hypothesis.readthedocs.io/en/latest/tutorial/introduction.html) "
    "draws the examples; [pytest's fixtures](https://docs.pytest.org/en/stable/how-to/fixtures"
    ".html) are made once for all of them, so build what must be fresh in the test itself. Few "
    "paths, as in `st.sampled_from(['a', 'A', 'b'])`, and short contents make accidents likely.",
    worked="LooksAtTheSize",
)
