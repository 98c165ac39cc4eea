"""Who is in a class: `roster.csv` in the course's folder, where an instructor has put one.

Its columns are `id`, `name`, `section` and `platform id`; only the first is needed. The id is what
everything else calls the learner, the platform id the number by which Canvas knows them: Moodle's
is another one for each assignment, so it tells nothing.
"""

import csv
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.classroom.handed_in import Mark
from grader.classroom.platforms import Place, name_problem
from grader.errors import CourseError

FILE = "roster.csv"

COLUMNS = ("id", "name", "section", "platform id")


@dataclass(frozen=True)
class Person:
    """A line of the roster; what it does not say is empty."""

    id: str
    name: str = ""
    section: str = ""
    platform_id: str = ""

    @property
    def first_and_last(self) -> tuple[str, str]:
        """The name as a gradebook has it; `Last, First` is understood."""
        last, comma, first = self.name.partition(", ")
        if not comma:
            first, _, last = self.name.rpartition(" ")
        return first.strip(), last.strip()


class Roster:
    """The people of a class, by what an export or a folder calls them."""

    def __init__(self, people: Iterable[Person] = ()) -> None:
        self.people = {person.id: person for person in people}
        self._by_number = {p.platform_id: p for p in self.people.values() if p.platform_id}
        self._by_name: dict[str, list[Person]] = {}
        for person in self.people.values():
            first, last = person.first_and_last
            for name in {person.name, f"{first} {last}".strip()} - {""}:
                self._by_name.setdefault(_folded(name), []).append(person)

    def __iter__(self) -> Iterator[Person]:
        return iter(self.people.values())

    def __len__(self) -> int:
        return len(self.people)

    def find(self, name: str, number: str = "") -> Person | None:
        """Who has this id, this number, or alone this name; None for a stranger."""
        if name in self.people:
            return self.people[name]
        if number in self._by_number:
            return self._by_number[number]
        alike = self._by_name.get(_folded(name), [])
        return alike[0] if len(alike) == 1 else None

    def name_of(self, learner: str) -> str:
        """The name of a learner; empty where there is none."""
        return self.people[learner].name if learner in self.people else ""

    def section_of(self, learner: str) -> str:
        """The section of a learner; empty where there is none."""
        return self.people[learner].section if learner in self.people else ""


def read_roster(root: Path) -> Roster:
    """The roster of a course; an empty one where there is no file. Raises `CourseError`."""
    path = root / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Roster()
    except UnicodeDecodeError:
        raise CourseError(f"{FILE} is not text in UTF-8: save it so.") from None
    lines = text.splitlines()
    first = lines[0] if lines else ""
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = csv.DictReader(lines, delimiter=delimiter, strict=True)
    try:
        names = {_column(name): name for name in rows.fieldnames or ()}
        if "id" not in names:
            found = ", ".join(filter(None, rows.fieldnames or ())) or "nothing"
            raise CourseError(
                f"{FILE} has no column `id` but {found}: name the columns {', '.join(COLUMNS)}."
            )
        people = [
            Person(*((row.get(names.get(column, "")) or "").strip() for column in COLUMNS))
            for row in rows
        ]
    except csv.Error as error:
        raise CourseError(
            f"{FILE} cannot be read from line {rows.line_num + 1} on ({error}): look for a "
            "quotation mark that is never closed."
        ) from None
    people = [person for person in people if any(vars(person).values())]
    _check(people)
    return Roster(people)


def told_apart(
    places: Iterable[Place], roster: Roster, before: Mapping[str, Mark]
) -> dict[Place, Place]:
    """The same places, by the names that the class has for their learners.

    Whom the roster knows has their id, unless two people of the export have the one name; and whom
    an earlier export of the part brought the name that they had then. Of the others, learners of
    one name have the platform's number in theirs.
    """
    numbers = {mark.number: learner for learner, mark in before.items() if mark.number}
    known: dict[Place, Place] = {}
    strangers: list[Place] = []
    people: dict[Place, Person | None] = {}
    owners: dict[str, set[str]] = {}
    for one in places:
        number = one.mark.number if one.mark and one.mark.platform == "canvas" else ""
        people[one] = person = roster.find(one.learner, number)
        if person is not None:
            owners.setdefault(person.id, set()).update({one.owner} - {""})
    calls = Counter(name for name, _ in {(mark.name, mark.number) for mark in before.values()})
    for one, person in people.items():
        is_namesake = one.owner in numbers and calls[before[numbers[one.owner]].name] > 1
        if person is not None and len(owners[person.id]) < 2 and not is_namesake:
            known[one] = replace(one, learner=person.id)
        elif one.owner in numbers:
            known[one] = replace(one, learner=numbers[one.owner])
        else:
            strangers.append(one)
    owners = {}
    for one in strangers:
        owners.setdefault(one.learner, set()).add(one.owner)
    for one in strangers:
        taken = len(owners[one.learner]) > 1 or one.learner in before
        apart = replace(one, learner=f"{one.learner}_{one.owner}")
        known[one] = apart if one.owner and taken else one
    return known


def _check(people: list[Person]) -> None:
    seen: dict[str, int] = {}
    for number, person in enumerate(people, start=1):
        if problem := name_problem(person.id):
            raise CourseError(f"{FILE}, learner {number}: {problem}; mend the id {person.id!r}.")
        for what, value in (("id", person.id), ("platform id", person.platform_id)):
            key = f"{what} {value}"
            if value and key in seen:
                raise CourseError(
                    f"{FILE}, learners {seen[key]} and {number} have the {key}: each has their own."
                )
            seen[key] = number


def _column(name: str | None) -> str:
    return " ".join((name or "").replace("_", " ").casefold().split())


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
