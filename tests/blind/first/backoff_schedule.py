"""Own variants of backoff-schedule, written from the contract and the application alone."""

from collections.abc import Callable

from grader.bank import BACKOFF_SCHEDULE


@BACKOFF_SCHEDULE.mutant(clause=1, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def one_after_the_last(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Waits after the last attempt, too."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(attempts)]


@BACKOFF_SCHEDULE.mutant(clause=1, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def at_least_one(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Has one delay where there is only one attempt."""
    return [min(cap, base * 2**attempt + jitter()) for attempt in range(max(1, attempts - 1))]


@BACKOFF_SCHEDULE.mutant(clause=2, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def linear(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Grows by `base` each time, which is the same for the first two."""
    return [min(cap, base * (attempt + 1) + jitter()) for attempt in range(attempts - 1)]


@BACKOFF_SCHEDULE.mutant(clause=2, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def whole_seconds(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Rounds the jitter to whole seconds."""
    return [min(cap, base * 2**attempt + round(jitter())) for attempt in range(attempts - 1)]


@BACKOFF_SCHEDULE.mutant(clause=3, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def asks_once(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Asks for the jitter once, and adds it to every delay."""
    extra = jitter() if attempts > 1 else 0
    return [min(cap, base * 2**attempt + extra) for attempt in range(attempts - 1)]


@BACKOFF_SCHEDULE.mutant(clause=4, replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def jitter_above_the_cap(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Adds the jitter to what was cut at the cap."""
    return [min(cap, base * 2**attempt) + jitter() for attempt in range(attempts - 1)]


@BACKOFF_SCHEDULE.alternative(replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def doubles(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Doubles a number, and asks no jitter at the cap."""
    delays = []
    step = base
    for _ in range(1, attempts):
        delays.append(cap if step >= cap else min(step + jitter(), cap))
        step = step + step
    return delays


@BACKOFF_SCHEDULE.alternative(replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def jitter_first(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Asks for all the jitter first, also at the cap."""
    extras = [jitter() for _ in range(attempts - 1)]
    delays = [extra + base * pow(2, number) for number, extra in enumerate(extras)]
    return [delay if delay < cap else cap for delay in delays]


@BACKOFF_SCHEDULE.alternative(replaces="vespera_scriptorium.application.async_operation_service:backoff_delays")
def as_floats(
    attempts: int, base: float, cap: float, jitter: Callable[[], float]
) -> list[float]:
    """Gives floats, and fills up with the cap once the steps have got there."""
    delays: list[float] = []
    while len(delays) < attempts - 1:
        step = base * (1 << len(delays))
        if step >= cap:
            delays += [float(cap)] * (attempts - 1 - len(delays))
        else:
            delays.append(float(min(cap, jitter() + step)))
    return delays
