"""Which variant is it? What a run can see of that, besides what the variant does.

Most attacks here assert that they find nothing, so that `valid` is the verdict that is wanted.
"""

import pytest
from helpers.course import suite_of
from helpers.samples import creation

from attacks.cases import Attack, each
from attacks.conftest import Try
from grader.bank import exercises
from grader.engine.evaluate import evaluate
from grader.engine.execution import Defences
from grader.sandbox.worker import Worker

pytestmark = pytest.mark.slow

CODE = """
def code_of(function):
    return operator.attrgetter("__code__")(function)

SUBJECT = TaskOrchestrator.create_task
"""

ASKED = """
seen = []

def look(*_):
    try:
        seen.append(code_of(SUBJECT).co_names)
    except BaseException:
        pass

class Asked:
    __class__ = ag_frame = property(look)

    async def aclose(self):
        pass

kept = Asked()
asyncio.TimerHandle.when = look
load("gc").get_objects = lambda: [look()] * 0
load("inspect").getcoroutinestate = look

async def test_a():
    operator.attrgetter("_asyncgen_firstiter_hook")(asyncio.get_running_loop())(kept)

def test_b():
    assert not seen
"""
"""Code of the suite that the grader calls while it looks."""

CASES = [
    Attack(
        "source-of-the-subject",
        """
def test_a():
    inspect = load("inspect")
    with pytest.raises((OSError, TypeError)):
        inspect.getsource(TaskOrchestrator.create_task)
""",
        ("refused",),
    ),
    Attack(
        "source-of-the-module",
        """
def test_a():
    module = modules["vespera_scriptorium.application.task_orchestrator"]
    file = operator.attrgetter("__file__")(module)
    with pytest.raises(OSError):
        pathlib.Path(file).read_text()
    cached = operator.attrgetter("__cached__")(module)
    with pytest.raises(OSError):
        pathlib.Path(cached).read_bytes()
    assert file not in load("linecache").cache
""",
        ("valid",),
    ),
    Attack(
        "file-name-of-the-code",
        CODE
        + """
def test_a():
    module = modules["vespera_scriptorium.application.task_orchestrator"]
    file = operator.attrgetter("__file__")(module)
    assert operator.attrgetter("co_filename")(code_of(SUBJECT)) == file
""",
        ("refused",),
    ),
    Attack(
        "lines-of-the-code",
        CODE
        + """
def test_a():
    lines = operator.attrgetter("co_lines")(code_of(SUBJECT))()
    assert len({line for *_, line in lines if line}) <= 1
""",
        ("refused",),
    ),
    Attack(
        "hash-of-the-code",
        CODE
        + """
KNOWN = load("hashlib").sha256(b"the reference, as anybody can compile it").digest()
def test_a():
    code = operator.attrgetter("co_code")(code_of(SUBJECT))
    assert load("hashlib").sha256(code).digest() == KNOWN
""",
        ("refused",),
    ),
    Attack(
        "frames-of-the-runner",
        """
def test_a():
    frame = operator.attrgetter("_getframe")(sys)()
    while frame is not None:
        for name, value in list(operator.attrgetter("f_locals")(frame).items()):
            if name in ("frame", "value"):
                continue
            text = repr(value)
            assert "patches" not in text and "async def create_task" not in text, name
        frame = operator.attrgetter("f_back")(frame)
""",
        ("refused",),
    ),
    Attack(
        "objects-of-the-collector",
        """
def test_a():
    gc = load("gc")
    gc.unfreeze()
    for found in gc.get_objects():
        if type(found) is dict:
            assert "patches" not in found or found["patches"] == []
""",
        ("refused",),
    ),
    Attack(
        "the-grader-that-is-loaded",
        """
def test_a():
    ours = {name for name in modules if name.partition(".")[0] == "grader"}
    assert ours and all(name == "grader" or name.startswith("grader.runner") for name in ours)
    for name in ("grader.bank", "grader.exercise"):
        with pytest.raises((ImportError, OSError)):
            load(name)
""",
        ("valid",),
    ),
    Attack(
        "traceback-of-an-error",
        """
class Broken(InMemoryTaskRepository):
    async def add(self, task):
        raise OSError("disk full")

async def test_a():
    lines = set()
    try:
        await orchestrator(Broken())._store({"title": "a"})
    except OSError as error:
        traceback = operator.attrgetter("__traceback__")(error)
        while traceback is not None:
            if operator.attrgetter("tb_frame.f_code.co_name")(traceback) == "_store":
                lines.add(traceback.tb_lineno)
            traceback = operator.attrgetter("tb_next")(traceback)
    assert len(lines) <= 1
""",
        ("refused",),
    ),
    Attack(
        "mountinfo",
        """
def test_a():
    for name in ("mountinfo", "mounts", "maps", "cmdline", "environ", "status"):
        for process in ("self", "1", "2", str(os.getppid())):
            with pytest.raises(OSError):
                pathlib.Path("/proc", process, name).read_bytes()
""",
        ("valid",),
    ),
    Attack(
        "how-many-came-before",
        """
def test_a():
    with pytest.raises(OSError):
        os.listdir("../..")
    assert not any(part.isdigit() and len(part) < 16 for part in pathlib.Path.cwd().parts)
    assert [path.name for path in pathlib.Path("..").iterdir()] == ["folder-of-the-suite"]
""",
        ("valid",),
    ),
    Attack(
        "notes-through-a-lock",
        """
def test_a():
    fcntl = load("fcntl")
    file = os.open(operator.attrgetter("__file__")(os), os.O_RDONLY)
    with pytest.raises(OSError):
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
""",
        ("valid",),
    ),
    Attack(
        "notes-through-a-socket",
        """
def test_a():
    socket = load("socket")
    for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6):
        with pytest.raises(OSError):
            socket.socket(family).bind("\\0notes")
    with pytest.raises(OSError):
        socket.socketpair(socket.AF_INET)
""",
        ("valid",),
    ),
    Attack(
        "notes-through-shared-memory",
        """
def test_a():
    with pytest.raises(OSError):
        load("multiprocessing.shared_memory").SharedMemory("attack", create=True, size=10)
    libc = load("ctypes").CDLL(None, use_errno=True)
    assert libc.shmget(4711, 4096, 0o1600) == -1
    assert libc.msgget(4711, 0o1600) == -1
    assert libc.semget(4711, 1, 0o1600) == -1
""",
        ("valid",),
        guard=False,
    ),
    Attack(
        "notes-through-the-time-of-a-file",
        """
def test_a():
    for place in (sys.prefix, "/usr", "/usr/bin/env", "/tmp", sys.executable):
        with pytest.raises(OSError):
            os.utime(place)
        with pytest.raises(OSError):
            os.chmod(place, 0o700)
""",
        ("valid",),
    ),
    Attack(
        "memory-of-another-process",
        """
def test_a():
    libc = load("ctypes").CDLL(None, use_errno=True)
    for process in (1, 2, os.getppid()):
        assert libc.ptrace(16, process, 0, 0) == -1
    with pytest.raises(OSError):
        os.pidfd_open(os.getpid())
    assert libc.process_vm_readv(os.getpid(), None, 0, None, 0, 0) == -1
""",
        ("valid",),
        guard=False,
    ),
    Attack(
        "names-of-what-is-called",
        """
def test_a():
    called = []
    def note(frame, event, value):
        called.append((os.path.basename(frame.f_code.co_filename), frame.f_code.co_name))
    sys.settrace(note)
    try:
        asyncio.run(orchestrator().create_task({"title": "a"}))
    finally:
        sys.settrace(None)
    assert ("memory.py", "add") in called
""",
        ("refused",),
    ),
    Attack(
        "names-of-what-is-called-by-a-profiler",
        """
def test_a():
    called = []
    def note(frame, event, value):
        called.append(frame.f_code.co_name)
    load("threading").setprofile(note)
    getattr(sys, "set" + "profile")(note)
    asyncio.run(orchestrator().create_task({"title": "a"}))
    assert "add" in called
""",
        ("refused",),
    ),
    Attack(
        "where-the-subject-waits",
        """
async def test_a():
    creation = orchestrator().create_task({"title": "a"})
    creation.send(None)
    try:
        assert getattr(creation, "cr" + "_frame").f_lasti < 100_000
    finally:
        creation.close()
""",
        ("refused",),
    ),
    Attack(
        "stack-of-a-task",
        """
async def test_a():
    task = asyncio.create_task(orchestrator().create_task({"title": "a"}))
    await asyncio.sleep(0)
    try:
        assert [frame.f_locals for frame in task.get_stack()]
    finally:
        await task
""",
        ("refused",),
    ),
    Attack("what-the-grader-asks", CODE + ASKED, ("valid", "valid")),
    Attack("stack", "def test_a():\n    assert inspect.stack()", ("refused",)),
    Attack("frame", "def test_a():\n    assert inspect.currentframe()", ("refused",)),
    Attack("own-frame", "def test_a():\n    assert sys._getframe()", ("refused",)),
    Attack("referents", "def test_a():\n    gc.get_referents(TaskOrchestrator)", ("refused",)),
    Attack("referrers", "def test_a():\n    gc.get_referrers(TaskOrchestrator)", ("refused",)),
    Attack("disassembly", CODE + "def test_a():\n    load('dis').dis(SUBJECT)", ("refused",)),
    Attack("audit", "def test_a():\n    sys.addaudithook(print)", ("refused",)),
    Attack(
        "code-by-its-address",
        """
def test_a():
    ctypes = load("ctypes")
    ctypes.pythonapi.PyFunction_GetCode.restype = ctypes.py_object
    assert ctypes.pythonapi.PyFunction_GetCode(ctypes.py_object(TaskOrchestrator.create_task))
""",
        ("refused",),
    ),
    Attack(
        "code-by-what-is-left-of-ctypes",
        """
def test_a():
    for kind in object.__subclasses__():
        if kind.__name__ == "CDLL":
            assert "cast" not in operator.attrgetter("__init__.__globals__")(kind)
            kind(None)
""",
        ("wrong",),
    ),
]


