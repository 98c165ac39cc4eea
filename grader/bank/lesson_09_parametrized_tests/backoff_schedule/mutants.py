"""The mutants of `backoff-schedule`: each has one bug, and breaks one clause."""

from collections.abc import Callable

from .exercise import (
    DELAYS,
    backoff_schedule,
)


@backoff_schedule.mutant(clause=1, replaces=DELAYS)
def sleeps_after_the_last(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Answers with one delay too many, and lets the caller wait before it gives up."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(attempts)]


@backoff_schedule.mutant(clause=2, replaces=DELAYS)
def starts_at_two(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Counts the attempts from 1, so that the first delay is twice the base."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(1, attempts)]


@backoff_schedule.mutant(clause=2, replaces=DELAYS)
def grows_by_the_base(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Adds the base each time instead of doubling."""
    return [min(cap, base * (attempt + 1) + jitter()) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(clause=3, replaces=DELAYS)
def one_jitter_for_all(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Asks for the jitter once, and adds the same to every delay."""
    added = jitter()
    return [min(cap, base * 2**attempt + added) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(clause=4, replaces=DELAYS)
def jitter_above_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Caps the delay, and adds the jitter after that."""
    return [min(cap, base * 2**attempt) + jitter() for attempt in range(attempts - 1)]


@backoff_schedule.mutant(clause=4, replaces=DELAYS)
def no_cap(attempts: int, base: float, cap: float, jitter: Callable[[], float]) -> list[float]:
    """Forgets the cap: ten attempts take minutes."""
    return [base * 2**attempt + jitter() for attempt in range(attempts - 1)]
