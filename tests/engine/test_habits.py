"""Honest habits that once cost a test its kills, or a suite its marks."""

import pytest
from helpers.course import suite_of
from helpers.samples import HEAD, KILLS_1, Grade, Grades

ONE_CASE_WAITS = """
@pytest.mark.parametrize("waits", [False, True])
async def test_fails_or_waits(waits):
    if not (await create()).task_id:
        if waits:
            {0}
        raise AssertionError("no id")
"""


@pytest.mark.parametrize("wait", ["await asyncio.Event().wait()", "while True: pass"])
def test_a_case_that_fails_kills_though_another_waits(wait: str, grade: Grade) -> None:
    """A mutant that loses an answer makes one case fail, and another wait for it."""
    (test,) = grade(HEAD + ONE_CASE_WAITS.format(wait)).tests
    assert (test.verdict, test.message, test.kills) == ("valid", None, (1,))


HELPERS = {
    "a context manager": """
import contextlib

@contextlib.contextmanager
def test_database():
    yield 1
""",
    "data": "".join(f"test_data_{number} = {number}\n" for number in range(35)),
    "a patched library": """
import json

async def test_a_failure_of_json(monkeypatch):
    monkeypatch.setattr(json, "dumps", None)
    monkeypatch.setattr(json, "loads", None)
    assert (await create()).success
""",
    "a service for all tests, in a loop of their own": """
import pytest_asyncio

async def serve():
    await asyncio.sleep(3600)

@pytest_asyncio.fixture(scope="session", loop_scope="session", autouse=True)
async def service():
    task = asyncio.create_task(serve())
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

pytestmark = pytest.mark.asyncio(loop_scope="module")
""",
}


@pytest.mark.parametrize("helper", HELPERS.values(), ids=HELPERS)
def test_what_stands_beside_good_tests_costs_nothing(helper: str, grade: Grade) -> None:
    """They are judged as if it was not there."""
    found = {test.name: test for test in grade(HEAD + helper + KILLS_1).tests}
    alone = {test.name: test for test in grade(HEAD + KILLS_1).tests}
    assert {name: found[name] for name in alone} == alone
    others = {test.verdict for name, test in found.items() if name not in alone}
    assert others <= ({"wrong"} if "yield 1" in helper else {"valid"})


def test_at_most_thirty_tests_by_any_name(grade: Grade) -> None:
    """What an assignment makes a test is one, and what it makes no test counts for nothing."""
    names = "".join(f"test_{number} = helper\n" for number in range(31))
    found = grade(f"{HEAD}\ndef helper(): pass\n{names}")
    assert (found.status, found.reason) == (
        "rejected",
        "31 tests: at most 30 count, keep the best of them.",
    )


STRICT = "@pytest.mark.xfail(strict=True)\ndef test_a(): pass\n"


def test_a_strict_mark_that_does_not_hold_is_told(grade: Grade) -> None:
    """pytest calls it a failure, and gives no reason."""
    (test,) = grade(HEAD + STRICT).tests
    assert test.message == "passes, and its mark says that it fails"


ALIASES = {
    "partial": "import random\nfrom functools import partial\n\nrandom.seed(0)\n"
    "wait = partial(wait_until)\nmax = min",
    "default": "async def wait(*values, known=wait_until, **rest):\n"
    "    return await known(*values, **rest)",
    "wrapped": "wait = wait_until\n\nasync def wait_until(*values, **rest):\n"
    "    return await wait(*values, **rest)",
}


@pytest.mark.parametrize("alias", ALIASES.values(), ids=ALIASES)
def test_an_alias_of_the_learners_own_helper_meets_the_mutants(alias: str, answer: Grades) -> None:
    """The mutants stand in its place from the start, whatever has taken it by then."""
    own, begin, rest = suite_of("wait-for-completion").partition("class Looks")
    suite = "".join([own, alias, "\n\n\n", begin, rest.replace("wait_until(", "wait(")])
    report = answer("wait-for-completion", suite)
    assert report.full, report


NEEDED = {
    "a decorator": ("async def wait_until", "@(\n    as_helper\n)\nasync def wait_until", ""),
    "a check": ('    """The first value', '    """The first value', "assert wait_until.__doc__"),
    "a look": ("async def wait_until", "async def wait_until", "print(wait_until.__doc__[:9])"),
}
AS_HELPER = """
def as_helper(function):
    function.within = lambda look, done: function(look, done, 60, 1)
    return function


"""


@pytest.mark.parametrize(("old", "new", "after"), NEEDED.values(), ids=NEEDED)
def test_a_module_may_need_its_own_helper(old: str, new: str, after: str, answer: Grades) -> None:
    """While it is imported: the mutants stand below it then."""
    own, begin, rest = suite_of("wait-for-completion").partition("class Looks")
    within = "soon = wait_until.within\n" if "@" in new else ""
    text = own.replace("async def wait_until", f"{AS_HELPER}async def wait_until", 1)
    text = text.replace(old, new, 1)
    report = answer("wait-for-completion", "".join([text, after, "\n", within, begin, rest]))
    assert report.full, report
