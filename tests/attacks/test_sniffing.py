"""Which variant is it? What a run can see of that, besides what the variant does.

Most attacks here assert that they find nothing, so that `valid` is the verdict that is wanted.
"""

import pytest

from attacks.cases import Attack, each
from attacks.conftest import Try

pytestmark = pytest.mark.slow

CODE = """
def code_of(function):
    return operator.attrgetter("__code__")(function)

SUBJECT = TaskOrchestrator.create_task
"""

CASES = [
    Attack(
        "source-of-the-subject",
        """
def test_a():
    inspect = load("inspect")
    with pytest.raises((OSError, TypeError)):
        inspect.getsource(TaskOrchestrator.create_task)
""",
        ("valid",),
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
    assert code_of(SUBJECT).co_filename == operator.attrgetter("__file__")(module)
    assert code_of(SUBJECT).co_qualname == "TaskOrchestrator.create_task"
""".replace('    assert code_of(SUBJECT).co_qualname == "TaskOrchestrator.create_task"\n', ""),
        ("valid",),
    ),
    Attack(
        "lines-of-the-code",
        CODE
        + """
def test_a():
    assert len({line for *_, line in code_of(SUBJECT).co_lines() if line}) <= 1
""",
        ("valid",),
    ),
    Attack(
        "hash-of-the-code",
        CODE
        + """
KNOWN = load("hashlib").sha256(b"the reference, as anybody can compile it").digest()
def test_a():
    assert load("hashlib").sha256(code_of(SUBJECT).co_code).digest() == KNOWN
""",
        ("wrong",),
    ),
    Attack(
        "frames-of-the-runner",
        """
def test_a():
    frame = operator.attrgetter("_getframe")(sys)()
    while frame is not None:
        for name, value in list(frame.f_locals.items()):
            if name in ("frame", "value"):
                continue
            text = repr(value)
            assert "grafts" not in text and "async def create_task" not in text, name
        frame = frame.f_back
""",
        ("valid",),
    ),
    Attack(
        "objects-of-the-collector",
        """
def test_a():
    gc = load("gc")
    gc.unfreeze()
    for found in gc.get_objects():
        if type(found) is dict:
            assert "grafts" not in found or found["grafts"] == []
""",
        ("valid",),
    ),
    Attack(
        "the-grader-that-is-loaded",
        """
def test_a():
    ours = {name for name in modules if name.partition(".")[0] == "grader"}
    assert ours and all(name == "grader" or name.startswith("grader.inside") for name in ours)
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
            if traceback.tb_frame.f_code.co_name == "_store":
                lines.add(traceback.tb_lineno)
            traceback = traceback.tb_next
    assert len(lines) <= 1
""",
        ("valid",),
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
    assert not any(part.isdigit() for part in pathlib.Path.cwd().parts)
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
    ),
]


@each(CASES)
def test_sniffing_finds_nothing(attack: Attack, attempt: Try) -> None:
    """No file, frame, object or neighbour says which variant a run has."""
    attempt(attack)
