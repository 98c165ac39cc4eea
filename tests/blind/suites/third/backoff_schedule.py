import itertools

import pytest

from vespera_scriptorium import backoff_delays


def none():
    return 0.0


@pytest.mark.parametrize("attempts", [1, 2, 3, 6])
def test_one_delay_after_each_attempt_but_the_last(attempts):
    assert len(backoff_delays(attempts, 1, 1000, none)) == attempts - 1
    assert len(backoff_delays(attempts, 1, 1.5, none)) == attempts - 1


def test_doubles():
    assert backoff_delays(6, 0.25, 1000, none) == pytest.approx([0.25, 0.5, 1, 2, 4])


def test_each_delay_asks_for_jitter():
    extras = itertools.count(1)
    delays = backoff_delays(5, 1, 1000, lambda: next(extras) / 10)
    assert delays == pytest.approx([1.1, 2.2, 4.3, 8.4])


def test_cap_with_jitter():
    assert backoff_delays(6, 1, 5, lambda: 1.5) == pytest.approx([2.5, 3.5, 5, 5, 5])
    assert max(backoff_delays(6, 1, 5, lambda: 1.5)) <= 5
