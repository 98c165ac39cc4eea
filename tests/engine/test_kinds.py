"""Every kind of exercise, one of each: proven, fair to half an answer, and not to be fooled."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers.course import ROOT
from helpers.samples import Grades

from grader.bank import exercises
from grader.course.notebooks import CODE_STUB, read_notebook, release, solution, stamp, stub
from grader.course.verify import problems
from grader.engine.suite import read
from grader.pages.panel import to_html, to_text
from grader.report import Report, to_json
from grader.sandbox.worker import Worker

KINDS = {
    "track-creation": "the real clock",
    "contract-suite": "several classes, a database",
    "backoff-schedule": "a function",
    "round-trip": "Hypothesis",
    "container-with-overrides": "a fixture, by probes alone",
    "wait-for-completion": "a helper and its tests",
    "test-base": "a class and its tests",
    "exceptions": "tests to repair",
}
BUILT = read_notebook(ROOT / "solutions/4-craft/10-best-practices.ipynb")


def solved(name: str) -> str:
    return solution(ROOT, name)


def without(name: str, *functions: str) -> str:
    """A solution without some of its functions."""
    text = solved(name)
    lines = text.split("\n")
    for node in reversed(ast.parse(text).body):
        if getattr(node, "name", None) in functions:
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            del lines[first - 1 : node.end_lineno]
    return "\n".join(lines)


def passed(report: Report) -> dict[str, bool]:
    """The probes, by the last words of their names."""
    return {probe.name.removeprefix("test_probe_"): probe.passed for probe in report.probes}


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_each_kind_is_proven(name: str, worker: Worker) -> None:
    """Stub, solution, variants and contract hold, as for `grader verify`."""
    assert list(problems(exercises()[name], solved(name), stub(ROOT, name), worker)) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", KINDS)
def test_the_same_answer_gives_the_same_report(name: str, answer: Grades) -> None:
    """With a database and with drawn examples, too."""
    assert answer(name, solved(name)) == answer(name, solved(name))


# ------------------------------------------------------------------ half an answer


def test_a_suite_for_one_adapter_alone_kills_its_mutants(answer: Grades) -> None:
    """What is wrong with the database, no test of the fake can see."""
    suite = solved("contract-suite").replace('params=["memory", "sql"]', 'params=["memory"]')
    report = answer("contract-suite", suite)
    exercise = exercises()["contract-suite"]
    original = exercise.reference.sources
    in_memory = [
        number
        for number, mutant in enumerate(exercise.mutants, start=1)
        if any(
            target.owner == "InMemoryTaskRepository" and source != original[target]
            for target, source in mutant.sources.items()
        )
    ]
    assert [mutant.number for mutant in report.mutants if mutant.killed] == in_memory
    assert report.score == round(8 * len(in_memory) / len(exercise.mutants), 2)


def test_a_table_without_boundaries_gets_part_of_the_points(answer: Grades) -> None:
    """One row, far from the cap."""
    suite = """
        from vespera_scriptorium import backoff_delays
        def test_delays():
            assert backoff_delays(4, 1, 100, lambda: 0.0) == [1, 2, 4]
    """
    report = answer("backoff-schedule", suite)
    names = [mutant.name for mutant in exercises()["backoff-schedule"].mutants]
    assert {names[mutant.number - 1] for mutant in report.mutants if mutant.killed} == {
        "sleeps_after_the_last",
        "one_too_few",
        "starts_at_two",
        "grows_by_the_base",
    }
    assert report.score == round(5 * 4 / len(names), 2)


def test_a_function_is_replaced_wherever_it_was_imported(answer: Grades) -> None:
    """By its module, by the package, and where the application uses it."""
    suite = """
        import vespera_scriptorium
        from vespera_scriptorium import AsyncOperationService
        from vespera_scriptorium.application import async_operation_service
        def test_by_the_package():
            assert len(vespera_scriptorium.backoff_delays(2, 1, 1, lambda: 0)) == 1
        def test_by_the_module():
            assert len(async_operation_service.backoff_delays(2, 1, 1, lambda: 0)) == 1
        async def test_by_the_service():
            runs = []
            async def work():
                runs.append(1)
                raise OSError
            await AsyncOperationService().execute_with_backoff(work, attempts=2)
            assert len(runs) == 2
    """
    report = answer("backoff-schedule", suite)
    assert [1 in test.kills for test in report.tests] == [True] * 3


def test_one_example_finds_less_than_many(answer: Grades) -> None:
    """Plain files with plain names leave alive what only odd ones find."""
    suite = """
        from vespera_scriptorium import InMemoryFileOperationStore, TrackFileOperationsUseCase
        class Files(dict):
            async def read(self, path):
                return self.get(path)
        async def test_two_files():
            files = Files()
            tracker = TrackFileOperationsUseCase(InMemoryFileOperationStore(), files)
            await tracker.track_file_creation("a.txt")
            await tracker.track_file_creation("b.txt")
            files.update({"a.txt": b"text", "b.txt": b"text"})
            for _ in range(2):
                summary = await tracker.verify_all_operations()
                assert (summary.total, summary.verified, summary.all_verified) == (2, 2, True)
    """
    names = [mutant.name for mutant in exercises()["round-trip"].mutants]
    killed = [mutant.killed for mutant in answer("round-trip", suite).mutants]
    assert dict(zip(names, killed, strict=True)) == {
        **dict.fromkeys(names, False),
        "ForgetsTheVerified": True,
    }


def test_half_a_repair_gets_half_the_points(answer: Grades) -> None:
    """Only the error that is translated is looked at."""
    kept = "test_trouble_outside_is_translated"
    suite = without(
        "exceptions", "test_everything_else_comes_out_as_it_is", "test_the_answer_comes_back"
    )
    report = answer("exceptions", suite)
    assert [test.name for test in report.tests] == [kept]
    assert 0 < report.score < report.points


# ------------------------------------------------------------------ probes


FORGED = """
    import pytest
    from unittest.mock import AsyncMock
    from vespera_scriptorium import Container

    @pytest.fixture
    def external_service():
        return AsyncMock()

    @pytest.fixture
    def container(request):
        pytest.{way}("nothing to see")
