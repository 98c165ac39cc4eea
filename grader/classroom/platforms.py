"""Whose file it is: what learning platforms, browsers and learners make of a file's name.

The forms are those of Moodle (folders, flat, blind marking, teams), of Canvas (named, anonymous,
late, handed in again), of GitHub Classroom, and of one folder for each learner.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from grader.classroom.handed_in import Mark
from grader.errors import Refused

MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?P<way>file|onlinetext)_?")
"""A learner's folder: the number is another one for every assignment."""

MOODLE_FLAT = re.compile(MOODLE.pattern + r"_?(?P<file>.+)")
"""A learner's file, where all lie in one folder."""

CANVAS = re.compile(
    r"(?P<name>.+?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<submission>\d+)_(?:LATE_)?(?P<file>.+)"
)
"""A learner's file, all in one folder: the first number is the learner's own."""

CANVAS_BLIND = re.compile(r"(?P<late>LATE_)?(?P<name>anon_[^_]+)_(?P<submission>\d+)_(?P<file>.+)")
"""The same where Canvas does not tell who it is."""

NOTEBOOK = re.compile(r"\.ipynb(?:\.json|\.txt)?\Z", re.IGNORECASE)
"""The end of a notebook's name; some browsers add a second one."""


OTHERS = frozenset(("__MACOSX", "Thumbs.db", "desktop.ini", "solutions"))
"""Files and folders that are nobody's answer; a clone of the course has its solutions."""


LONGEST_NAME = 128
"""Characters of a learner's name, as wide as nbgrader's gradebook has it."""


@dataclass(frozen=True)
class Place:
    """Where a file belongs, as far as its path tells."""

    learner: str
    owner: str
    """The platform's mark that tells two learners of the same name apart; may be empty."""
    file: str
    mark: Mark | None = None
    """What the platform calls them; None for a folder that somebody has made."""


def is_hidden(path: PurePosixPath) -> bool:
    """True for what an operating system, git, or the course itself has put there."""
    hidden = any(part.startswith(".") and part != ".." for part in path.parts)
    return hidden or not OTHERS.isdisjoint(path.parts)


def is_notebook(name: str) -> bool:
    """True for the names that a notebook has, or gets on its way."""
    return NOTEBOOK.search(name) is not None


def is_zip(path: PurePosixPath) -> bool:
    """True for a zip, by its name."""
    return path.suffix.lower() == ".zip"


def tells_whose(path: PurePosixPath) -> bool:
    """Whether a path tells by itself whose file it is."""
    return len(path.parts) > 1 or has_form(path.name)


def has_form(name: str) -> bool:
    """Whether a file's name has the form in which a platform tells whose it is."""
    return any(form.fullmatch(name) for form in (MOODLE_FLAT, CANVAS_BLIND, CANVAS))


def place(path: PurePosixPath, part: str, *, names_tell: bool = True) -> Place:
    """Whose file it is. Raises `Refused` where its path does not tell.

    `names_tell` is whether most files of the export have a platform's form: below a folder of
    their learner, one that looks so may be called as somebody liked.
    """
    for folder in path.parts[:-1]:
        if found := MOODLE.fullmatch(folder):
            return _of_moodle(found, path.name)
    if names_tell or len(path.parts) < 2:
        if found := MOODLE_FLAT.fullmatch(path.name):
            return _of_moodle(found, found["file"])
        if found := CANVAS_BLIND.fullmatch(path.name) or CANVAS.fullmatch(path.name):
            return _of_canvas(found, path.name)
    if len(path.parts) < 2:
        raise Refused("Its name says nothing of a learner: put it into a folder of their name.")
    return _checked(path.parts[0].removeprefix(f"{part}-"), "", path.name)


def why_no_notebook(file: str) -> str:
    """What to tell of a file that is no notebook."""
    end = PurePosixPath(file).suffix.lower()
    if end == ".zip":
        return f"{file} holds no notebook that can be read: ask for the notebook itself."
    if end in (".html", ".htm") and file.endswith("text.html"):
        return "Handed in is online text: ask for the notebook."
    if end in (".html", ".htm"):
        return f"{file} is a page made from a notebook: ask for the notebook itself."
    return f"{file} is no notebook: ask for the file whose name ends in .ipynb."


def _of_moodle(found: re.Match[str], file: str) -> Place:
    name, number = found["name"], found["id"]
    last, comma, first = name.partition(", ")
    place = _checked(f"{first} {last}" if comma else name, number, file)
    return replace(place, mark=Mark("moodle", unicodedata.normalize("NFC", name), number))


def _of_canvas(found: re.Match[str], whole: str) -> Place:
    user = found.groupdict().get("user") or ""
    place = _checked(f"{found['name']}_{user}" if user else found["name"], "", found["file"])
    late = found["late"] is not None or "_LATE_" in whole
    mark = Mark("canvas", found["name"], user, found["submission"], whole, late)
    return replace(place, mark=mark)


def _checked(name: str, owner: str, file: str) -> Place:
    learner = unicodedata.normalize("NFC", name)
    if problem := name_problem(learner):
        raise Refused(f"No learner can be made of it: {problem}.")
    return Place(learner, owner, file)


def printable(name: str) -> str:
    """A name as it can be shown and written anywhere: nothing in it moves a cursor."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in name
    )


def name_problem(name: str) -> str | None:
    """Why nobody can hand in under this name; None for a good one."""
    if any(unicodedata.category(letter).startswith("C") for letter in name):
        return "the name holds characters that cannot be printed"
    if unicodedata.normalize("NFC", name) != name:
        return "the name is not in Unicode's composed form (NFC)"
    if name.startswith(("-", ".")):
        return f"the name begins with `{name[:1]}`"
    if found := re.search(r"[/\\*?\[\],:|<>\"]", name):
        return f"the name holds `{found[0]}`"
    if name != name.strip() or not name:
        return "the name begins or ends with a space"
    if len(name) > LONGEST_NAME:
        return f"the name has more than {LONGEST_NAME} characters"
    return None
