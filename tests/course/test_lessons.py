"""The lessons' sources keep the shape that every lesson has, as far as a program can see it."""

import ast
import re
from functools import cache
from itertools import pairwise

import pytest
from helpers.course import ROOT

from grader.bank import exercises
from grader.course.lessons import Lesson, lesson_notebook, lessons
from grader.course.shape import MINUTES, MOST_WORDS, OWN_PROJECT, shape

LESSONS = lessons(ROOT)
START = "00-start-here"
"""The start page: shorter than a lesson, and with one exercise."""

MOST_LINES = 15
EXERCISES = (3, 4)
SAYS_NOTHING = {"here", "click here", "link", "this", "this link", "this page", "more", "read more"}
"""Texts of links that do not say where they lead."""

every_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
WHOLE = [lesson for lesson in LESSONS if not lesson.is_page]
"""A page has not the shape of a lesson."""

every_whole_lesson = pytest.mark.parametrize("lesson", WHOLE, ids=lambda lesson: lesson.name)
every_part_lesson = pytest.mark.parametrize(
    "lesson", [lesson for lesson in WHOLE if lesson.name != START], ids=lambda lesson: lesson.name
)


@cache
def cells(lesson: Lesson, kind: str = ""):
    """The cells of the notebook that a lesson becomes, before it is run."""
    return [cell for cell in lesson_notebook(lesson, ROOT).cells if kind in ("", cell.cell_type)]


def markdown(lesson):
    """All that a learner reads, without blocks of code and comments."""
    text = "\n\n".join(cell.source for cell in cells(lesson, "markdown"))
    return re.sub(r"^```.*?^```$|<!--.*?-->", "", text, flags=re.MULTILINE | re.DOTALL)


def prose(lesson):
    """As above, without code in lines, HTML, and where links lead to."""
    return re.sub(r"`[^`\n]*`|<[^>]*>|(?<=\])\([^)]*\)", "", markdown(lesson))


def headings(lesson):
    found = re.findall(r"^(#+) (.+)$", markdown(lesson), flags=re.MULTILINE)
    return [(len(marks), text) for marks, text in found]


def section(lesson, name):
    """What stands between a bold name, or a heading, and the next of its kind."""
    pattern = rf"^(?:\*\*{name}\.\*\*|#+ {name}$)(.*?)(?=^(?:\*\*[A-Z][a-z ]+[.:]\*\*|#)|\Z)"
    found = re.search(pattern, markdown(lesson), flags=re.MULTILINE | re.DOTALL)
    assert found is not None, f"no {name}"
    return found[1]


def own(lesson):
    return [exercise for exercise in exercises().values() if exercise.lesson == lesson.name]


@every_lesson
def test_a_lesson_has_at_most_1500_words(lesson):
    """Contracts, hints and code left out."""
    assert 0 < shape(lesson, ROOT).words <= MOST_WORDS


@every_part_lesson
def test_a_lesson_has_the_size_of_a_lesson(lesson):
    """In words, cells and minutes."""
    assert shape(lesson, ROOT).problems() == []


@every_lesson
def test_a_code_cell_has_at_most_15_lines_of_code(lesson):
    """A solution is a whole module, and a listing is not ours to shorten."""
    for cell in cells(lesson, "code"):
        if "nbgrader" in cell.metadata or "listing" in cell.metadata.get("tags", ()):
            continue
        lines = [line for line in cell.source.split("\n") if line and not line.startswith("%")]
        assert len(lines) <= MOST_LINES, cell.source


@every_lesson
def test_a_listing_is_one_of_the_pattern_document(lesson):
    """What a lesson says it has not changed, it has not changed."""
    document = (ROOT / "tests" / "data" / "pattern-document.md").read_text(encoding="utf-8")
    plain = re.sub(r"[ \t]+$", "", document, flags=re.MULTILINE)
    for cell in cells(lesson, "code"):
        if "listing" in cell.metadata.get("tags", ()):
            source = cell.source.replace(cell.source.partition("\n")[0], "", 1)
            last = ast.parse(source).body[-1]
            first = min(node.lineno for node in (last, *last.decorator_list))
            assert "\n".join(source.split("\n")[first - 1 :]) in plain


