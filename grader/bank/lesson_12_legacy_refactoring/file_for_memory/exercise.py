"""The exercise `file-for-memory`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.legacy import (
    LegacyFileTracker,
    LegacyFileTracking,
    initialize_file_tracking,
)

INITIALIZE = "vespera_scriptorium.infrastructure.legacy:initialize_file_tracking"


file_for_memory = Exercise(
    id="file-for-memory",
    lesson=lesson_of(__name__),
    title="A file for :memory:",
    points=6,
    subject=(LegacyFileTracker, LegacyFileTracking, initialize_file_tracking),
    contract=(
        "`initialize_file_tracking` makes the tables that are missing, also when some are there. "
        "Rows that are there stay. With `run_migration=False` it makes no table.",
        "Once `track_file_create` or `track_file_modify` has returned, the operation is committed: "
        "a tracker of the same subtask on another connection counts it at once.",
        "`verify_all_operations` counts what is committed at that moment, by whichever session, "
        "also by others since its last call, when it has done nothing itself meanwhile. It "
        "changes nothing that is stored. (Nothing is promised about what its own session has not "
        "committed.)",
        "What a check needs is stored with the operation: any tracker of the "
        "subtask, also one made later, verifies a modification exactly when the content of the "
        "file differs from what it was when the modification was tracked.",
    ),
    promises={
        1: {
            "missing": "Tables that are missing are made, although others are there.",
            "rows": "Operations that are stored stay.",
            "no-migration": "Without migration no table is made.",
        },
        2: {
            "creation": "A creation is committed when its tracking has returned.",
            "modification": "A modification is committed when its tracking has returned.",
            "each": "That holds for every call, not only for the first.",
            "at-once": "It is committed by its own call, not by a later one.",
        },
        3: {
            "others": "Operations that others have tracked are counted.",
            "fresh": "Operations that were committed since the last call are counted.",
            "unchanged": "A check removes nothing.",
        },
        4: {"restart": "The content before a modification is known to every tracker."},
    },
    kinds="only some kinds, only the first, too late, what belongs to others, only what it has "
    "seen itself, only until it is read, only in memory, too much, always in place of "
    "when it is asked",
    hint="A [session](https://docs.sqlalchemy.org/en/20/orm/session_basics.html) sees its own "
    "changes before they are committed, so look with a session of a second engine. Two sessions "
    'that write wait for each other: `connect_args={"timeout": 0}` makes an error of the wait.',
    worked="CommitsModificationsOnly",
)
