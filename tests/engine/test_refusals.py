"""Whatever a learner writes: what cannot work gets one clear sentence."""

import json

import pytest
from helpers.samples import HEAD, KILLS_1, Grade, creation

from grader.pages.panel import to_html, to_text
from grader.report import Report, to_json

# ------------------------------------------------------------------ one clear sentence

BAD = (
    HEAD
    + KILLS_1
    + """
def endless():
    while True: pass  # on one line, whichever of the two it stands at


def test_endless():
    endless()

@pytest.fixture
def endless_fixture():
    endless()

def test_endless_fixture(endless_fixture):
    pass

@pytest.fixture
def endless_end():
    yield
    endless()

def test_endless_end(endless_end):
    pass

def test_waits_for_a_thread():
    asyncio.run(asyncio.to_thread(endless))

def test_other_cell():
    helper()

def test_ends_process():
    asyncio.base_events.os._exit(0)

def test_system_exit():
    raise SystemExit(3)

async def test_system_exit_in_a_task():
    async def leave():
        raise SystemExit(3)
    await asyncio.create_task(leave())

async def test_interrupt():
    raise KeyboardInterrupt

def test_pytest_exit():
    pytest.exit("enough")

def test_closes_files():
    asyncio.base_events.os.closerange(0, 200)

def test_kills_group():
    asyncio.base_events.os.killpg(0, 9)

def test_recursion():
    test_recursion()

def test_odd_characters():
    raise ValueError("\\ud800 \\x1b[31m \\x00")

class Rude(Exception):
    def __str__(self):
        raise ValueError

def test_rude_exception():
    raise Rude

def test_enormous_message():
    raise ValueError("x" * 10_000_000)

def test_forks():
    if asyncio.base_events.os.fork() == 0:
        endless()

def test_starts_a_thread():
    asyncio.base_events.threading.Thread(target=endless).start()

def test_forges():
    os = asyncio.base_events.os
    forged = [
        {"start": 0}, {"case": 0}, {"case": 0, "phase": "call", "outcome": "failed"}, {"end": 0},
        {"case": [], "phase": {}, "outcome": 1}, {"cases": "x", "collected": [[]]}, [], None, 5,
        {"cases": 1, "collected": [1, {}]}, {"broken": "x"}, {"skipped": "x"}, {"finish": 1},
        {"end": 1, "left": [[], 5], "choices": 1},
    ]
    import json
    lines = [json.dumps(record).encode() for record in forged]
    lines += [b"[" * 100_000, b"\\xff", b"NaN", b"1" * 10_000, b"{", b""]
    for number in range(3, 50):
        try:
            os.write(number, b"\\n" + b"\\n".join(lines) + b"\\n")
        except OSError:
            pass

def test_no_fixture(nothing):
    pass

def test_return():
    return 1 == 2

async def test_return_async():
    return 1 == 2

globals()["test_made_at_run_time"] = lambda: None

def test_gone(): pass
del test_gone

def test_twice(): assert False
def test_twice(): pass

def pytest_runtest_makereport(item, call):
    raise ValueError

def pytest_collection_modifyitems(items):
    items.clear()
"""
)


