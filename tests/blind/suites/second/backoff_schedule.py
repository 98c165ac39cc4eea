import itertools

import pytest

from vespera_scriptorium.application.async_operation_service import backoff_delays


def none():
    return 0.0


@pytest.mark.parametrize("attempts", [1, 2, 3, 7])
def test_a_delay_after_each_attempt_but_the_last(attempts):
    delays = backoff_delays(attempts, 0.1, 100.0, none)
    assert isinstance(delays, list)
    assert len(delays) == attempts - 1


def test_it_doubles():
    assert backoff_delays(6, 0.25, 100.0, none) == pytest.approx([0.25, 0.5, 1.0, 2.0, 4.0])


def test_each_delay_has_a_jitter_of_its_own():
    extra = itertools.chain([0.25, 0.0, 0.5, 0.125], itertools.repeat(0.0))
    delays = backoff_delays(5, 1.5, 100.0, lambda: next(extra))
    assert delays == pytest.approx([1.75, 3.0, 6.5, 12.125])


def test_no_delay_is_longer_than_the_cap():
    delays = backoff_delays(6, 1.0, 5.0, lambda: 1.5)
    assert delays == pytest.approx([2.5, 3.5, 5.0, 5.0, 5.0])


def test_the_cap_holds_from_the_first():
    assert backoff_delays(4, 2.0, 0.5, lambda: 0.25) == pytest.approx([0.5, 0.5, 0.5])
    assert backoff_delays(3, 2.0, 2.25, lambda: 0.25) == pytest.approx([2.25, 2.25])
