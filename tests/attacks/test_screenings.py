"""Attacks on a screening, where one process meets the reference and then every mutant.

Whoever learns there which variants there are may not take it along: a mark needs a failure in a
process that knows one variant only, beside correct ones.
"""

import pytest

from attacks.cases import Attack, each
from attacks.conftest import Try

pytestmark = pytest.mark.slow

ANSWER = """
async def answer():
    try:
        async with asyncio.timeout(5):
            found = await orchestrator().create_task({"title": ""})
    except TimeoutError:
        return "hangs"
    return found.success, found.task_id is None
"""

CASES = [
    Attack(
        "fails-unless-it-is-first",
        """
met = []

def test_a():
    met.append(1)
    assert len(met) == 1
""",
        ("valid or flaky",),
    ),
    Attack(
        "passes-unless-it-is-first",
        """
met = []

def test_a():
    met.append(1)
    assert len(met) > 1
""",
        ("wrong or flaky",),
    ),
    Attack(
        "state-in-a-module-of-python",
        """
def test_a():
    home = modules["random"]
    before = vars(home).setdefault("met", [])
    before.append(1)
    assert len(before) == 1
""",
        ("valid or flaky",),
    ),
    Attack(
        "state-in-a-file",
        """
def test_a():
    found = [path for path in (pathlib.Path("met"), pathlib.Path("../met")) if path.exists()]
    for path in (pathlib.Path("met"), pathlib.Path("../met")):
        try:
            path.touch()
        except OSError:
            pass
    assert not found
""",
        ("valid or flaky",),
    ),
    Attack(
        "state-in-a-thread",
        """
import threading, queue

asked, told = queue.Queue(), queue.Queue()

def count():
    number = 0
    while asked.get():
        number += 1
        told.put(number)

threading.Thread(target=count, daemon=True).start()

def test_a():
    asked.put(1)
    assert told.get(timeout=2) == 1
""",
        ("valid or flaky",),
    ),
    Attack(
        "another-pytest-behind-the-first",
        """
def test_a(request):
    runner = load("_pytest.runner")
    plain = runner.runtestprotocol

    def failing(item, *arguments, **options):
        item.obj = fail
        return plain(item, *arguments, **options)

    runner.runtestprotocol = failing

def fail():
    raise AssertionError
""",
        ("valid or flaky",),
    ),
    Attack(
        "two-variants-compared",
        ANSWER
        + """
first = []

async def test_a():
    now = await answer()
    first.append(now)
    assert now == first[0]
""",
        ("valid or flaky",),
    ),
    Attack(
        "compared-with-what-a-file-remembers",
        ANSWER
        + """
async def test_a():
    now = repr(await answer())
    home = pathlib.Path(load("tempfile").gettempdir()) / "known"
    for path in (home, pathlib.Path("/tmp/known"), pathlib.Path("/dev/shm/known")):
        try:
            known = path.read_text()
        except OSError:
            known = now
            try:
                path.write_text(now)
            except OSError:
                pass
        assert now == known
""",
        ("valid or flaky",),
    ),
    Attack(
        "asks-for-the-next-before-its-time",
        """
def test_a():
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b'{"ready": true}\\n')
        except OSError:
            pass
    seen = b""
    for descriptor in range(3, 64):
        try:
            os.set_blocking(descriptor, False)
            seen += os.read(descriptor, 1 << 16)
        except OSError:
            pass
    assert b"patches" not in seen
""",
        ("valid or flaky or wrong",),
    ),
    Attack(
        "says-that-later-ones-have-failed",
        """
met = []

def test_a():
    met.append(1)
    if len(met) > 1:
        for descriptor in range(3, 64):
            try:
                os.write(descriptor, (
                    b'{"case": 0, "phase": "call", "outcome": "failed", "message": "assert 0"}\\n'
                ))
            except OSError:
                pass
""",
        ("valid or flaky",),
    ),
]


@each(CASES)
def test_what_a_screening_teaches_earns_nothing(attack: Attack, attempt: Try) -> None:
    """Under both walls, with the static rules and without."""
    attempt(attack)
