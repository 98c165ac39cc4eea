"""nbgrader's gradebook, written as nbgrader writes it: one transaction for each learner."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbgrader.api
from alembic.script import ScriptDirectory
from nbformat import NotebookNode
from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import AssignLatePenalties, SaveCells
from nbgrader.utils import (
    compute_checksum,
    is_grade,
    is_locked,
    is_solution,
    is_task,
    parse_utc,
)
from sqlalchemy import Index, create_engine, event, text
from sqlalchemy.engine import Connection
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from grader.classroom.database import CONFIG, sentences
from grader.classroom.final import Told
from grader.classroom.final import told as told_of
from grader.classroom.roster import Roster
from grader.course.notebooks import read_notebook
from grader.errors import CourseError

Scores = dict[str, float]
"""The points of one notebook, by score cell."""

Cell = tuple[str, str, str, float | None]
"""A cell as nbgrader enters it: its notebook, its kind, its name, and its points if it has any."""

MARKED = {"grade_cells": is_grade, "solution_cells": is_solution, "task_cells": is_task}
"""The kinds of cells in the gradebook, and the test that tells each by its metadata.

Each of them, and what is locked, is among the `source_cells`, too.
"""


_INDEXES = (
    Index("ix_submitted_notebook_assignment_id", SubmittedNotebook.assignment_id),
    Index("ix_grade_notebook_id", Grade.notebook_id),
    Index("ix_comment_notebook_id", Comment.notebook_id),
)
"""What nbgrader asks its tables for, for each learner, and has no index of: without these it reads
the three tables from end to end each time, and a class of twice the size takes four times as long.
"""


def find_course(start: Path) -> Path:
    """The course that an instructor is in: the nearest folder upwards with nbgrader's settings."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise CourseError(f"{start} lies in no course: change to the folder that holds {CONFIG}.")


class Course:
    """A course as nbgrader sees it: where everything lies, and how it is configured."""

    def __init__(self, root: Path) -> None:
        self.root = root
        with contextlib.chdir(root):  # a configuration may use paths from its own folder
            self.config: Config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
        usual = CourseDirectory.directory_structure.default_value
        self._directory = CourseDirectory(config=self.config, root=str(root))
        if self._directory.directory_structure != usual:
            raise CourseError(
                f"{CONFIG} sets a directory_structure of its own: grader grade needs {usual}."
            )
        self.course_id: str = self._directory.course_id
        self.excluded = frozenset(filter(None, self._directory.student_id_exclude.split(",")))
        self.url: str = self._directory.db_url
        self.source = root / self._directory.source_directory
        self.release = root / self._directory.release_directory
        self.submitted = root / self._directory.submitted_directory
        self.autograded = root / self._directory.autograded_directory
        self.feedback = root / self._directory.feedback_directory

    @property
    def gradebook_file(self) -> Path | None:
        """The file of the gradebook; None where it is on a server."""
        return Path(self.url[10:]) if self.url.startswith("sqlite:///") else None

    def notebooks(self, part: str) -> dict[str, NotebookNode]:
        """The instructor's notebooks of a part, by lesson. Raises `CourseError` for none."""
        found = {p.stem: read_notebook(p) for p in sorted((self.source / part).glob("*.ipynb"))}
        if not found:
            names = sorted(path.name for path in self.source.glob("*/"))
            known = ", ".join(name for name in names if not name.startswith(".")) or "none"
            raise CourseError(f"{self.source} holds no part {part}: there is {known}.")
        return found


