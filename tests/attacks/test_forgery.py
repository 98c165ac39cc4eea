"""Marks without tests: forged reports, verdicts and transcripts."""

import pytest

from attacks.cases import Attack, each
from attacks.conftest import Try

pytestmark = pytest.mark.slow

FORGED_RECORDS = """
import json

def forge(outcome):
    whole = [{"cases": 1, "collected": ["test_a"]}, {"start": 0}]
    whole += [{"case": 0, "phase": phase, "outcome": outcome, "message": None}
              for phase in ("setup", "call", "teardown")]
    whole += [{"end": 0, "left": [], "choices": False}, {"finish": True}]
    lines = "".join(json.dumps(line) + "\\n" for line in whole).encode()
    for number in range(3, 256):
        try:
            os.write(number, lines)
        except OSError:
            pass
"""

CASES = [
    Attack("vacuous", "def test_a(): pass", ("valid",)),
    Attack("always-red", "def test_a(): assert False", ("wrong",)),
    Attack("exit-at-once", "def test_a(): os._exit(0)", ("wrong",)),
    Attack("exit-with-an-error", "def test_a(): os._exit(1)", ("wrong",)),
    Attack("exit-while-imported", "os._exit(0)\ndef test_a(): pass", status="error"),
    Attack(
        "exit-in-a-fixture",
        "@pytest.fixture\ndef a():\n    yield\n    os._exit(0)\ndef test_a(a): pass",
        ("wrong",),
    ),
    Attack("system-exit", "def test_a(): raise SystemExit(0)", ("wrong",)),
    Attack("system-exit-while-imported", "raise SystemExit(0)\ndef test_a(): pass", status="error"),
    Attack("pytest-exit", "def test_a(): pytest.exit('enough', returncode=0)", ("wrong",)),
    Attack("keyboard-interrupt", "def test_a(): raise KeyboardInterrupt", ("wrong",)),
    Attack("skip", "def test_a(): pytest.skip('later')", ("skipped",)),
    Attack("skip-mark", "@pytest.mark.skip\ndef test_a(): assert False", ("skipped",)),
    Attack(
        "skip-module",
        "pytest.skip('later', allow_module_level=True)\ndef test_a(): pass",
        ("skipped",),
    ),
    Attack("xfail", "def test_a(): pytest.xfail('known')", ("skipped",)),
    Attack("xfail-mark", "@pytest.mark.xfail\ndef test_a(): assert False", ("skipped",)),
    Attack(
        "skip-only-mutants",
        """
async def test_a():
    if not (await orchestrator().create_task({"title": "a"})).task_id:
        pytest.skip("looks like a mutant")
""",
        ("valid",),
    ),
    Attack(
        "patched-report-says-passed",
        """
def test_a():
    reports = load("_pytest.reports")
    class Passed(reports.TestReport):
        outcome = property(lambda self: "passed", lambda self, value: None)
    load("_pytest.runner").TestReport = Passed
    assert False
""",
        ("wrong",),
    ),
    Attack(
        "patched-report-says-failed",
        """
def test_a():
    reports = load("_pytest.reports")
    class Failed(reports.TestReport):
        outcome = property(lambda self: "failed", lambda self, value: None)
    load("_pytest.runner").TestReport = Failed
""",
        ("wrong",),
    ),
    Attack("pytest-plugins", "pytest_plugins = ['os']\ndef test_a(): pass", ("valid",)),
    Attack(
        "dropped-files",
        """
pathlib.Path("conftest.py").write_text("def pytest_runtest_call(item): raise AssertionError")
pathlib.Path("pytest.ini").write_text("[pytest]\\naddopts = --collect-only")
def test_a(): pass
""",
        ("valid",),
    ),
    Attack("forged-failure", FORGED_RECORDS + "def test_a(): forge('failed')", ("wrong",)),
    Attack("forged-pass", FORGED_RECORDS + "def test_a(): forge('passed')", ("wrong",)),
    Attack(
        "forged-and-gone",
        FORGED_RECORDS + "def test_a():\n    forge('failed')\n    os._exit(0)",
        ("wrong",),
    ),
    Attack(
        "forged-while-imported",
        FORGED_RECORDS + "forge('passed')\nos._exit(0)\ndef test_a(): assert False",
        ("valid",),
    ),
    Attack(
        "nonsense-records",
        """
def test_a():
    for number in range(3, 256):
        try:
            os.write(number, b"nonsense\\n" * 3)
        except OSError:
            pass
""",
        ("wrong",),
    ),
    Attack(
        "flood-of-records",
        """
def test_a():
    flood = (b"[" * 100_000 + b"\\n") * 100
    for number in range(3, 256):
        try:
            os.write(number, flood)
        except OSError:
            pass
""",
        ("wrong",),
    ),
    Attack("closed-descriptors", "def test_a():\n    os.closerange(0, 256)", ("wrong",)),
    Attack(
        "made-at-run-time",
        """
def make(number):
    async def test():
        assert (await orchestrator().create_task({"title": "a"})).task_id
    return test
for number in range(5):
    setattr(modules["test_suite"], "test_b", make(number))
def test_a(): pass
""",
        ("valid",),
    ),
    Attack(
        "coin-flip",
        "def test_a(): assert os.read(os.open('/dev/urandom', 0), 1)[0] < 128",
        ("flaky",),
    ),
    Attack(
        "state-for-a-second-run",
        """
def test_a():
    places = ["/tmp", "/var/tmp", "/dev/shm", "/app", "..", str(pathlib.Path.home()), sys.prefix]
    notes = [pathlib.Path(place, "attack-note") for place in places]
    for note in notes:
        try:
            seen = note.exists()
        except OSError:
            seen = False
        assert not seen
    for note in notes:
        try:
            note.write_text("seen")
        except OSError:
            pass
""",
        ("valid",),
    ),
    Attack(
        "replaced-modules",
        """
class Fake:
    async def create_task(self, task_data): return None
for name in list(modules):
    if name.startswith("vespera_scriptorium"):
        modules[name] = Fake()
async def test_a():
    await orchestrator().create_task({"title": "a"})
""",
        ("valid",),
    ),
    Attack(
        "own-assertion-rewriting",
        """
def test_a():
    session = load("_pytest.main").Session
    session.testsfailed = property(lambda self: 0, lambda self, value: None)
    load("_pytest.runner").call_and_report = lambda *a, **k: None
""",
        ("wrong",),
    ),
]


@each(CASES)
def test_forgery_earns_nothing(attack: Attack, attempt: Try) -> None:
    """What is forged on every variant alike kills nothing; what is not honest is not valid."""
    attempt(attack)
