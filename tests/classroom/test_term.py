"""A class of twelve, from Moodle's export with its mess to returned feedback, by commands alone."""

import csv
import io
import json
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from helpers.outline import words
from helpers.small_class import LESSON, PART, WEAK, SmallClass, answer, solved, untouched

pytestmark = pytest.mark.slow

IN_TIME, TOO_LATE = (2026, 1, 31, 12, 0, 0), (2026, 2, 2, 12, 0, 0)

ROSTER = """id,name,section,platform id
ada,"Lovelace, Ada",A,
ben,Ben Kay,A,
zoe,Zoë Young,B,
gone,Gone Missing,B,
"""

CLASS: dict[str, tuple[str, Any]] = {
    "Ada Lovelace_101": (f"{LESSON}.ipynb", solved()),
    "Ben Kay_102": (f"{LESSON} (1).ipynb", answer(WEAK)),
    "Zoë Young_103": (f"{LESSON}.ipynb.json", solved()),
    "Kim Lee_104": (f"{LESSON}.ipynb", solved()),
    "Kim Lee_105": (f"{LESSON}.ipynb", answer(WEAK)),
    "Late Comer_106": (f"{LESSON}.ipynb", solved()),
    "Not Begun_107": (f"{LESSON}.ipynb", untouched()),
    "Zip Per_108": ("work.zip", b"PK"),
    "Web Page_109": (f"{LESSON}.html", b"<html>"),
    "Odd One_110": (f"{LESSON}.ipynb", b"{"),
    "Plain Text_111": ("onlinetext.html", b"<p>Done!</p>"),
    "Rejected Too_112": (f"{LESSON}.ipynb", answer("%%ipytest --mutants first-test\ndef")),
}

LEFT_OUT = {"Zip Per", "Web Page", "Odd One", "Plain Text"}


class Unflagged(zipfile.ZipInfo):
    """An entry as a Mac packs it: decomposed letters, and no flag that says UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return unicodedata.normalize("NFD", self.filename).encode(), self.flag_bits


def export(path: Path, **changed: Any) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for learner, (file, content) in CLASS.items():
            way = "onlinetext" if file == "onlinetext.html" else "file"
            content = changed.get(learner.partition(" ")[0].lower(), content)
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            late = learner.startswith("Late") or bool(changed)
            name = f"{learner}_assignsubmission_{way}/{file}"
            archive.writestr(Unflagged(name, TOO_LATE if late else IN_TIME), raw)
    return path


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> SmallClass:
    room = SmallClass(tmp_path_factory.mktemp("term"))
    (room.root / "roster.csv").write_text(ROSTER, encoding="utf-8")
    room.configure("c.LateSubmissionPlugin.penalty_method = 'zero'")
    done(room, "nbgrader", "db", "assignment", "add", PART, "--duedate", "2026-01-31 23:59 UTC")
    return room


def done(room: SmallClass, *command: str, status: int = 0) -> str:
    result = room.run(command=list(command))
    assert result.returncode == status, result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def first(room: SmallClass) -> dict[str, Any]:
    origin = export(room.root / "export.zip")
    said = done(
        *(room, "grader", "grade", PART, "--from", str(origin), "--sandbox", "off", "--json"),
        status=1,
    )
    return {row["learner"]: row for row in json.loads(said)["learners"]}


def test_everybody_is_accounted_for(first: dict[str, Any]) -> None:
    """Twelve and one who handed in nothing; by the names that the instructor gave them."""
    assert set(first) == {
        *("ada", "ben", "zoe", "gone", "Kim Lee_104", "Kim Lee_105", "Late Comer", "Not Begun"),
        *LEFT_OUT,
        "Rejected Too",
    }
    refused = {name for name, row in first.items() if row["status"] == "refused"}
    assert refused == LEFT_OUT
    assert all(first[name]["reason"] for name in (*LEFT_OUT, "gone"))
    assert first["gone"]["status"] == "ignored"
    assert (first["ada"]["score"], first["zoe"]["score"]) == (2.0, 2.0)
    late = first["Late Comer"]
    assert (late["score"], late["tests"], late["penalty"]) == (0.0, 2.0, 2.0)


def test_one_number_everywhere(room: SmallClass, first: dict[str, Any]) -> None:
    """Summary, report, overview, page, what goes back, and nbgrader's own export."""
    wanted = {name: row["score"] for name, row in first.items() if row["score"] is not None}
    report = json.loads(done(room, "grader", "report", PART, "--json"))
    assert {one["learner"]: one["score"] for one in report["learners"]} == wanted
    everything = json.loads(done(room, "grader", "report", "--all", "--json"))
    assert {o["learner"]: o["score"] for o in everything["learners"] if o["learner"] in wanted} == (
        wanted
    )
    done(room, "nbgrader", "export")
    with (room.root / "grades.csv").open(encoding="utf-8") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: float(rows[name]["score"]) for name in wanted} == wanted
    assert (rows["ada"]["first_name"], rows["ada"]["last_name"]) == ("Ada", "Lovelace")
    for name, score in wanted.items():
        page = room.root / "feedback" / name / PART / "index.html"
        assert f"{score:g} of 2 points" in words(page.read_text(encoding="utf-8"))
    late = words((room.root / "feedback/Late Comer" / PART / "index.html").read_text())
    assert "due 2026-01-31 23:59 UTC: 1 day late" in late


