"""Correct implementations for `backoff-schedule`, built differently."""

from collections.abc import Callable

from .exercise import (
    DELAYS,
    backoff_schedule,
)


@backoff_schedule.alternative(replaces=DELAYS)
def doubles_as_it_goes(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Keeps the step from one delay to the next, and doubles it."""
    import itertools

    steps = itertools.accumulate(range(1, attempts - 1), lambda step, _: step * 2.0, initial=base)
    return [min(step + jitter(), cap) for step in itertools.islice(steps, max(0, attempts - 1))]


@backoff_schedule.alternative(replaces=DELAYS)
def asks_below_the_cap_only(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Asks for no jitter where the delay has reached the cap without one."""
    delays = []
    delay = base
    for _ in range(attempts - 1):
        delays.append(min(cap, delay + jitter()) if delay < cap else cap)
        delay = min(cap, delay * 2)
    return delays
