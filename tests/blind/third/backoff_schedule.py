"""Own variants of backoff-schedule, written from the contract and the application alone."""

from grader.bank import backoff_schedule
from vespera_scriptorium.application.async_operation_service import *  # noqa: F403


@backoff_schedule.mutant(clause=1, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def one_too_many(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """How many seconds to wait after each of so many attempts; after the last there is no wait.

    After attempt k, counted from 0, it is `base * 2**k` plus what `jitter()` answers then, and
    never more than `cap`.
    """
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(attempts)]


@backoff_schedule.mutant(clause=2, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def linear(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """How many seconds to wait after each of so many attempts; after the last there is no wait.

    After attempt k, counted from 0, it is `base * 2**k` plus what `jitter()` answers then, and
    never more than `cap`.
    """
    return [min(cap, base * (attempt + 1) + jitter()) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(clause=2, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def whole_seconds_of_jitter(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """How many seconds to wait after each of so many attempts; after the last there is no wait.

    After attempt k, counted from 0, it is `base * 2**k` plus what `jitter()` answers then, and
    never more than `cap`.
    """
    return [min(cap, base * 2**attempt + int(jitter())) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(clause=3, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def one_jitter_for_all(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """How many seconds to wait after each of so many attempts; after the last there is no wait.

    After attempt k, counted from 0, it is `base * 2**k` plus what `jitter()` answers then, and
    never more than `cap`.
    """
    extra = jitter()
    return [min(cap, base * 2**attempt + extra) for attempt in range(attempts - 1)]


@backoff_schedule.mutant(clause=4, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def jitter_on_top(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """How many seconds to wait after each of so many attempts; after the last there is no wait.

    After attempt k, counted from 0, it is `base * 2**k` plus what `jitter()` answers then, and
    never more than `cap`.
    """
    return [min(cap, base * 2**attempt) + jitter() for attempt in range(attempts - 1)]


@backoff_schedule.mutant(clause=1, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def ends_at_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """How many seconds to wait after each of so many attempts; after the last there is no wait.

    After attempt k, counted from 0, it is `base * 2**k` plus what `jitter()` answers then, and
    never more than `cap`.
    """
    delays = []
    for attempt in range(attempts - 1):
        delay = base * 2**attempt + jitter()
        if delay > cap:
            delays.append(cap)
            break
        delays.append(delay)
    return delays


@backoff_schedule.alternative(replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def asks_below_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """How many seconds to wait after each of so many attempts; after the last there is no wait.

    After attempt k, counted from 0, it is `base * 2**k` plus what `jitter()` answers then, and
    never more than `cap`.
    """
    delays = []
    for attempt in range(attempts - 1):
        bare = base * 2**attempt
        delays.append(cap if bare >= cap else min(cap, bare + jitter()))
    return delays


@backoff_schedule.alternative(replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def doubles(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """How many seconds to wait after each of so many attempts; after the last there is no wait.

    After attempt k, counted from 0, it is `base * 2**k` plus what `jitter()` answers then, and
    never more than `cap`.
    """
    delays: list[float] = []
    bare = base
    while len(delays) < attempts - 1:
        delay = jitter() + bare
        delays.append(delay if delay < cap else cap)
        bare += bare
    return delays


@backoff_schedule.alternative(replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def jitter_first(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """How many seconds to wait after each of so many attempts; after the last there is no wait.

    After attempt k, counted from 0, it is `base * 2**k` plus what `jitter()` answers then, and
    never more than `cap`.
    """
    extras = [jitter() for _ in range(1, attempts)]
    return [min(base * 2.0**k + extra, cap) for k, extra in enumerate(extras)]