def test_who_was_refused_stays_refused(room: SmallClass, first: dict[str, Any]) -> None:
    """Also when the class is graded again without the export, and in both reports."""
    said = done(room, "grader", "grade", PART, "--sandbox", "off", "--json", status=1)
    rows = {row["learner"]: row for row in json.loads(said)["learners"]}
    assert {name for name, row in rows.items() if row["status"] == "refused"} == LEFT_OUT
    assert {rows[name]["reason"] for name in LEFT_OUT} == {first[n]["reason"] for n in LEFT_OUT}
    report = json.loads(done(room, "grader", "report", PART, "--json"))
    assert {one["learner"] for one in report["left_out"]} == LEFT_OUT
    remarks = "\n".join(json.loads(said)["remarks"])
    assert "Late, and less for it: Late Comer (−2)." in remarks
    assert "Not in roster.csv: Kim Lee_104, Kim Lee_105, " in remarks


def test_given_back_and_handed_in_again(room: SmallClass, first: dict[str, Any]) -> None:
    """Each page goes to whom it belongs; a second export changes one, and that is told."""
    done(room, "grader", "return", PART, "--for", "moodle")
    table = (room.root / "returned" / f"{PART}-moodle-grades.csv").read_text(encoding="utf-8")
    grades = {row["Identifier"]: row for row in csv.DictReader(io.StringIO(table))}
    for learner, (_, _content) in CLASS.items():
        name, _, number = learner.rpartition("_")
        assert (f"Participant {number}" in grades) is (name not in LEFT_OUT)
    assert grades["Participant 103"]["Full name"] == "Zoë Young"
    with zipfile.ZipFile(room.root / "returned" / f"{PART}-moodle.zip") as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    assert len(pages) == len(CLASS) - len(LEFT_OUT)
    mine = pages[f"Kim Lee_105_assignsubmission_file_{PART}.html"]
    assert "Kim Lee_105" in mine

    again = export(room.root / "again.zip", ben=solved())
    said = done(
        *(room, "grader", "grade", PART, "--from", str(again), "--sandbox", "off"), status=1
    )
    assert "Given back with another score: ben" in said
    earlier = room.root / ".grader" / "earlier" / "ben" / PART / "1" / f"{LESSON}.ipynb"
    assert json.loads(earlier.read_text()) == answer(WEAK)
    changed = done(room, "grader", "return", PART, "--for", "moodle", "--changed")
    assert changed.startswith("ben: ")
    assert "1 page in" in changed