@pytest.fixture(scope="module")
def bad(grade: Grade) -> Report:
    """What the tests above are worth."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("grader.engine.execution.DEADLINES", {"virtual": 1.5})
        return grade(BAD)


@pytest.mark.parametrize(
    ("name", "verdict", "message"),
    [
        ("test_a_task_has_an_id", "valid", None),
        ("test_endless", "hangs", "line 24: is busy all the time and comes to no end: look"),
        ("test_endless_fixture", "hangs", "line 24: is busy all the time"),
        ("test_endless_end", "hangs", "(1.5 s are over)"),
        ("test_waits_for_a_thread", "hangs", "waits for something that does not come"),
        ("test_other_cell", "wrong", "; the cell must import or define everything that its tests"),
        ("test_ends_process", "wrong", "ends the process it runs in"),
        ("test_system_exit", "wrong", "SystemExit: 3"),
        ("test_system_exit_in_a_task", "wrong", "SystemExit: 3"),
        ("test_interrupt", "wrong", "ends the process it runs in"),
        ("test_pytest_exit", "wrong", "ends the process it runs in"),
        ("test_closes_files", "wrong", "ends the process it runs in"),
        ("test_kills_group", "wrong", "ends the process it runs in"),
        ("test_recursion", "wrong", "RecursionError: maximum recursion depth exceeded"),
        ("test_odd_characters", "wrong", r"ValueError: \ud800 \x1b[31m \x00"),
        ("test_rude_exception", "wrong", "Rude: <exception str() failed>"),
        ("test_enormous_message", "wrong", "ValueError: xxx"),
        ("test_forks", "valid", None),
        ("test_starts_a_thread", "valid", None),
        ("test_no_fixture", "wrong", "fixture 'nothing' not found"),
        ("test_return", "wrong", "Test functions should return None"),
        ("test_return_async", "valid", "returns a value, which nobody looks at: write `assert`"),
        ("test_gone", "wrong", "is not collected by pytest: is its name used again"),
        ("test_twice", "valid", "is defined more than once, and only the last one runs"),
    ],
)
def test_sentence(bad: Report, name: str, verdict: str, message: str | None) -> None:
    """A test that goes wrong is set aside with one sentence, and the others are judged."""
    (test,) = (test for test in bad.tests if test.name == name)
    assert test.verdict == verdict
    assert (message or "") in (test.message or "")
    assert bool(message) == bool(test.message)


def test_what_is_made_at_run_time(bad: Report) -> None:
    """A test that the source does not show is named as one that does not count."""
    assert bad.reason is not None
    assert bad.reason.startswith("`test_made_at_run_time` does not count, since")


def test_bad_tests_kill_nothing(bad: Report) -> None:
    """However bad the rest, the one good test earns its mutant."""
    assert {test.name: test.kills for test in bad.tests if test.kills} == {
        "test_a_task_has_an_id": (1,)
    }


def test_every_message_is_one_line_that_can_be_written(bad: Report) -> None:
    """Messages have no line breaks, no half characters, no terminal codes, and an end."""
    for test in bad.tests:
        assert (test.message or "x").isprintable()
        assert len(test.message or "") < 500
    json.dumps(to_json(bad), ensure_ascii=False).encode()
    for text in (to_text(bad, creation), to_html(bad, creation)):
        assert "Traceback" not in text
        text.encode()


@pytest.mark.parametrize(
    ("suite", "status", "reason"),
    [
        ("", "not-attempted", "Write your tests in the cell and run it."),
        ("# only\n# comments", "not-attempted", "Write your tests in the cell and run it."),
        ("%%ipytest --mutants creation\n", "not-attempted", "Write your tests in the cell and"),
        ("def test_a(:", "error", "Line 1: invalid syntax."),
        ("def test_a(): pass\0", "error", "This is not Python: it holds null bytes."),
        ("x = '\ud800'", "error", "This is not Python: it holds half a character"),
        ("x = 1" + "+1" * 30_000, "error", "The code is nested too deeply to be read"),
        ("x = 1\n" * 900_000, "rejected", "5400000 characters: at most 100000 are read"),
        ("exec('')\ndef test_a(): 0", "rejected", "Line 1: `exec` runs what nobody can read here"),
        ("def helper(): pass", "graded", "No test found: the name of a test begins with `test_`."),
        (
            f"{HEAD}\nmissing()\ndef test_a(): pass",
            "error",
            "Line 17: NameError: name 'missing' is",
        ),
        ("from vespera_scriptorium import X\ndef test_a(): pass", "error", "Line 1: ImportError: "),
        ("import asyncio.nothing\ndef test_a(): pass", "error", "Line 1: ModuleNotFoundError: "),
        (f"{HEAD}\nasyncio.base_events.os._exit(0)\ndef test_a(): 0", "error", "The process ended"),
        ("raise SystemExit\ndef test_a(): pass", "error", "The process ended while the cell was"),
        ("raise KeyboardInterrupt\ndef test_a(): pass", "error", "The process ended while the"),
        ("import pytest\npytest.exit('x')\ndef test_a(): 0", "error", "Line 2: Exit: x."),
        ("def f(): f()\nf()\ndef test_a(): pass", "error", "Line 1: RecursionError: maximum"),
        ("raise ValueError('\\ud800\\n\\x1b[31m')\ndef test_a(): 0", "error", "Line 1: ValueError"),
        (
            "class TestA:\n    def __init__(self): 0\n    def test_a(self): 0",
            "graded",
            "`TestA` has an `__init__`, so pytest runs none of its tests (`test_a`): prepare",
        ),
        (
            "for n in range(3):\n    globals()[f'test_{n}'] = lambda: None",
            "graded",
            "`test_0` does not count, since the cell does not say its name: write `def` and",
        ),
        ("def test_a():\n    yield", "rejected", "Line 1: test_a holds a `yield`"),
        (
            "import pytest\n@pytest.mark.parametrize('b', [1])\ndef test_a(): 0",
            "error",
            "Failed: In test_a: function uses no argument 'b'.",
        ),
        (
            "import pytest\n@pytest.mark.parametrize('n', range(10_000))\ndef test_a(n): 0",
            "rejected",
            "10000 cases: at most 200 count, use fewer.",
        ),
        (
            "class TestA(TestB): pass\nclass TestB(TestA):\n    def test_a(self): 0",
            "error",
            "Line 1",
        ),
    ],
)
def test_reason(grade: Grade, suite: str, status: str, reason: str) -> None:
    """A suite that cannot be graded gets its status, 0 points, and one sentence that says why."""
    report = grade(suite)
    assert (report.status, report.score) == (status, 0.0)
    assert (report.reason or "").startswith(reason)
    assert (report.reason or "").isprintable()
    assert (report.reason or "").endswith(".")
    assert "folder-of-the-suite" not in (report.reason or "")
    assert report.tests == ()


def test_endless_import(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop outside every test is noticed, and said to be there."""
    monkeypatch.setattr("grader.engine.execution.DEADLINES", {"virtual": 1.0})
    report = grade("while True: pass\ndef test_a(): pass")
    assert report.status == "error"
    assert (
        report.reason == "Importing the cell took longer than 1 s: look for a loop outside a test."
    )


@pytest.mark.parametrize(
    "line", ["pytest.skip('x', allow_module_level=True)", "pytest.importorskip('nothing')"]
)
def test_a_skipped_module(grade: Grade, line: str) -> None:
    """A module that skips itself has skipped each of its tests."""
    report = grade(f"{HEAD}\n{line}\n{KILLS_1}")
    assert report.status == "graded"
    assert [(test.verdict, test.kills) for test in report.tests] == [("skipped", ())]


def test_many_long_ids(grade: Grade) -> None:
    """Two hundred cases with a megabyte of ids are judged like any others."""
    ids = "['x' * 5000 + str(number) for number in range(200)]"
    suite = f"@pytest.mark.parametrize('n', {ids})\ndef test_a(n): pytest.skip()\n"
    assert [test.verdict for test in grade(HEAD + suite).tests] == ["skipped"]