class Book:
    """The gradebook of a course, opened for one part. It has one writer, which is this one."""

    def __init__(self, course: Course, part: str, released: Mapping[str, NotebookNode]) -> None:
        """Open it, and enter the part if it was never released. `released` is by lesson.

        Raises `CourseError` for a gradebook that is locked, or of another version of the part.
        """
        self._part = part
        self._penalties = AssignLatePenalties(config=course.config)
        self._penalties.init_plugin()
        with sentences(course.url):
            self._book: Any = Gradebook(course.url, course.course_id)
            self._session = self._book.db
            event.listen(self._session.session_factory, "after_begin", _wait_for_seconds)
            self._course = course
            try:
                for index in _INDEXES:
                    index.create(self._book.engine, checkfirst=True)
                self._enter_part(released)
            except BaseException:
                self._book.close()  # or it stays locked until somebody collects the garbage
                raise

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *_: object) -> None:
        self._book.close()

    def record(
        self,
        learner: str,
        submitted: str | None,
        notebooks: Mapping[str, NotebookNode],
        scores: Mapping[str, Scores],
    ) -> bool:
        """Write what a learner earned, all of it or nothing; whether anything had to be changed.

        What an instructor has entered stays: manual scores, comments, extra credit, extensions.
        A notebook that is missing earns nothing. Raises `CourseError` for a locked gradebook.
        """
        with sentences(self._course.url):
            try:
                submission, is_new = self._submission(learner)
                if submitted is not None:
                    _set(submission, "timestamp", parse_utc(submitted))
                for notebook in submission.notebooks:
                    self._grade(notebook, scores.get(notebook.name, {}))
                    if notebook.name in notebooks:
                        _comment(notebook, notebooks[notebook.name])
                changed = is_new or any(map(self._session.is_modified, self._session.dirty))
                self._session.flush()
                changed |= self._penalise(submission)
                self._session.commit()
            except BaseException:
                self._session.rollback()
                raise
            finally:
                self._session.expire_all()
        return changed

    def told(self, learner: str) -> Told:
        """What a learner is told in the end."""
        with sentences(self._course.url):
            found = told_of(self._session, self._part, learner)[learner]
            self._session.rollback()  # or the database stays open for reading
        return found

    def enroll(self, roster: Roster) -> None:
        """Enter the people of a class, by name."""
        with sentences(self._course.url):
            for person in roster:
                student = self._session.get(Student, person.id)
                if student is None:
                    student = Student(id=person.id)
                    self._session.add(student)
                if person.name:
                    first, last = person.first_and_last
                    _set(student, "first_name", first)
                    _set(student, "last_name", last)
                if person.platform_id:
                    _set(student, "lms_user_id", person.platform_id)
            self._session.commit()

    def _enter_part(self, released: Mapping[str, NotebookNode]) -> None:
        """Enter the part as `nbgrader generate_assignment` does, if that was not run to its end."""
        if not self._book.assignments:
            self._note_version()
        wanted = _to_enter(released)
        found = self._session.query(Assignment).filter(Assignment.name == self._part).one_or_none()
        if found is None or (not found.num_submissions and _entered(found) < wanted):
            self._book.update_or_create_assignment(self._part, course_id=self._book.course_id)
            for lesson, nb in released.items():
                names = {"notebook": lesson, "assignment": self._part, "db_url": self._course.url}
                SaveCells(config=self._course.config).preprocess(nb, {"nbgrader": names})
            self._session.expire_all()
        entered = _entered(self._book.find_assignment(self._part))
        self._session.rollback()  # or the database stays open for reading, until all is graded
        if any(kind == "grade_cells" for _, kind, *_ in entered ^ wanted):
            raise CourseError(
                f"the gradebook has other exercises for {self._part} than {self._course.source}: "
                f"run `nbgrader generate_assignment {self._part} --force`."
            )

    def _note_version(self) -> None:
        """Note the version of new tables if nbgrader, which does it last, was killed before."""
        run = self._session.execute
        run(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
        if run(text("SELECT version_num FROM alembic_version")).first() is None:
            version = {"version": _newest_version()}
            run(text("INSERT INTO alembic_version (version_num) VALUES (:version)"), version)
        self._session.commit()

    def _submission(self, learner: str) -> tuple[Any, bool]:
        """The learner's rows, made if there are none, and whether they were made."""
        session = self._session
        if session.get(Student, learner) is None:
            session.add(Student(id=learner))
        assignment = self._book.find_assignment(self._part)
        submission = (
            session.query(SubmittedAssignment)
            .filter_by(assignment_id=assignment.id, student_id=learner)
            .one_or_none()
        )
        if submission is not None:
            return submission, False
        submission = SubmittedAssignment(assignment_id=assignment.id, student_id=learner)
        session.add(submission)
        with session.no_autoflush:
            for notebook in assignment.notebooks:
                mine = SubmittedNotebook(notebook=notebook, assignment=submission)
                for cell in notebook.grade_cells:
                    mine.grades.append(Grade(cell=cell))
                for cell in notebook.solution_cells:
                    mine.comments.append(Comment(cell=cell))
                session.add(mine)
        session.flush()
        return submission, True

    def _grade(self, notebook: Any, scores: Scores) -> None:
        for grade in notebook.grades:
            score = scores.get(grade.name, 0.0)
            if grade.auto_score != score or grade.manual_score is None:
                # as nbgrader: whoever has given marks by hand may want to look at them again
                _set(grade, "needs_manual_grade", grade.manual_score is not None)
            _set(grade, "auto_score", score)

    def _penalise(self, submission: Any) -> bool:
        """Late penalties, by the plugin that the instructor has chosen."""
        late = submission.total_seconds_late
        changed = False
        for notebook in submission.notebooks:
            penalty = None
            if late > 0:
                self._session.refresh(notebook)  # its score is summed up by the database
                penalty = self._penalties.plugin_inst.late_submission_penalty(
                    submission.student_id, notebook.score, late
                )
                if penalty is not None:
                    penalty = self._penalties._check_late_penalty(notebook, penalty)
            changed |= _set(notebook, "late_submission_penalty", penalty)
        return changed


def _entered(part: Any) -> set[Cell]:
    """The cells of a part that the gradebook has."""
    return {
        (notebook.name, kind, cell.name, getattr(cell, "max_score", None))
        for notebook in part.notebooks
        for kind in (*MARKED, "source_cells")
        for cell in getattr(notebook, kind)
    }


def _to_enter(released: Mapping[str, NotebookNode]) -> set[Cell]:
    """The cells that it will have. nbgrader enters one by one, and may be killed in between."""
    found: set[Cell] = set()
    for lesson, nb in released.items():
        for cell in nb.cells:
            own = [kind for kind, is_one in MARKED.items() if is_one(cell)]
            if own or is_locked(cell):
                meta = cell.metadata.nbgrader
                found.add((lesson, "source_cells", meta.grade_id, None))
                for kind in own:
                    points = None if kind == "solution_cells" else float(meta.points)
                    found.add((lesson, kind, meta.grade_id, points))
    return found


def _comment(notebook: Any, nb: NotebookNode) -> None:
    """nbgrader's own remark on an answer that is as it was released."""
    untouched = {
        cell.metadata.nbgrader.grade_id: compute_checksum(cell) == cell.metadata.nbgrader.checksum
        for cell in nb.cells
        if is_solution(cell) and "checksum" in cell.metadata.nbgrader
    }
    for comment in notebook.comments:
        _set(comment, "auto_comment", "No response." if untouched.get(comment.name) else None)


def _set(row: Any, name: str, value: object) -> bool:
    """Set a column only if its value differs; return whether it did."""
    if getattr(row, name) == value:
        return False
    setattr(row, name, value)
    return True


def try_to_open(url: str) -> None:
    """Open a gradebook and close it. Raises `CourseError`, with what to do, if that fails."""
    with sentences(url):
        engine = create_engine(url)
        try:
            engine.connect().close()
        finally:
            engine.dispose()


def _wait_for_seconds(_session: object, _transaction: object, connection: Connection) -> None:
    """Give a locked table five seconds, as SQLite does; PostgreSQL would wait for ever."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))


def _newest_version() -> str:
    """The newest version of nbgrader's tables. alembic's own command takes two seconds for it."""
    return str(ScriptDirectory(str(Path(nbgrader.__file__).parent / "alembic")).get_current_head())


nbgrader.api.get_alembic_version = _newest_version