@every_lesson
def test_a_lesson_has_one_title_and_skips_no_level(lesson):
    """The title comes first, and a heading is at most one level below the one before it."""
    levels = [level for level, _ in headings(lesson)]
    assert cells(lesson)[0].source.startswith("# ")
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@every_lesson
def test_headings_hold_no_emoji(lesson):
    """Letters, digits, and the signs of plain text."""
    for _, text in headings(lesson):
        assert all(ord(character) < 0x2190 for character in text), text


@every_lesson
def test_nobody_shouts(lesson):
    """No exclamation mark stands in the prose."""
    assert "!" not in prose(lesson).replace("![", "[")


@every_whole_lesson
def test_a_lesson_says_how_long_it_takes_and_what_comes_before(lesson):
    """In its first cell; what its exercises take stands with each, and the sum is right."""
    found = re.search(
        r"\*\*(\d+) minutes(?:\.\*\*|\*\*, (\d+) of them to read\.) Before: \S",
        cells(lesson)[0].source,
    )
    assert found is not None
    if lesson.name == START:
        return
    assert lesson.minutes in MINUTES
    text = markdown(lesson)
    titles = [re.escape(exercise.title) for exercise in own(lesson)]
    each = [
        re.search(rf"^### Exercise: {title}\n\n\*\*(\d+) minutes\.\*\* ", text, re.MULTILINE | re.I)
        for title in titles
    ]
    minutes = [int(one[1]) for one in each if one is not None]
    assert len(minutes) == len(titles), titles
    assert lesson.minutes == int(found[2]) + sum(minutes)


@every_part_lesson
def test_a_lesson_names_its_pattern(lesson):
    """As the pattern document names it, and the section in which it stands."""
    document = (ROOT / "tests" / "data" / "pattern-document.md").read_text(encoding="utf-8")
    named = re.findall(r"^#+ (?:Pattern \d+: |\d+\. )?(.+?) *$", document, re.MULTILINE)
    patterns, section = lesson.pattern
    assert section in named
    assert set(patterns.split(", ")) <= set(named)


@every_whole_lesson
def test_a_lesson_begins_with_objectives_and_questions(lesson):
    """Three to five objectives, each with its verb emphasised."""
    objectives = re.findall(r"^- \*([a-z ]+)\* ", section(lesson, "Objectives"), re.MULTILINE)
    assert 3 <= len(objectives) <= 5
    assert section(lesson, "Questions").count("?") >= 2


@every_whole_lesson
def test_the_third_cell_loads_the_grader(lesson):
    """And nothing else."""
    assert cells(lesson)[2].source == "%load_ext grader"


@every_whole_lesson
def test_the_recap_answers_the_objectives(lesson):
    """Every verb comes back, in bold, in the same order."""
    objectives = re.findall(r"^- \*([a-z ]+)\* ", section(lesson, "Objectives"), re.MULTILINE)
    recap = re.findall(r"^- \*\*([A-Za-z ]+):?\*\*", section(lesson, "Recap"), re.MULTILINE)
    assert [verb.lower() for verb in recap] == objectives


@every_whole_lesson
def test_a_lesson_ends_with_what_comes_next_and_further_reading(lesson):
    """In the cell of the recap, which is the last one."""
    last = cells(lesson)[-1].source
    assert last.startswith("## Recap\n")
    assert "**Next:** " in last
    assert re.search(r"\*\*Further reading:\*\*\s+\S", last)


@every_part_lesson
def test_a_lesson_explains_failure_messages(lesson):
    """In a table."""
    assert re.search(r"^\| .+\|\n\| ---", section(lesson, "What failure messages mean"), re.M)


@every_part_lesson
def test_every_idea_begins_with_a_prediction(lesson):
    """Below each heading of the second level, up to the last ones, stands what to predict."""
    ideas = [
        part
        for part in re.split(r"^## ", markdown(lesson), flags=re.MULTILINE)[1:]
        if not part.startswith(("What failure messages mean", OWN_PROJECT, "Recap"))
    ]
    assert ideas
    for idea in ideas:
        assert "**Predict:**" in idea, idea.partition("\n")[0]


