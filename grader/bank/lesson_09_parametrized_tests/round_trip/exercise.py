"""The exercise `round-trip`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.usecases.track_file_operations import (
    TrackFileOperationsUseCase,
)

round_trip = Exercise(
    id="round-trip",
    lesson=lesson_of(__name__),
    title="True for any list of files",
    points=8,
    subject=TrackFileOperationsUseCase,
    contract=(
        "`verify_all_operations` counts every tracked operation once, also when several have the "
        "same path: `total` is their number, and each is in `verified` or `unverified`.",
        "A modification is verified exactly when there is a file now, and either there was none "
        "when it was tracked, or its content differs from what it was then.",
        "A creation is verified exactly when its file is there, whatever is in it, and whenever it "
        "was written, before it was tracked, too.",
        "To verify changes nothing: asked twice, it answers twice the same. When files have "
        "changed in between, it answers for the files as they are.",
        "`all_verified` is True when there is at least one operation and all of them are verified.",
        "`./a` and `a` are one path, and a second creation of it fails; `a` and `A` are two.",
    ),
    promises={
        1: {
            "same-path": "Several operations of one path are counted.",
            "any-number": "Any number of operations is counted.",
            "unverified": "What is not verified is in `unverified`.",
        },
        2: {
            "content": "A modification is a change of the content.",
            "all-of-it": "All of the content counts.",
            "no-file-before": "A file that was not there has changed.",
            "no-file-now": "A file that is gone is not verified.",
        },
        3: {
            "empty": "An empty file is a file.",
            "written-before": "A file that was there before is there.",
        },
        4: {
            "kept": "Verified operations are counted again.",
            "same-answer": "The second answer is the first.",
            "anew": "A change in between is seen.",
        },
        5: {
            "some": "None is not all.",
            "all": "One is not all.",
            "not-the-last": "The last one is not all.",
        },
        6: {
            "case": "Names that differ in case are two paths.",
            "one-path": "Two spellings are one path.",
            "second": "A second creation fails.",
        },
    },
    kinds="only distinct paths, only small lists, a wrong count, another property (size, "
    "beginning, case), no file before or now, an empty file, a file that is too early, "
    "only the first time, an answer that is too old, none, one or the last in the place "
    "of all, an error that is lost",
    hint="[Hypothesis](https://hypothesis.readthedocs.io/en/latest/tutorial/introduction.html) "
    "draws the examples; [pytest's fixtures](https://docs.pytest.org/en/stable/how-to/fixtures"
    ".html) are made once for all of them, so build what must be fresh in the test itself. Few "
    "paths, as in `st.sampled_from(['a', 'A', 'b'])`, and short contents of "
    "few letters make accidents likely.",
    worked="LooksAtTheSize",
)
