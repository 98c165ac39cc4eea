"""Own variants of backoff-schedule, written from the contract and the application alone."""

from grader.bank import BACKOFF_SCHEDULE
from vespera_scriptorium.application.async_operation_service import *  # noqa: F403


@BACKOFF_SCHEDULE.mutant(
    clause=1, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays"
)
def one_delay_at_least(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Answers with one delay also for one attempt."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(max(1, attempts - 1))]


@BACKOFF_SCHEDULE.mutant(
    clause=2, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays"
)
def grows_by_the_base(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Adds the base each time in the place of doubling: the first two delays are the same."""
    return [min(cap, base * (attempt + 1) + jitter()) for attempt in range(attempts - 1)]


@BACKOFF_SCHEDULE.mutant(
    clause=2, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays"
)
def doubles_the_jitter_too(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Doubles the delay before, with its jitter."""
    delays: list[float] = []
    delay = base
    for _ in range(attempts - 1):
        delay += jitter()
        delays.append(min(cap, delay))
        delay *= 2
    return delays


@BACKOFF_SCHEDULE.mutant(
    clause=3, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays"
)
def asks_once(attempts: int, base: float, cap: float, jitter: Callable[[], float]) -> list[float]:
    """Asks the jitter once for all delays."""
    extra = jitter()
    return [min(cap, base * 2**attempt + extra) for attempt in range(attempts - 1)]


@BACKOFF_SCHEDULE.mutant(
    clause=4, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays"
)
def jitter_above_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Adds the jitter to a delay that was cut at the cap."""
    return [min(cap, base * 2**attempt) + jitter() for attempt in range(attempts - 1)]


@BACKOFF_SCHEDULE.mutant(
    clause=4, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays"
)
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


@BACKOFF_SCHEDULE.alternative(
    replaces="vespera_scriptorium.application.async_operation_service:backoff_delays"
)
def no_question_at_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Does not ask the jitter for a delay that is at the cap without it."""
    delays = []
    for attempt in range(attempts - 1):
        plain = base * 2**attempt
        delays.append(cap if plain >= cap else min(cap, plain + jitter()))
    return delays


@BACKOFF_SCHEDULE.alternative(
    replaces="vespera_scriptorium.application.async_operation_service:backoff_delays"
)
def doubles_step_by_step(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Doubles a running delay, and stops to double beyond the cap."""
    delays: list[float] = []
    plain = base
    while len(delays) < attempts - 1:
        delay = plain + jitter()
        delays.append(cap if delay > cap else delay)
        if plain <= cap:
            plain = plain + plain
    return delays


@BACKOFF_SCHEDULE.alternative(
    replaces="vespera_scriptorium.application.async_operation_service:backoff_delays"
)
def asks_first(attempts: int, base: float, cap: float, jitter: Callable[[], float]) -> list[float]:
    """Asks for all jitters first, and sums as fractions."""
    from fractions import Fraction

    extras = [jitter() for _ in range(attempts - 1)]
    sums = [Fraction(base) * 2**k + Fraction(extra) for k, extra in enumerate(extras)]
    return [float(min(Fraction(cap), total)) for total in sums]
