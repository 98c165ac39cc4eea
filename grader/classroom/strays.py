"""Notebooks that learners hand in under other names than the lessons': nobody grades them.

What they hold and the lesson's own notebook lacks is refused by name, so that it is not lost.
"""

from collections.abc import Collection, Mapping

from grader.bank import exercises
from grader.course.cells import Found, Originals, is_answered, is_worked_on, listed

Answers = dict[str, Found]
"""What one notebook holds, by exercise."""


def adopted(
    answers: Mapping[str, Answers], strays: dict[str, Answers], lessons: Collection[str]
) -> dict[str, Answers]:
    """The lessons that lack a notebook, each with the one stray that holds it, and no other lesson.

    These are strays no more.
    """
    found = {}
    for lesson in sorted(set(lessons) - set(answers)):
        mine = set(_exercises(lesson))
        files = [file for file, held in strays.items() if mine.intersection(held)]
        if len(files) == 1 and not _others(strays[files[0]], mine):
            found[lesson] = strays.pop(files[0])
    return found


def _others(held: Answers, mine: Collection[str]) -> bool:
    """Whether a notebook holds exercises of another lesson, too."""
    return any(name in exercises() and name not in mine for name in held)


def with_strays(
    answers: Mapping[str, Answers],
    strays: Mapping[str, Answers],
    lessons: Collection[str],
    original: Originals,
) -> dict[str, Answers]:
    """The answers by lesson, and in the place of each that lies in a stray what to do about it.

    `strays` are by the names of their files.
    """

    def is_real(exercise_id: str, found: Found | None) -> bool:
        return found is not None and is_answered(exercise_id, found, original)

    told = {lesson: dict(found) for lesson, found in answers.items()}
    real = {
        file: {name: one for name, one in found.items() if is_real(name, one)}
        for file, found in strays.items()
    }
    for lesson in sorted(lessons):
        for exercise_id in _exercises(lesson):
            files = [file for file, found in real.items() if exercise_id in found]
            if lesson not in answers:
                if sentence := _sentence(lesson, real):
                    suite = real[files[0]][exercise_id].suite if files else ""
                    told.setdefault(lesson, {})[exercise_id] = Found(suite, sentence)
            elif files and not is_real(exercise_id, answers[lesson].get(exercise_id)):
                told[lesson][exercise_id] = Found(
                    real[files[0]][exercise_id].suite,
                    f"{listed(files)} {_hold(files)} an answer to {exercise_id}, which "
                    f"{lesson}.ipynb lacks: copy {_its(files)} cell there.",
                )
    return dict(sorted(told.items()))


def ignored(
    answers: Mapping[str, Answers],
    strays: Mapping[str, Answers],
    lessons: Collection[str],
    original: Originals,
) -> list[str]:
    """A sentence for each stray with another answer than the lesson's notebook, which counts."""
    told = []
    for file, held in strays.items():
        for lesson in sorted(set(lessons) & set(answers)):
            other = [
                name
                for name in _exercises(lesson)
                if name in held
                and (mine := answers[lesson].get(name)) is not None
                and held[name].suite.strip() != mine.suite.strip()
                and is_worked_on(name, held[name].suite, original)
                and is_worked_on(name, mine.suite, original)
            ]
            if other:
                told.append(
                    f"{file} holds another answer to {listed(other)} and is ignored, "
                    f"{lesson}.ipynb counts: delete the one that is not meant."
                )
    return told


def names_wanted(strays: Mapping[str, Answers], lessons: Collection[str]) -> str:
    """What to tell a learner of whom no notebook has a lesson's name."""
    sentences = [sentence for one in sorted(lessons) if (sentence := _sentence(one, strays))]
    wanted = " or ".join(f"{lesson}.ipynb" for lesson in sorted(lessons))
    return " ".join(sentences) or (f"There is no notebook of this part: its name must be {wanted}.")


def _sentence(lesson: str, strays: Mapping[str, Answers]) -> str | None:
    """What to do about a lesson whose exercises lie in strays only; None where there are none."""
    mine = set(_exercises(lesson))
    files = [file for file, found in strays.items() if mine.intersection(found)]
    if not files:
        return None
    if len(files) > 1:
        do = f"put them into one notebook, and name it {lesson}.ipynb"
    else:
        do = f"copy them into {lesson}.ipynb"
    return f"{listed(files)} {_hold(files)} exercises of {lesson}: {do}."


def _exercises(lesson: str) -> list[str]:
    return [exercise.id for exercise in exercises().values() if exercise.lesson == lesson]


def _hold(files: Collection[str]) -> str:
    return "holds" if len(files) == 1 else "hold"


def _its(files: Collection[str]) -> str:
    return "its" if len(files) == 1 else "one"