@every_whole_lesson
def test_the_answer_to_a_prediction_is_folded(lesson):
    """In the text after the cell that answers it; nothing stands before the fold."""
    asked = False
    for before, cell in pairwise(cells(lesson)):
        if before.cell_type == "markdown":
            asked = asked or "**Predict:**" in before.source.rpartition("</details>")[2]
        if asked and before.cell_type == "code" and cell.cell_type == "markdown":
            shown = re.sub(r"\A(<!--.*?-->\s*)+", "", cell.source, flags=re.DOTALL)
            assert shown.startswith("<details><summary>"), shown[:80]
            asked = False
    assert not asked


@every_part_lesson
def test_a_lesson_ends_in_your_own_project(lesson):
    """In a cell of its own, before the recap."""
    assert cells(lesson)[-2].source.startswith(f"## {OWN_PROJECT}\n")


@every_lesson
def test_pictures_have_a_text(lesson):
    """For those who cannot see them."""
    text = markdown(lesson)
    assert not re.search(r"!\[\s*\]", text)
    assert all(re.search(r'\balt="[^"]+"', image) for image in re.findall(r"<img\b[^>]*>", text))


@every_lesson
def test_links_say_where_they_go(lesson):
    """Neither "here" nor an address stands in the place of a text."""
    text = markdown(lesson)
    for words, _ in re.findall(r"(?<!!)\[([^\]]+)\]\(([^)]+)\)", text):
        assert words.strip("` ").lower() not in SAYS_NOTHING
        assert "://" not in words
    assert not re.search(r"(?<!\]\()https?://", text)


@every_lesson
def test_links_within_the_course_lead_somewhere(lesson):
    """To the notebook of a lesson that exists."""
    notebooks = {other.notebook.as_posix() for other in LESSONS}
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", markdown(lesson)):
        path = (ROOT / lesson.part / target).resolve().relative_to(ROOT)
        assert path.as_posix() in notebooks, target


@every_whole_lesson
def test_each_exercise_of_the_bank_is_in_its_lesson_once(lesson):
    """With its contract and its worked mutant before the answer cell, and its hint after it."""
    source = lesson.source.read_text(encoding="utf-8")
    assert len(own(lesson)) in ((1,) if lesson.name == START else EXERCISES)
    assert set(re.findall(r'^# %% exercise="(.+)"$', source, re.MULTILINE)) == {
        exercise.id for exercise in own(lesson)
    }
    for exercise in own(lesson):
        parts = (
            f"# {{contract {exercise.id}}}\n",
            *([f"# {{worked {exercise.id}}}\n"] if exercise.mutants else []),
            f'# %% exercise="{exercise.id}"\n',
            f"# {{hint {exercise.id}}}\n",
        )
        assert [source.count(part) for part in parts] == [1] * len(parts), exercise.id
        assert sorted(parts, key=source.index) == list(parts), exercise.id


@every_lesson
def test_an_exercise_has_a_heading_of_its_own(lesson):
    """Of the third level, with the title that the bank gives it."""
    titles = [text for level, text in headings(lesson) if level == 3 and "Exercise" in text]
    assert [title.lower() for title in titles] == [
        f"exercise: {exercise.title}".lower() for exercise in own(lesson)
    ]


@every_lesson
def test_every_test_of_a_solution_says_what_it_does_and_what_it_defends(lesson):
    """A sentence, then the clauses."""
    for cell in cells(lesson, "code"):
        if cell.metadata.get("nbgrader", {}).get("solution"):
            for node in ast.walk(ast.parse(cell.source.partition("\n")[2])):
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                if node.name.startswith("test_"):
                    text = ast.get_docstring(node) or ""
                    assert re.match(r"[^.]+\..* ?Clauses? \d+(, \d+)*( and \d+)?\.$", text), (
                        node.name
                    )
