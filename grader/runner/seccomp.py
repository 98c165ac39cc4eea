"""The system calls that a run has no use for, denied by a seccomp filter.

The best single measure is that no process can be made: it ends fork bombs, daemons, survivors and
memory bombs over many processes, while threads, and so aiosqlite, work. A program for the kernel's
packet filter is written here by hand, because the one library for it looks for a compiler at start.
"""

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterator

DENIED = {
    # no new process, no other program
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    # no look into another process, no signal to one
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "pidfd_send_signal": (424, 424),
    # no network and no socket of another's; what runs has socket pairs
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    "listen": (50, 201),
    "accept": (43, 202),
    "accept4": (288, 242),
    # nothing that two runs could share
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "flock": (73, 32),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "fanotify_init": (300, 262),
    # no way out of the walls
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "setsid": (112, 157),
    "setpgid": (109, 154),
    # no part of the kernel that few use and many have broken
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "quotactl": (179, 60),
    "syslog": (103, 116),
    "personality": (135, 92),
    "acct": (163, 89),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "memfd_secret": (447, 447),
    # no more of the machine than others have
    "setpriority": (141, 140),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    "sched_setaffinity": (203, 122),
    "ioprio_set": (251, 30),
}
"""Their numbers on x86-64 and on AArch64; `None` where there is no such call."""

METADATA = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, None),
    "lchown": (94, None),
    "fchown": (93, 55),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
}
"""What Landlock does not look at: denied where nothing else keeps a run from others' files."""

_SPECIAL = {
    "clone": (56, 220),
    "clone3": (435, 435),
    "tgkill": (234, 131),
    "prctl": (157, 167),
    "prlimit64": (302, 261),
    "socketpair": (53, 199),
    "ioctl": (16, 29),
}
"""Those that depend on their arguments."""

_ARCHITECTURES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7), "arm64": (1, 0xC00000B7)}

_CLONE_THREAD = 0x00010000
_AF_UNIX = 1
_TERMINAL = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX type into a terminal."""

_OPTIONS_OF_PRCTL = (1, 4, 35, 36, 0x59616D61)
"""The options of prctl that are denied: death signal, dumpable, memory map."""

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE = 0, 4
_X32 = 0x40000000

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand."""


class Filter:
    """The filter of one run, for the process that it is installed in.

    Raises `OSError` where the machine has none.
    """

    def __init__(self, *, keep_metadata: bool) -> None:
        column, self._architecture = _ARCHITECTURES.get(platform.machine(), (-1, 0))
        if column < 0:
            raise OSError(errno.ENOSYS, f"no seccomp filter for {platform.machine()}")
        names = {**DENIED, **(METADATA if keep_metadata else {})}
        self._denied = [n for call in names.values() if (n := call[column]) is not None]
        self._special = {name: numbers[column] or 0 for name, numbers in _SPECIAL.items()}

    def install(self, libc: ctypes.CDLL) -> None:
        """Deny from now on, in this process; `no_new_privs` must be set."""
        program = b"".join(struct.pack("HBBI", *line) for line in self._program(os.getpid()))
        lines = ctypes.create_string_buffer(program, len(program))
        header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(lines))
        pr_set_seccomp, mode_filter = 22, 2
        if libc.prctl(pr_set_seccomp, mode_filter, header, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "seccomp is refused")

    def _program(self, process: int) -> Iterator[Instruction]:
        yield (_LOAD, 0, 0, _ARCHITECTURE)
        yield (_JUMP_EQUAL, 1, 0, self._architecture)
        yield (_RETURN, 0, 0, _KILL)
        yield (_LOAD, 0, 0, _NUMBER)
        if self._special["clone"] == 56:  # the same kernel answers to a second set of numbers
            yield (_JUMP_AT_LEAST, 0, 1, _X32)
            yield (_RETURN, 0, 0, _ERROR | errno.EPERM)
        for number in self._denied:
            yield (_JUMP_EQUAL, 0, 1, number)
            yield (_RETURN, 0, 0, _ERROR | errno.EPERM)
        yield (_JUMP_EQUAL, 0, 1, self._special["clone3"])
        yield (_RETURN, 0, 0, _ERROR | errno.ENOSYS)  # so that libc takes the older call
        yield from self._by_argument("clone", 0, [(_JUMP_ANY_BIT, _CLONE_THREAD)], allowed=True)
        # a signal to oneself is what libc raises with
        yield from self._by_argument("tgkill", 0, [(_JUMP_EQUAL, process)], allowed=True)
        yield from self._by_argument("socketpair", 0, [(_JUMP_EQUAL, _AF_UNIX)], allowed=True)
        yield from self._by_argument("prlimit64", 0, [(_JUMP_EQUAL, 0)], allowed=True)
        options = [(_JUMP_EQUAL, option) for option in _OPTIONS_OF_PRCTL]
        yield from self._by_argument("prctl", 0, options, allowed=False)
        requests = [(_JUMP_EQUAL, request) for request in _TERMINAL]
        yield from self._by_argument("ioctl", 1, requests, allowed=False)
        yield (_RETURN, 0, 0, _ALLOW)

    def _by_argument(
        self, name: str, argument: int, tests: list[tuple[int, int]], *, allowed: bool
    ) -> Iterator[Instruction]:
        """Allow a call, or deny it, where its argument passes one of the tests; else not."""
        body: list[Instruction] = [(_LOAD, 0, 0, 16 + 8 * argument)]
        for number, (jump, operand) in enumerate(tests):
            body.append((jump, len(tests) - number, 0, operand))
        passed, failed = _ALLOW, _ERROR | errno.EPERM
        if not allowed:
            passed, failed = failed, passed
        body += [(_RETURN, 0, 0, failed), (_RETURN, 0, 0, passed)]
        yield (_JUMP_EQUAL, 0, len(body), self._special[name])
        yield from body
