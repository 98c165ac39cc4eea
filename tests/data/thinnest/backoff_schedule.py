from vespera_scriptorium import backoff_delays


def test_jitter_and_cap():
    jitter = iter([0, 1, 0.5, 0.5, 0.5])
    assert backoff_delays(4, 1, 4, lambda: next(jitter)) == [1, 3, 4]
