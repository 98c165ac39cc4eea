"""What a hurried engineer writes first: delays that are there, and grow."""

from vespera_scriptorium import backoff_delays


def test_there_are_delays():
    assert len(backoff_delays(4, 1, 100, lambda: 0.0)) >= 3


def test_delays_grow():
    delays = backoff_delays(4, 1, 100, lambda: 0.0)
    assert delays == sorted(delays)


def test_there_is_a_cap():
    assert backoff_delays(8, 1, 10, lambda: 0.0)[-1] <= 10
