"""A newer version of the course, and a learner's answers in it.

Before anything is changed, all notebooks are copied and every answer is noted in a journal. Then
the new version takes the place of the old one, and the answers go into its notebooks. Whoever is
killed on the way finds the journal, and the next run does the rest; it begins with a copy, too, for
somebody may have worked meanwhile.
"""

import contextlib
import json
import shutil
import subprocess
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from grader.course.build import as_text
from grader.course.cells import Original, find_answers, is_worked_on, source_of
from grader.course.lessons import find_root
from grader.course.notebooks import PACKED, originals_near, read_notebook, released_cells
from grader.errors import CourseError
from grader.files import next_number, only_one, write
from grader.learner.work import keep, notebooks_in, notebooks_of_course, work_in

NAME = "async-testing-patterns"

COPIES = Path(".grader", "before-update")
"""The folder for what an update takes the place of, in a course."""

OWN = frozenset((".git", ".grader", ".venv", "notebooks", "submitted", "roster.csv"))
"""What a new version never touches; notebooks have their own rule."""


@dataclass
class Noted:
    """One notebook as it was: its answers by exercise, and whether it holds anything else."""

    answers: dict[str, str] = field(default_factory=dict)
    more: bool = False


@dataclass
class Updated:
    """What became of the answers: how many are in their place, and a sentence for each other."""

    in_place: int = 0
    sentences: list[str] = field(default_factory=list)
    copy: Path | None = None


def update(place: Path, source: Path | None = None) -> Updated:
    """Take a newer version, from a zip or a folder or with `git pull`, and keep every answer.

    In a browser's tab it is the one that the site has brought with the grader.
    Raises `CourseError` where the new version is none, or cannot be had; nothing has changed then.
    """
    if PACKED.is_dir():
        root = notebooks = notebooks_of_course(place)
    else:
        root = find_root(place)
        notebooks = root / "notebooks"
    home = root / COPIES
    home.mkdir(parents=True, exist_ok=True)
    with only_one("grader update", home):
        with _new_version(root, source) as folder:
            notes, copies = _note(root, notebooks)
            if PACKED.is_dir():
                own = _take_notebooks(notebooks, PACKED)
            elif folder is None:
                try:
                    own = _pull(root)
                except BaseException:
                    _undo(root, notebooks, notes, copies)
                    raise
            else:
                _take(root, folder, copies[-1])
                own = _take_notebooks(notebooks, folder / "notebooks")
        done = _put_back(root, own, notes, copies)
        done.copy = copies[0] if len(copies) == 1 else home
        _journal(root).unlink()
    return done


# ------------------------------------------------------------------ what is there


def _journal(root: Path) -> Path:
    return root / ".grader" / "update.json"


def _note(root: Path, notebooks: Path) -> tuple[dict[str, Noted], list[Path]]:
    """Copy all notebooks, and note every answer; after an update that was killed, its, too.

    The last copy is of what is there now.
    """
    notes, copies = _read_journal(root)
    found = {work.path: work.answers for work in work_in(notebooks)}
    for path in notebooks_in(notebooks):
        answers = found.get(path, {})
        noted = Noted(
            {name: _source(path, name, one.suite) for name, one in answers.items()},
            _holds_more(path, set(answers)),
        )
        if noted.answers or noted.more:
            name = path.relative_to(root).as_posix()
            before = notes.get(name, Noted())
            notes[name] = Noted({**before.answers, **noted.answers}, noted.more or before.more)
    copies.append(_copy(root, notebooks))
    whole = {
        "copies": [copy.name for copy in copies],
        "notes": {name: asdict(one) for name, one in notes.items()},
    }
    write(_journal(root), json.dumps(whole).encode())
    return notes, copies


def _read_journal(root: Path) -> tuple[dict[str, Noted], list[Path]]:
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
        found = json.loads(_journal(root).read_bytes())
        notes = {name: Noted(**one) for name, one in found["notes"].items()}
        names = found["copies"] if "copies" in found else [found["copy"]]  # by an older version
        return notes, [root / COPIES / name for name in names]
    return {}, []


