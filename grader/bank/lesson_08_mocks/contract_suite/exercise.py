"""The exercise `contract-suite`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.memory import InMemoryTaskRepository
from vespera_scriptorium.infrastructure.sql import (
    SqlTaskRepository,
)

contract_suite = Exercise(
    id="contract-suite",
    lesson=lesson_of(__name__),
    title="One suite for the fake and the real thing",
    points=8,
    subject=(InMemoryTaskRepository, SqlTaskRepository),
    contract=(
        "`add` stores a task: `get` answers with an equal one, in every field, and with None for "
        "an id that nobody added.",
        "`add` of an id that is taken raises `DuplicateTaskError`, and the task that was there "
        "stays as it was; of two that add the same id at once, one succeeds and one raises it.",
        "`save` puts a task in the place of the one with its id, in every field, emptied ones too, "
        "and of no other; a `get` after it answers with what was saved, also when the task was "
        "read before.",
        "`save` of an id that nobody added raises `UnknownTaskError`, and stores nothing.",
        "`count` answers how many tasks are stored.",
        "`next_id` never answers with the same id twice, nor with one under which a task is "
        "stored. (What an id looks like is free.)",
        "What is stored is a copy: a later change to the `outputs` of a task that was added, "
        "saved or answered changes nothing stored.",
    ),
    promises={
        1: {
            "whole": "A task comes back in every field.",
            "none": "An id that nobody added has no task.",
        },
        2: {
            "refused": "An id is taken once.",
            "port-error": "The error is the port's own.",
            "stays": "The task that was there stays.",
        },
        3: {
            "every-field": "Every field is saved.",
            "emptied": "So is one that is empty now.",
            "others": "Other tasks stay.",
            "fresh": "What was read before is read anew.",
        },
        4: {
            "unknown": "An unknown task is not saved silently.",
            "not-stored": "Nor is it stored.",
        },
        5: {
            "stored": "What is stored is counted, and nothing else.",
            "each": "Every task is counted.",
        },
        6: {
            "once": "No id is given twice.",
            "free": "No id is given that is taken.",
        },
        7: {
            "added": "What was added may change.",
            "saved": "What was saved may change.",
            "answered": "What was answered may change.",
        },
    },
    kinds="too little is stored, read or saved, too much, too late, silently, the wrong error, "
    "an exception in the place of None, an answer that is too old, another count, only "
    "distinct titles, the same id twice, an id that is taken, what is shared on the way "
    "in and on the way out",
    hint="[Parametrized fixtures](https://docs.pytest.org/en/stable/how-to/fixtures.html"
    "#parametrizing-fixtures): with `params` every test that asks for the fixture runs once for "
    "each of them; `request.param` says which.",
    worked="NoticesTooLate",
)
