"""The mutants of `backoff-schedule`: each has one bug, and breaks one promise."""

from collections.abc import Callable

from .exercise import (
    DELAYS,
    backoff_schedule,
)


@backoff_schedule.mutant(promise="after-the-last", replaces=DELAYS)
def sleeps_after_the_last(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Answers with one delay too many, and lets the caller wait before it gives up."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(attempts)]


@backoff_schedule.mutant(promise="first", replaces=DELAYS)
def starts_at_two(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Counts the attempts from 1, so that the first delay is twice the base."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(1, attempts)]


@backoff_schedule.mutant(promise="doubles", replaces=DELAYS)
def grows_by_the_base(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Adds the base each time instead of doubling."""
    return [min(cap, base * (attempt + 1) + jitter()) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(promise="anew", replaces=DELAYS)
def one_jitter_for_all(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Asks for the jitter once, and adds the same to every delay."""
    added = jitter()
    return [min(cap, base * 2**attempt + added) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(promise="jitter-capped", replaces=DELAYS)
def jitter_above_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Caps the delay, and adds the jitter after that."""
    return [min(cap, base * 2**attempt) + jitter() for attempt in range(attempts - 1)]


@backoff_schedule.mutant(promise="cap", replaces=DELAYS)
def no_cap(attempts: int, base: float, cap: float, jitter: Callable[[], float]) -> list[float]:
    """Forgets the cap: ten attempts take minutes."""
    return [base * 2**attempt + jitter() for attempt in range(attempts - 1)]


@backoff_schedule.mutant(promise="each", replaces=DELAYS)
def at_least_one(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Answers with one delay where there is nothing to wait for."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(max(1, attempts - 1))]


@backoff_schedule.mutant(promise="each", replaces=DELAYS)
def one_too_few(attempts: int, base: float, cap: float, jitter: Callable[[], float]) -> list[float]:
    """Forgets the delay before the last attempt."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(attempts - 2)]


@backoff_schedule.mutant(promise="fractions", replaces=DELAYS)
def whole_seconds(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Waits for whole seconds."""
    return [round(min(cap, base * 2**attempt + jitter())) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(promise="jitter", replaces=DELAYS)
def jitter_is_lost(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Asks for the jitter, and leaves it out."""
    delays = []
    for attempt in range(attempts - 1):
        jitter()
        delays.append(min(cap, base * 2**attempt))
    return delays


@backoff_schedule.mutant(promise="cap", replaces=DELAYS)
def caps_the_last_one(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Caps the last delay, and none before it."""
    delays = [base * 2**attempt + jitter() for attempt in range(attempts - 1)]
    return [*delays[:-1], *(min(cap, delay) for delay in delays[-1:])]


@backoff_schedule.mutant(promise="at-the-cap", replaces=DELAYS)
def stops_at_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Leaves out every delay that would be longer than the cap."""
    delays = [base * 2**attempt + jitter() for attempt in range(attempts - 1)]
    return [delay for delay in delays if delay <= cap]


@backoff_schedule.mutant(promise="base", replaces=DELAYS)
def adds_the_powers_of_two(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Adds the powers of two to the base, which is right for a base of 1."""
    return [min(cap, base + 2**attempt - 1 + jitter()) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(promise="doubles", replaces=DELAYS)
def doubles_five_times(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Doubles five times, and then no more."""
    return [min(cap, base * 2 ** min(attempt, 5) + jitter()) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(promise="jitter", replaces=DELAYS)
def jitter_up_to_the_base(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Adds no more jitter than the base."""
    return [min(cap, base * 2**attempt + min(base, jitter())) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(promise="anew", replaces=DELAYS)
def first_without_jitter(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Leaves the jitter out of the first delay."""
    return [
        min(cap, base * 2**attempt + (jitter() if attempt else 0))
        for attempt in range(attempts - 1)
    ]


@backoff_schedule.mutant(promise="cap", replaces=DELAYS)
def base_above_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Waits for the base at least, also when the cap is shorter."""
    return [max(base, min(cap, base * 2**n + jitter())) for n in range(attempts - 1)]


@backoff_schedule.mutant(promise="cap", replaces=DELAYS)
def zero_is_no_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Takes a cap of zero for none."""
    return [
        min(cap or float("inf"), base * 2**attempt + jitter()) for attempt in range(attempts - 1)
    ]


@backoff_schedule.mutant(promise="at-the-cap", replaces=DELAYS)
def no_jitter_near_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """A delay that only its jitter lifts above the cap stays without it, below the cap."""
    delays = []
    for attempt in range(attempts - 1):
        plain = min(cap, base * 2**attempt)
        delay = plain + jitter()
        delays.append(delay if delay <= cap else plain)
    return delays