def _copy(root: Path, notebooks: Path) -> Path:
    """A copy of the notebooks under the next number: whole, or not there."""
    home = root / COPIES
    number = next_number(home)
    unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=home))
    try:
        shutil.copytree(
            notebooks,
            unfinished / notebooks.relative_to(root),
            symlinks=True,
            ignore=shutil.ignore_patterns(".grader"),
            dirs_exist_ok=True,
        )
        unfinished.rename(home / str(number))
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return home / str(number)


def _source(path: Path, exercise_id: str, suite: str) -> str:
    """The answer as its cell has it; what two cells disagree on is told by the suite."""
    cells = [cell for cell in read_notebook(path).cells if cell.get("id") == exercise_id]
    return source_of(cells[0]) if len(cells) == 1 else suite


def _holds_more(path: Path, answered: set[str]) -> bool:
    """Whether somebody has written anything but answers into a notebook, as far as it is one."""
    released = released_cells(path.stem, path, Path(__file__))
    if released is None:
        return True
    given = Original(released)
    try:
        cells = read_notebook(path).cells
    except CourseError:
        return True
    return any(
        source.strip() and not given.holds(source) and cell.get("id") not in answered
        for cell in cells
        for source in [source_of(cell)]
    )


# ------------------------------------------------------------------ the new version


@contextlib.contextmanager
def _new_version(root: Path, source: Path | None) -> Iterator[Path | None]:
    """The folder of the new version; None where git has it."""
    if PACKED.is_dir():
        yield None
        return
    if source is None:
        if not (root / ".git").exists():
            raise CourseError("this course has no git: name the new version's zip or folder.")
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="new-version-", dir=root / ".grader") as home:
        folder = source
        if not source.is_dir():
            folder = Path(home)
            try:
                with zipfile.ZipFile(source) as archive:
                    for entry in archive.infolist():
                        path = Path(archive.extract(entry, folder))
                        if mode := entry.external_attr >> 16 & 0o777:
                            path.chmod(mode | 0o700 if entry.is_dir() else mode)
            except (zipfile.BadZipFile, OSError) as error:
                if isinstance(error, OSError) and error.errno is not None and source.exists():
                    raise
                raise CourseError(f"{source} is no zip and no folder of the course.") from None
        found = [one for one in (folder, *sorted(folder.glob("*/"))) if _is_course(one)]
        if not found:
            raise CourseError(f"{source} holds no version of the course: name its zip or folder.")
        yield found[0]


def _is_course(folder: Path) -> bool:
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    named = project.get("project", {}).get("name")
    return named == NAME and (folder / "notebooks" / "00-start-here.ipynb").is_file()


def _pull(root: Path) -> set[Path]:
    """`git pull`, with the notebooks as they were released; those that the course has then."""
    try:
        _git(root, "checkout", "--", "notebooks")
        pulled = _git(root, "pull", "--ff-only", "--quiet")
    except FileNotFoundError:
        raise CourseError("git is not installed: name the new version's zip or folder.") from None
    if pulled.returncode:
        said = pulled.stderr.strip().splitlines() or ["it said nothing"]
        why = next((line for line in said if line.startswith(("fatal:", "error:"))), said[0])
        raise CourseError(
            f"git pull failed, and your notebooks are as they were ({why.rstrip('.')}): mend that, "
            "or name the new version's zip or folder."
        )
    return _own(root)


def _undo(root: Path, notebooks: Path, notes: dict[str, Noted], copies: list[Path]) -> None:
    """Put the notebooks back as they were, and what an earlier try that was killed took out."""
    shutil.copytree(
        copies[-1] / notebooks.relative_to(root), notebooks, dirs_exist_ok=True, symlinks=True
    )
    if len(copies) > 1:
        _put_back(root, _own(root), notes, copies)
    _journal(root).unlink()


def _own(root: Path) -> set[Path]:
    """The notebooks of the course, as git knows them."""
    listed = _git(root, "ls-files", "-z", "--", "notebooks").stdout.split("\0")
    return {root / name for name in listed if name.endswith(".ipynb")}


def _git(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["git", *command], cwd=root, capture_output=True, text=True)