def test_the_guard_is_what_refuses(walled: Worker) -> None:
    """Without it, an attack that looks at calls and asserts nothing of the contract would earn."""
    text = next(one.text for one in CASES if one.name == "names-of-what-is-called")
    unguarded = evaluate(text, creation, walled, defences=Defences(rules=False, guard=False))
    assert unguarded.score > 0


@each(CASES)
def test_sniffing_finds_nothing(attack: Attack, attempt: Try) -> None:
    """No file, frame, object or neighbour says which variant a run has."""
    attempt(attack)


READS_ITSELF = """
import pathlib, linecache, sys

async def test_what_stands_in_its_place():
    assert asyncio.iscoroutinefunction(wait_until)
    here = pathlib.Path(__file__)
    files = [here, *here.parent.rglob("*.pyc")]
    texts = [path.read_bytes().decode("latin-1") for path in files]
    names = vars(sys.modules["grader.runner.patch"]).items()
    texts += [repr([value for name, value in names if not name.startswith("__")])]
    texts += linecache.getlines(str(here))
    for text in texts:
        assert "Timeout" + "Error" not in text
"""
"""Looks for what stands in its function's place in all that it can read."""


def test_a_mutant_of_the_learners_own_is_not_to_be_read(walled: Worker) -> None:
    """What stands in for a function that learners write stands in no file, and under no name."""
    own = suite_of("wait-for-completion").partition("class Looks")[0]
    exercise = exercises()["wait-for-completion"]
    found = evaluate(own + READS_ITSELF, exercise, walled, defences=Defences(rules=False))
    (test,) = found.tests
    assert (test.verdict, test.kills) == ("valid", ()), test
