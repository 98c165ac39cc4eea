"""How long a run may be silent: a deadline in real time, and longer where it does not get a turn.

A machine that has too much to do is no fault of a test. A run that would go on if it were let has
its deadline moved; one that waits, or has used its time, has not.
"""

import math
import os
import time
from pathlib import Path

SAMPLE = 0.5
"""Seconds before a deadline in which is seen who has the processors."""

SLACK = 1.2
"""A run has this many times its deadline before it is ended.

SQLite gives up on a lock after five seconds, which is the very deadline under the virtual clock.
"""

monotonic = time.monotonic
"""As it is, whatever a test puts in its place."""

LONGEST = 10
"""The number of times that a deadline may be moved, whatever the machine does."""


CGROUP = Path("/sys/fs/cgroup")
"""The control group of this process, as a container sees it."""


def clock_of(process: int) -> int:
    """The number of the clock that counts the processor time of a process, as Linux has it."""
    return (~process << 3) | 2


class Patience:
    """The deadline of one process or thread, moved whenever it has said something.

    `clock` counts the processor time that it uses: see `clock_of`.
    """

    def __init__(self, clock: int, seconds: float, limit: float = math.inf) -> None:
        self._clock = clock
        self._seconds = seconds
        self._limit = limit
        self.renew()

    def renew(self) -> None:
        """It has said something: the deadline is as far away as in the beginning."""
        now = monotonic()
        self._latest = now + LONGEST * self._seconds
        self._deadline = min(now + self._seconds * SLACK, self._limit)
        self._used = self._processor_time()
        self._sample: tuple[float, float, float] | None = None

    def end_in(self, seconds: float) -> None:
        """Set the deadline for a process that has finished and only has to end."""
        self._deadline = self._latest = monotonic() + seconds
        self._sample = (0.0, 0.0, math.inf)

    @property
    def next_look(self) -> float:
        """When to ask `is_over` again, by the monotonic clock."""
        return self._deadline - (SAMPLE if self._sample is None else 0)

    def is_over(self) -> bool:
        """Whether the process has had its time."""
        now = monotonic()
        if now < self.next_look:
            return False
        if self._sample is None:
            self._sample = self._processor_time(), _idle(), _throttled()
            return now >= self._deadline
        if now < self._latest and self._is_kept_waiting(*self._sample):
            self._deadline = now + SAMPLE
            self._sample = self._processor_time(), _idle(), _throttled()
            self._limit += SAMPLE
            return False
        return True

    @property
    def used(self) -> float:
        """Seconds of processor time since it last said something."""
        return self._processor_time() - self._used

    def _is_kept_waiting(self, used: float, idle: float, throttled: float) -> bool:
        """True if it has work and no turn: it got on a little, and no processor was idle.

        Nor is one idle for us where a container has had all that it may have.
        """
        mine = self._processor_time()
        return (
            self.used < self._seconds
            and mine - used > SAMPLE / 100
            and (_idle() - idle < SAMPLE / 10 or _throttled() - throttled > SAMPLE / 10)
        )

    def _processor_time(self) -> float:
        try:
            return time.clock_gettime(self._clock)
        except (AttributeError, OSError):  # it has ended, or this is no Linux
            return 0.0


def _idle() -> float:
    """Seconds in which some processor that we may use had nothing to do."""
    try:
        mine = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        with open("/proc/stat", encoding="ascii") as file:
            lines = [line.split() for line in file if line.startswith("cpu")]
        ticks = [int(line[4]) + int(line[5]) for line in lines if line[0] in mine]
        if not ticks:  # a container with other numbers
            raise ValueError
        return sum(ticks) / os.sysconf("SC_CLK_TCK")
    except (AttributeError, OSError, ValueError, IndexError):
        return monotonic() * 1000  # nobody can tell: as if there was nothing else to do


def _throttled() -> float:
    """Seconds in which a limit on our container's processor time has kept it waiting.

    Behind bubblewrap nothing tells of it, and a deadline is what it would be without a limit.
    """
    try:
        lines = (CGROUP / "cpu.stat").read_text(encoding="ascii").split()
        return int(lines[lines.index("throttled_usec") + 1]) / 1e6
    except (OSError, ValueError, IndexError):
        return 0.0


def processors() -> int:
    """How many processors this process may use: by its affinity, and by its container's limit."""
    try:
        mine = len(os.sched_getaffinity(0))
    except AttributeError:  # Windows, a Mac
        mine = os.cpu_count() or 1
    try:
        quota, period = map(int, (CGROUP / "cpu.max").read_text(encoding="ascii").split())
        return max(1, min(mine, round(quota / period)))
    except (OSError, ValueError):  # there is no limit
        return mine
