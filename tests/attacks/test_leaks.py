"""What must not be read from inside: answers, marks, neighbours, the machine.

These attacks assert that they are refused, so that `valid` is the verdict that is wanted.
"""

import os
from pathlib import Path

import pytest

import grader
from attacks.cases import Attack, each
from attacks.conftest import Try

pytestmark = pytest.mark.slow

ROOT = Path(grader.__file__).parents[1]
SECRETS = [
    *(ROOT / "grader/bank/__init__.py", ROOT / "grader/engine/evaluate.py", ROOT / "lessons"),
    *(ROOT / "solutions", ROOT / "tests", ROOT / ".git", ROOT / "gradebook.db", ROOT / "README.md"),
    *(ROOT / "submitted", ROOT / "autograded", ROOT / ".grader"),
    *map(Path, ("/etc/passwd", "/etc/shadow", "/etc/hostname", "/root", "/home", "/var/log")),
    *map(Path, ("/sys/class/net", "/dev/mem", "/dev/vda", "/boot", "/run", "/etc/ssl")),
]

CASES = [
    Attack(
        "files-of-the-course-and-of-the-machine",
        f"""
SECRETS = {[str(path) for path in SECRETS]!r}
def test_a():
    for secret in SECRETS:
        with pytest.raises(OSError):
            os.listdir(secret)
        with pytest.raises(OSError):
            os.close(os.open(secret, os.O_RDONLY))
""",
        ("valid",),
    ),
    Attack(
        "links-to-files-outside",
        f"""
def test_a():
    for number, secret in enumerate([{str(SECRETS[0])!r}, "/etc/passwd", "/proc/self/environ"]):
        try:
            pathlib.Path(f"link{{number}}").symlink_to(secret)
        except OSError:
            continue
        with pytest.raises(OSError):
            pathlib.Path(f"link{{number}}").read_bytes()
        with pytest.raises(OSError):
            os.link(secret, f"hard{{number}}")
""",
        ("valid",),
    ),
    Attack(
        "environment",
        """
def test_a():
    known = {"PATH", "HOME", "LANG", "MALLOC_ARENA_MAX", "TZ", "PWD", "XDG_CACHE_HOME",
             "PYTEST_VERSION",
             "PYTEST_CURRENT_TEST", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "PYTHONHASHSEED",
             "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONUTF8", "LC_CTYPE"}
    assert set(os.environ) <= known, set(os.environ) - known
""",
        ("valid",),
    ),
    Attack(
        "descriptors",
        """
def test_a():
    found = []
    for number in range(3, 256):
        try:
            found.append((number, load("stat").S_IFMT(os.fstat(number).st_mode)))
        except OSError:
            pass
    kinds = [kind for _, kind in found]
    assert kinds == [load("stat").S_IFIFO] * 2, found
""",
        ("valid",),
    ),
    Attack(
        "standard-streams",
        """
def test_a():
    null = os.stat("/dev/null").st_rdev
    assert [os.fstat(number).st_rdev for number in (0, 1, 2)] == [null] * 3
""",
        ("valid",),
    ),
    Attack(
        "network",
        """
async def test_a():
    for address in (("127.0.0.1", 22), ("::1", 22)):
        with pytest.raises(OSError):
            await asyncio.open_connection(*address)
    server = await asyncio.start_server(print, "127.0.0.1", 0)
    assert not server.sockets
    with pytest.raises(OSError):
        await asyncio.open_unix_connection("/run/docker.sock")
""",
        ("valid",),
    ),
    Attack(
        "names",
        """
def test_a():
    with pytest.raises(OSError):
        load("socket").getaddrinfo("example.com", 80)
""",
        ("valid",),
    ),
    Attack(
        "rights",
        f"NOT_OURS = {(0, 1000) if os.getuid() == 0 else (0,)}\n"  # Landlock keeps another's number
        """
def test_a():
    assert os.getuid() not in NOT_OURS
    for attempt in (lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.chroot("/"),
                    lambda: os.nice(-5), lambda: os.sched_setaffinity(0, {0})):
        with pytest.raises(OSError):
            attempt()
    libc = load("ctypes").CDLL(None, use_errno=True)
    assert libc.unshare(0x10000000) == -1
    assert libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, b"") == -1
    assert libc.prctl(24, 0, 0, 0, 0) == -1
""",
        ("valid",),
        guard=False,
    ),
    Attack(
        "kernel",
        """
def test_a():
    libc = load("ctypes").CDLL(None, use_errno=True)
    ctypes = load("ctypes")
    for number in (321, 323, 298, 425, 250, 304, 101, 435, 165, 56 | 0x40000000):
        assert libc.syscall(number, 0, 0, 0, 0, 0, 0) == -1
        assert ctypes.get_errno() in (1, 38), (number, ctypes.get_errno())
""",
        ("valid",),
        guard=False,
    ),
    Attack(
        "limits",
        """
def test_a():
    resource = load("resource")
    for what in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE,
                 resource.RLIMIT_CPU, resource.RLIMIT_CORE):
        soft, hard = resource.getrlimit(what)
        assert hard != resource.RLIM_INFINITY
        with pytest.raises((ValueError, OSError)):
            resource.setrlimit(what, (hard + 1, hard + 1))
""",
        ("valid",),
    ),
    Attack(
        "writing-outside",
        """
def test_a():
    for place in ("/tmp", "/usr", "/dev/shm", "/app", "/dev", "/", "/var/tmp", sys.prefix, "../.."):
        with pytest.raises(OSError):
            pathlib.Path(place, "attack").write_text("here")
        with pytest.raises(OSError):
            pathlib.Path(place, "attack").mkdir()
    for file in (sys.executable, operator.attrgetter("__file__")(os)):
        for flags in (os.O_WRONLY, os.O_RDWR, os.O_WRONLY | os.O_TRUNC):
            with pytest.raises(OSError):
                os.open(file, flags)
        with pytest.raises(OSError):
            os.unlink(file)
        with pytest.raises(OSError):
            os.truncate(file, 0)
""",
        ("valid",),
    ),
    Attack(
        "devices",
        """
def test_a():
    for kind in (load("stat").S_IFCHR, load("stat").S_IFBLK):
        with pytest.raises(OSError):
            os.mknod("device", kind | 0o600, os.makedev(1, 5))
    with pytest.raises(OSError):
        os.open("/dev/tty", os.O_RDWR)
""",
        ("valid",),
    ),
]


@each(CASES)
def test_leaks_are_closed(attack: Attack, attempt: Try) -> None:
    """Refused, every one of them."""
    attempt(attack)