"""


@pytest.mark.parametrize("way", ["skip", "xfail", "fail", "exit"])
def test_a_fixture_that_ends_the_probe_earns_nothing(answer: Grades, way: str) -> None:
    """Neither a skip nor a failure passes with what is correct."""
    report = answer("container-with-overrides", FORGED.format(way=way))
    assert report.score == 0
    assert not any(passed(report).values())


def test_a_fixture_that_agrees_with_everything_earns_no_pair(answer: Grades) -> None:
    """A mock answers whatever it is asked, and does nothing."""
    forged = """
        from unittest.mock import AsyncMock, MagicMock
        import pytest

        @pytest.fixture
        def external_service():
            return AsyncMock()

        @pytest.fixture
        def container():
            return MagicMock()
    """
    report = answer("container-with-overrides", forged)
    assert report.score == 0
    assert not any(passed(report).values())


def test_a_helper_that_agrees_with_everything_earns_no_pair(answer: Grades) -> None:
    """It returns what a probe wants to see, whatever the orchestrator says."""
    forged = """
        from vespera_scriptorium import TaskState, TaskStatus
        async def wait_until(look, done, timeout, interval):
            return TaskState(task_id, "done", TaskStatus.COMPLETED)
    """
    report = answer("wait-for-completion", forged)
    assert passed(report) == {
        "returns_at_once_when_the_task_is_completed": False,
        "waits_for_a_task_that_takes_long": False,
        "raises_for_a_task_that_never_completes": False,
        "looks_with_functions_of_every_kind": False,
        "an_error_comes_out_as_it_is": False,
        "is_cancelled_in_a_pause_and_in_a_look": False,
    }
    assert report.score == 0


def test_part_of_a_fixture_gets_part_of_the_points(answer: Grades) -> None:
    """Without a cleanup six of seven pairs are left, and no mutation score."""
    suite = solved("container-with-overrides").replace(
        "await container.cleanup_async_services()", "pass"
    )
    report = answer("container-with-overrides", suite)
    assert passed(report) == {
        "services_are_started_before_the_test": True,
        "services_are_stopped_after_the_test": False,
        "the_external_service_is_overridden": True,
        "every_test_gets_its_own": True,
        "every_test_gets_its_own_mock": True,
        "no_override_is_left": True,
        "the_mock_answers_with_a_success": True,
    }
    assert (report.score, report.mutation_score) == (6, None)


def test_a_failed_probe_says_why_in_one_sentence(answer: Grades) -> None:
    """The clause, and what was seen; not a traceback."""
    report = answer("container-with-overrides", FORGED.format(way="fail"))
    for probe in report.probes:
        assert probe.message is not None
        assert "\n" not in probe.message
        assert len(probe.message) < 400
        assert "Traceback" not in probe.message


def test_probes_stand_in_every_form_of_the_report(answer: Grades) -> None:
    """As JSON, as text, as HTML."""
    exercise = exercises()["container-with-overrides"]
    report = answer(exercise.id, solved(exercise.id))
    assert to_json(report)["mutation_score"] is None
    assert [probe["passed"] for probe in to_json(report)["probes"]] == [True] * 7
    for text in (to_text(report, exercise), to_html(report, exercise)):
        assert "Probes of what you wrote" in text
        assert "test_probe_every_test_gets_its_own" in text


# ------------------------------------------------------------------ a helper and its tests


def test_mutants_and_pairs_weigh_alike(answer: Grades) -> None:
    """18 mutants and six pairs: a helper without tests earns six of 24 parts."""
    tests = read(solved("wait-for-completion")).tests
    report = answer("wait-for-completion", without("wait-for-completion", *tests))
    assert (report.killed, len(report.mutants), len(report.probes)) == (0, 18, 6)
    assert all(probe.passed for probe in report.probes)
    assert report.score == round(8 * 6 / 24, 2)


def test_a_wrong_helper_costs_its_own_points_alone(answer: Grades) -> None:
    """The tests meet helpers of ours, and stay valid."""
    wrong = solved("wait-for-completion").replace("if done(value):", "if True:")
    report = answer("wait-for-completion", wrong)
    assert {test.verdict for test in report.tests} == {"valid"}
    assert report.mutation_score == 1
    assert not passed(report)["waits_for_a_task_that_takes_long"]
    assert report.score < report.points


def test_a_wrong_test_costs_the_helper_nothing(answer: Grades) -> None:
    """The probes see the helper, and no test."""
    suite = without("wait-for-completion", *read(solved("wait-for-completion")).tests)
    suite += "\nasync def test_wrong():\n    assert False\n"
    report = answer("wait-for-completion", suite)
    assert [test.verdict for test in report.tests] == ["wrong"]
    assert all(probe.passed for probe in report.probes)


def test_a_wrong_class_costs_its_own_points_alone(answer: Grades) -> None:
    """Also where tests stand in a class that derives from it."""
    wrong = solved("test-base").replace("            await self.set_up()\n", "")
    report = answer("test-base", wrong)
    assert {test.verdict for test in report.tests} == {"valid"}
    assert report.mutation_score == 1
    assert not passed(report)["the_container_is_open_in_the_block"]
    assert report.score < report.points


# ------------------------------------------------------------------ tests to repair


def test_what_is_given_stands_in_the_place_of_the_solution() -> None:
    """It runs, and the solution holds neither it nor its marks."""
    given = stub(ROOT, "exceptions")
    assert read(given).tests == ("test_error_case",)
    assert CODE_STUB not in given
    assert "AsyncServiceError" in given
    assert "test_error_case" not in solved("exceptions")
    assert not re.search("BEGIN|END|^# ", given, flags=re.MULTILINE)


def test_what_is_given_earns_nothing(answer: Grades) -> None:
    """It is graded as any suite, and kills no mutant."""
    report = answer("exceptions", stub(ROOT, "exceptions"))
    assert (report.status, report.score, report.killed) == ("graded", 0, 0)
    assert [test.verdict for test in report.tests] == ["valid"]


def test_a_release_keeps_nothing_but_what_is_given() -> None:
    """Released twice is released once, and the built source is not touched."""
    before = BUILT.copy()
    released = release(BUILT)
    assert before == BUILT
    assert not any("grader" in cell.metadata for cell in released.cells)


@pytest.mark.slow
def test_nbgrader_releases_what_we_build(tmp_path: Path) -> None:
    """`nbgrader generate_assignment` gives learners the very tests to repair."""
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    shutil.copytree(ROOT / "solutions" / "4-craft", tmp_path / "solutions" / "4-craft")
    code = "from nbgrader.apps.nbgraderapp import main; main()"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, "generate_assignment", "4-craft"],
        cwd=tmp_path,
        # nbgrader starts alembic by its name
        env={
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        },
        capture_output=True,
        check=True,
        timeout=300,
    )
    made = read_notebook(tmp_path / "notebooks/4-craft/10-best-practices.ipynb")
    ours = stamp(release(BUILT), "10-best-practices")
    assert [cell.source for cell in made.cells] == [cell.source for cell in ours.cells]
    assert [cell.metadata for cell in made.cells] == [cell.metadata for cell in ours.cells]


# ------------------------------------------------------------------ Hypothesis


def test_examples_are_the_same_everywhere(answer: Grades) -> None:
    """Twenty-five of them, drawn alike in every run, and none from anybody's source."""
    suite = """
        from hypothesis import given, settings, strategies as st
        drawn = []
        @given(st.text(), st.integers())
        def test_draws(text, number):
            drawn.append((text, number))
        def test_there_were_25():
            assert len(drawn) == 25
            assert settings.get_current_profile_name() == "course"
        def test_they_are_known():
            import json
            assert sum(number for _, number in drawn) == {total}
    """
    found = answer("backoff-schedule", suite.replace("{total}", "0"))
    assert [test.verdict for test in found.tests] == ["valid", "valid", "wrong"]
    seen = re.search(r": (-?\d+) == 0", found.tests[2].message or "")
    assert seen is not None, found.tests[2].message
    again = answer("backoff-schedule", suite.replace("{total}", seen[1]))
    assert [test.verdict for test in again.tests] == ["valid"] * 3
