"""Counts how often the jitter is asked for, also where the cap makes it useless."""

from vespera_scriptorium import backoff_delays


def test_the_jitter_is_asked_for_each_delay():
    asked = []

    def jitter():
        asked.append(1)
        return 0.0

    backoff_delays(6, 1, 2, jitter)
    assert len(asked) == 5


def test_there_are_delays():
    assert backoff_delays(3, 1, 100, lambda: 0.0) == [1, 2]