def _take(root: Path, folder: Path, copy: Path) -> None:
    """Put the files of a new version in the place of the old ones, each whole.

    What they replace, and what the new version has not, goes into the copy: it may be a learner's.
    """
    for new in sorted(folder.iterdir()):
        if new.name in OWN:
            continue
        if new.is_dir():
            old = {one.relative_to(root) for one in (root / new.name).rglob("*") if one.is_file()}
            wanted = {one.relative_to(folder) for one in new.rglob("*") if one.is_file()}
            for name in sorted(wanted):
                _put(folder / name, root / name, copy / name)
            for name in sorted(old - wanted):
                if "__pycache__" not in name.parts:
                    _keep_old(root / name, copy / name)
                    (root / name).unlink()
        else:
            _put(new, root / new.name, copy / new.name)


def _take_notebooks(notebooks: Path, folder: Path) -> set[Path]:
    """Put the notebooks of a new version, and what lies beside them, in the place of the old.

    Returns the notebooks.
    """
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    for path in files:
        _put(path, notebooks / path.relative_to(folder))
    return {notebooks / path.relative_to(folder) for path in files if path.suffix == ".ipynb"}


def _keep_old(path: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(path, copy)


def _put(new: Path, old: Path, copy: Path | None = None) -> None:
    content = new.read_bytes()
    if not old.exists() or old.read_bytes() != content:
        if copy is not None and old.is_file():
            _keep_old(old, copy)
        mode = new.stat().st_mode & 0o777
        write(old, content, mode)


# ------------------------------------------------------------------ the answers again


def _put_back(root: Path, own: set[Path], notes: dict[str, Noted], copies: list[Path]) -> Updated:
    """Put every answer into its cell; what has no place any more is kept beside, and named.

    `own` are the notebooks of the new version. Of others, such as a learner's copies, an answer is
    taken where no notebook of the course had one; they themselves are left alone.
    """
    done = Updated()
    homes = {
        cell.get("id"): path
        for path in own
        for cell in _cells(path)
        if cell.get("metadata", {}).get("nbgrader", {}).get("solution")
    }
    placed: set[str] = set()
    for name, noted in sorted(notes.items(), key=lambda one: (root / one[0] not in own, one[0])):
        for exercise_id, answer in sorted(noted.answers.items()):
            path = homes.get(exercise_id)
            is_left = root / name not in own and (root / name).exists()
            if is_left and (path is None or exercise_id in placed):
                done.in_place += path is None
                continue
            why = "the new version has no such exercise"
            if path is not None:
                why = _fill(path, exercise_id, answer)
            placed.add(exercise_id)
            if not why:
                done.in_place += 1
                continue
            folder = (root / name).parent
            folder.mkdir(parents=True, exist_ok=True)
            kept = keep(folder, exercise_id, answer)
            done.sentences.append(
                f"{exercise_id}: {why}; your answer is in {kept.relative_to(root).as_posix()}."
            )
        if noted.more:
            for whole in filter(None, (_keep_whole(root, name, copy) for copy in copies)):
                done.sentences.append(
                    f"{Path(name).name}: besides tests you wrote something else, such as text or "
                    f"comments, or it could not be read; the notebook as it was is "
                    f"{whole.relative_to(root).as_posix()}."
                )
    return done


def _cells(path: Path) -> list[NotebookNode]:
    try:
        cells: list[NotebookNode] = read_notebook(path).cells
    except CourseError:
        return []
    return cells


def _fill(path: Path, exercise_id: str, answer: str) -> str:
    """Put an answer into its cell; the reason why not, or nothing."""
    nb = read_notebook(path)
    given = originals_near(path)
    (cell, *others) = [cell for cell in nb.cells if cell.get("id") == exercise_id]
    if others:
        return "the notebook has two cells of it"
    there = find_answers(nb, given).get(exercise_id)
    if source_of(cell) == answer:
        return ""
    if there is not None and is_worked_on(exercise_id, there.suite, given):
        return "another answer is in its cell"
    cell.source = answer
    cell.outputs, cell.execution_count = [], None
    write(path, as_text(nb).encode(errors="backslashreplace"))  # JSON writes halves so, too
    return ""


def _keep_whole(root: Path, name: str, copy: Path) -> Path | None:
    """Put a notebook as it was beside the new one; None where it is the same."""
    old = copy / name
    if not old.exists():
        return None
    content = old.read_bytes()
    path = (root / name).with_name(f"{old.stem}.before-update-{copy.name}.ipynb")
    if (root / name).exists() and (root / name).read_bytes() == content:
        return None
    write(path, content)
    return path
