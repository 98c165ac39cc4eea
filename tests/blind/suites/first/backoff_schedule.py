import itertools

import pytest

from vespera_scriptorium import backoff_delays


class Jitter:
    """Answers with the numbers in turn, again and again."""

    def __init__(self, *numbers):
        self.numbers = itertools.cycle(numbers)
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return next(self.numbers)


@pytest.mark.parametrize("attempts", [1, 2, 3, 7])
def test_one_delay_less_than_attempts(attempts):
    delays = backoff_delays(attempts, 1, 10, Jitter(0))
    assert isinstance(delays, list)
    assert len(delays) == attempts - 1


def test_doubles_each_time():
    assert backoff_delays(7, 1, 1000, Jitter(0)) == pytest.approx([1, 2, 4, 8, 16, 32])


def test_fractions():
    delays = backoff_delays(5, 0.3, 1000, Jitter(0.25, 0.5, 0.125, 0))
    assert delays == pytest.approx([0.55, 1.1, 1.325, 2.4])


def test_jitter_anew_each_time():
    jitter = Jitter(0.1, 0.7, 0.3, 1.9)
    assert backoff_delays(5, 1, 1000, jitter) == pytest.approx([1.1, 2.7, 4.3, 9.9])
    assert jitter.calls == 4


def test_jitter_can_be_large():
    assert backoff_delays(3, 1, 1000, Jitter(50, 7)) == pytest.approx([51, 9])


def test_no_delay_is_longer_than_the_cap():
    assert backoff_delays(6, 1, 5, Jitter(0)) == pytest.approx([1, 2, 4, 5, 5])


def test_cap_includes_the_jitter():
    assert backoff_delays(5, 1, 5, Jitter(3)) == pytest.approx([4, 5, 5, 5])


def test_short_again_after_a_delay_at_the_cap():
    assert backoff_delays(4, 1, 5, Jitter(9, 0, 0.5)) == pytest.approx([5, 2, 4.5])


def test_base_above_the_cap():
    assert backoff_delays(3, 10, 0.5, Jitter(0.1)) == pytest.approx([0.5, 0.5])


def test_nothing_is_kept_between_calls():
    first = backoff_delays(4, 1, 100, Jitter(0))
    assert backoff_delays(4, 1, 100, Jitter(0)) == pytest.approx(first)
