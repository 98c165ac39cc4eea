"""A class that is graded once more."""

from grader.classroom.grade import grade
from grader.classroom.summary import Summary
from helpers.small_class import (
    PART,
    WEAK,
    SmallClass,
    answer,
    solved,
    untouched,
)

CLASS = {"ada": solved(), "ben": untouched(), "cleo": answer(WEAK), "dan": answer(WEAK)}


def again(room: SmallClass) -> Summary:
    return grade(room.root, PART, sandbox="off")
