"""What wants to break the grader, fill the machine, or stay for ever."""

import pytest

from attacks.cases import Attack, each
from attacks.conftest import Try

pytestmark = pytest.mark.slow

HONEST = """
async def test_honest():
    assert (await orchestrator().create_task({"title": "a"})).task_id
"""
"""A test that kills one mutant: what stands beside an attack counts all the same."""

CASES = [
    Attack(
        "endless-loop",
        "def test_a():\n    while True: pass" + HONEST,
        ("hangs", "valid"),
        score=0.9,
    ),
    Attack("endless-loop-while-imported", "while True: pass\ndef test_a(): pass", status="error"),
    Attack("endless-loop-in-c", "def test_a():\n    sum(load('itertools').repeat(1))", ("hangs",)),
    Attack(
        "waits-for-ever",
        "async def test_a(): await asyncio.Event().wait()" + HONEST,
        ("hangs", "valid"),
        score=0.9,
    ),
    Attack("sleeps-outside-of-python", "def test_a(): load('time').sleep(10**6)", ("hangs",)),
    Attack(
        "ignores-signals",
        """
def test_a():
    signal = load("signal")
    for number in range(1, 64):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    load("signal").alarm(0)
    while True: pass
""",
        ("hangs",),
    ),
    Attack(
        "ignores-cancellation",
        """
async def stubborn():
    while True:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            pass
async def test_a():
    asyncio.create_task(stubborn())
    await asyncio.sleep(0)
""",
        ("hangs",),
    ),
    Attack(
        "thread-that-stays",
        """
def test_a():
    threading = load("threading")
    threading.Thread(target=threading.Event().wait).start()
""",
        ("valid",),
    ),
    Attack(
        "fork",
        """
def test_a():
    with pytest.raises(OSError):
        os.fork()
    with pytest.raises(OSError):
        os.posix_spawn("/usr/bin/true", ["true"], {})
    with pytest.raises(OSError):
        load("subprocess").run(["/usr/bin/true"])
    with pytest.raises(OSError):
        os.execv("/usr/bin/true", ["true"])
""",
        ("valid",),
    ),
    Attack(
        "fork-bomb",
        """
def test_a():
    while True:
        try:
            os.fork()
        except OSError:
            break
    libc = load("ctypes").CDLL(None, use_errno=True)
    assert libc.syscall(57) == -1 or libc.syscall(220) == -1
    assert libc.fork() == -1
    assert libc.vfork() == -1
""",
        ("valid",),
        guard=False,
    ),
    Attack(
        "multiprocessing",
        """
def test_a():
    with pytest.raises(OSError):
        load("multiprocessing").get_context("spawn").Process(target=int).start()
""",
        ("valid",),
    ),
    Attack(
        "thread-bomb",
        """
def test_a():
    threading = load("threading")
    stop = threading.Event()
    threads = []
    try:
        for _ in range(100_000):
            thread = threading.Thread(target=stop.wait, daemon=True)
            thread.start()
            threads.append(thread)
    except (RuntimeError, MemoryError):
        pass
    stop.set()
    assert 100 < len(threads) <= 500
""",
        ("valid",),
    ),
    Attack(
        "memory-bomb",
        "def test_a():\n    held = []\n    while True: held.append(bytearray(1 << 24))",
        ("refused or hangs",),
    ),
    Attack(
        "mapped-memory-bomb",
        """
def test_a():
    with pytest.raises((OSError, MemoryError, OverflowError)):
        load("mmap").mmap(-1, 1 << 33)
""",
        ("valid",),
    ),
    Attack(
        "big-file",
        """
def test_a():
    with pytest.raises(OSError), pathlib.Path("big").open("wb") as file:
        for _ in range(100):
            file.write(bytes(1 << 20))
            file.flush()
""",
        ("valid",),
    ),
    Attack(
        "many-small-files",
        """
def test_a():
    pathlib.Path("deep").mkdir()
    for number in range(1_000):
        pathlib.Path("deep", str(number)).touch()
""",
        ("valid",),
    ),
    Attack(
        "deep-folders",
        """
def test_a():
    for _ in range(100):
        try:
            os.mkdir("d")
            os.chdir("d")
        except OSError:
            break
""",
        ("valid",),
    ),
    Attack(
        "unreadable-folders",
        """
def test_a():
    folder = pathlib.Path("closed")
    folder.mkdir()
    folder.joinpath("file").touch()
    try:
        folder.chmod(0)
    except OSError:
        pass
""",
        ("valid",),
    ),
    Attack(
        "many-descriptors",
        """
def test_a():
    held = []
    with pytest.raises(OSError):
        while True:
            held.append(os.pipe())
    for pair in held:
        for number in pair:
            os.close(number)
""",
        ("valid",),
    ),
    Attack(
        "floods-standard-output",
        """
def test_a():
    for number in (1, 2):
        for _ in range(100):
            os.write(number, bytes(1 << 20))
    print("x" * 10**7)
""",
        ("valid",),
    ),
    Attack("huge-message", "def test_a(): raise ValueError('x' * 10**7)", ("wrong",)),
    Attack(
        "kills-everybody",
        """
def test_a():
    for process in (-1, 0, 1, os.getppid() or -1):
        if process != os.getpid():
            with pytest.raises(OSError):
                os.kill(process, 9)
    with pytest.raises(OSError):
        os.killpg(os.getpgrp() or 1, 9)
""",
        ("valid",),
    ),
    Attack("kills-itself", "def test_a(): os.kill(os.getpid(), 9)", ("wrong",)),
    Attack(
        "leaves-its-group",
        """
def test_a():
    for attempt in (os.setsid, lambda: os.setpgid(0, 0)):
        with pytest.raises(OSError):
            attempt()
    libc = load("ctypes").CDLL(None, use_errno=True)
    assert libc.prctl(1, 0, 0, 0, 0) == -1
""",
        ("valid",),
        guard=False,
    ),
    Attack(
        "deep-recursion",
        """
def test_a():
    sys.setrecursionlimit(10**9)
    def deeper(): return deeper()
    deeper()
""",
        ("wrong or hangs",),
    ),
    Attack(
        "deep-recursion-in-c",
        """
def test_a():
    sys.setrecursionlimit(10**9)
    found = []
    for _ in range(10**6):
        found = [found]
    repr(found)
""",
        ("wrong or hangs",),
    ),
    Attack("bad-memory", "def test_a(): load('ctypes').string_at(0)", ("wrong",), guard=False),
    Attack(
        "poisoned-caches",
        """
def test_a():
    cached_of = operator.attrgetter("__cached__")
    cached = [pathlib.Path(cached_of(module)) for module in (asyncio, pytest)]
    for folder in (sys.prefix, os.environ["XDG_CACHE_HOME"], *(path.parent for path in cached)):
        with pytest.raises(OSError):
            pathlib.Path(folder, "attack.pyc").write_bytes(b"")
    for path in cached:
        with pytest.raises(OSError):
            path.write_bytes(b"")
""",
        ("valid",),
    ),
    Attack(
        "ends-at-exit",
        """
load("atexit").register(os._exit, 3)
def test_a(): pass
""",
        ("valid",),
    ),
    Attack(
        "slow-end",
        """
class Slow:
    def __del__(self):
        while True: pass
held = Slow()
def test_a(): pass
""",
        ("valid",),
    ),
    Attack(
        "profile-that-never-returns",
        """
def trace(*_):
    while True: pass
def test_a(): sys.settrace(trace); int()
""",
        ("hangs",),
        guard=False,
    ),
]


@each(CASES)
def test_destruction_destroys_nothing(attack: Attack, attempt: Try) -> None:
    """The run ends, its verdict is fair, and what stands beside it counts all the same."""
    attempt(attack)
