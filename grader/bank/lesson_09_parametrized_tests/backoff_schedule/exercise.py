"""The exercise `backoff-schedule`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_operation_service import (
    backoff_delays,
)

DELAYS = "vespera_scriptorium.application.async_operation_service:backoff_delays"

backoff_schedule = Exercise(
    id="backoff-schedule",
    lesson=lesson_of(__name__),
    title="The table of delays",
    points=5,
    subject=backoff_delays,
    contract=(
        "`backoff_delays(attempts, base, cap, jitter)` answers with a list of seconds: one delay "
        "after each attempt but the last.",
        "Delay k, counted from 0, is `base * 2**k` plus what `jitter()` answers: 0 or more.",
        "Every delay below `cap` asks `jitter` anew; one at the cap may ask, or not.",
        "No delay is longer than `cap`, the jitter included.",
    ),
    hint="[Parametrizing tests](https://docs.pytest.org/en/stable/how-to/parametrize.html): one "
    "row for each boundary. A `jitter` that answers from a list makes the random exact.",
    worked="sleeps_after_the_last",
)
