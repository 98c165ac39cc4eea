"""The exercise `assertions-for-prints`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.legacy import LegacyFileTracker

assertions_for_prints = Exercise(
    id="assertions-for-prints",
    lesson=lesson_of(__name__),
    title="Assertions for a printed line",
    points=6,
    subject=LegacyFileTracker,
    contract=(
        "`track_file_create` and `track_file_modify` answer with the id of a new operation, a "
        "string. Each call is an operation of its own, also when kind and path are tracked "
        "already.",
        "A creation is verified when its file exists at the time of the check, whatever the file "
        "holds.",
        "A modification is verified when the file exists at the time of the check, and its content "
        "is not what it was when this modification was tracked. If there was no file "
        "then, any file now is a change. New content of the same length is a change, too.",
        "`verify_all_operations` looks at the operations of its tracker's subtask, and at no "
        "others. It answers with a dict: `total` and `verified` are numbers, `unverified` is a "
        "list of the ids that are not verified, in the order in which they were tracked. The dict "
        "may hold more.",
        "`all_verified` in that dict is True when there is at least one operation and every one "
        "is verified, and False otherwise.",
    ),
    promises={
        1: {
            "id": "The answered id is the one by which `unverified` names the operation.",
            "own": "A second operation of the same kind on the same path is counted, too.",
        },
        2: {
            "creation-missing": "A creation without a file is not verified.",
            "creation-empty": "A created file may be empty.",
        },
        3: {
            "modification-same": "A modification that leaves the content as it was is none.",
            "modification-length": "A new content of the same length is a modification.",
            "modification-gone": "A modification whose file is gone is not verified.",
            "modification-born": "A file that was missing may be modified into existence.",
            "modification-own": "A modification is compared with the content at its own tracking.",
        },
        4: {
            "subtask": "Operations of other subtasks are not looked at.",
            "numbers": "`total` counts all operations, `verified` those that are verified.",
            "every": "`unverified` names every operation that is not verified.",
            "order": "`unverified` is in the order of tracking.",
        },
        5: {
            "none": "With no operation, `all_verified` is False.",
            "all": "One unverified operation is enough for False, wherever it stands.",
        },
    },
    kinds="always, never, only the length, only what is not empty, the wrong one, the last for "
    "all, what belongs to others, only the first, in the wrong order, nothing at all",
    hint="A test reads best as three parts: arrange, act, "
    "[assert](https://docs.pytest.org/en/stable/how-to/assert.html). Make a fixture for the "
    "tracker, and `tmp_path` the place of the file. Let some operations happen, and others not.",
    worked="MissingFileIsCreated",
)
