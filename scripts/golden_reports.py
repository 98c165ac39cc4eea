"""Reports of every published solution, and of every suite and set under tests/, to compare.

    python scripts/golden_reports.py freeze golden.json     before a change of structure
    python scripts/golden_reports.py compare golden.json    after it; fails on a difference

With `--inside` the suites are run in the interpreter itself, as in a browser.

What must stay is status, score, verdicts, kills and probes; texts that differ are printed, and
fail with `--texts`.
"""

import argparse
import contextlib
import json
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from helpers.blind import FIXTURES, SETS, SUITES, declared, exercise_of, with_variants
from helpers.course import ROOT, suite_of
from helpers.course import suites as beside
from helpers.honest import cases

from grader.bank import exercises
from grader.course.notebooks import exercise_cells, read_notebook
from grader.engine.evaluate import evaluate
from grader.engine.suite import read_file
from grader.exercise import Exercise
from grader.report import to_json
from grader.sandbox.interface import Worker
from grader.sandbox.interpreter import Interpreter
from grader.sandbox.workers import new_worker


def built(folder: str) -> dict[str, str]:
    """The answers in built notebooks, by exercise: a tab has nothing that could build them."""
    paths = sorted((ROOT / folder).rglob("*.ipynb"))
    return {k: v for path in paths for k, v in exercise_cells(read_notebook(path)).items()}


def suites() -> Iterator[tuple[str, Exercise, str]]:
    """A name, the exercise and the text of each suite."""
    solutions, stubs = built("solutions"), built("notebooks")
    for name, exercise in exercises().items():
        yield f"solution of {name}", exercise, solutions[name]
        yield f"stub of {name}", exercise, stubs[name]
        for kind in ("naive", "overspecified"):
            if name in beside(kind):
                yield f"{kind} of {name}", exercise, suite_of(name, kind)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "suite.py"
        for case in (*cases("tried"), *cases("blind")):
            case.write(file)
            yield f"case {case}", exercises()[case.exercise], read_file(file)
    for path in SETS:
        exercise = with_variants(exercise_of(path), declared(path))
        yield f"set {path.parent.name} {path.stem}", exercise, solutions[exercise.id]
    for path in (*SUITES, *FIXTURES):
        yield f"blind {path.parent.name} {path.stem}", exercise_of(path), read_file(path)


def reports(chosen: str, worker: Worker) -> dict[str, Any]:
    """Every report by its name, with the same randomness each time; interrupted, those so far."""
    secrets.randbits = lambda k: 4711
    found = {}
    with worker, contextlib.suppress(KeyboardInterrupt):
        for name, exercise, text in suites():
            if chosen in name:
                found[name] = to_json(evaluate(text, exercise, worker))
                print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return found


def without_texts(report: dict[str, Any]) -> dict[str, Any]:
    """What no change of structure may change."""
    tests = [{k: test[k] for k in ("name", "verdict", "kills")} for test in report["tests"]]
    probes = [{k: probe[k] for k in ("name", "passed")} for probe in report["probes"]]
    mutants = [{k: mutant[k] for k in ("number", "killed")} for mutant in report["mutants"]]
    return {**report, "reason": None, "tests": tests, "probes": probes, "mutants": mutants}


def differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """What differs, and whether that is more than texts."""
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield f"{name}: only {'after' if old is None else 'before'}", True
        elif old != new:
            more = without_texts(old) != without_texts(new)
            for key in old:
                if old[key] != new[key]:
                    yield f"{name}, {key}:\n  before {old[key]}\n  after  {new[key]}", more


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("what", choices=["freeze", "compare"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--only", default="", help="names that contain this")
    parser.add_argument("--texts", action="store_true", help="fail where texts differ, too")
    parser.add_argument("--inside", action="store_true", help="without processes")
    asked = parser.parse_args()
    after = reports(asked.only, Interpreter() if asked.inside else new_worker())
    if asked.what == "freeze":
        asked.file.write_text(json.dumps(after, indent=1), encoding="utf-8")
        print(f"{len(after)} reports are frozen in {asked.file}.")
        return
    frozen = json.loads(asked.file.read_text(encoding="utf-8"))
    found = list(
        differences({name: one for name, one in frozen.items() if asked.only in name}, after)
    )
    for text, _ in found:
        print(text)
    worse = [text for text, more in found if more or asked.texts]
    print(f"{len(after)} reports: {len(found)} differences, {len(worse)} of them matter.")
    raise SystemExit(bool(worse))


if __name__ == "__main__":
    main()
