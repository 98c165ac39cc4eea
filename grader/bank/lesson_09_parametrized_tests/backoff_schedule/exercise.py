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
        "after each attempt but the last; none for one attempt.",
        "Delay k, counted from 0, is, for any k, `base * 2**k` plus what `jitter()` answers, 0 or "
        "more. Both may be fractions of a second. (The last digits of a float are free.)",
        "Every delay below `cap` asks `jitter` anew; one at the cap may ask, or not.",
        "No delay is longer than `cap`, the jitter included: one that would be is `cap`. The cap "
        "may be 0.",
    ),
    promises={
        1: {
            "after-the-last": "There is no delay after the last attempt.",
            "each": "There is one after each other attempt.",
        },
        2: {
            "first": "The first delay is the base.",
            "doubles": "Each delay is twice the one before.",
            "base": "The base is a factor, whatever it is.",
            "fractions": "Delays may be fractions of a second.",
            "jitter": "The jitter is added as it is.",
        },
        3: {"anew": "Each delay has a jitter of its own."},
        4: {
            "cap": "No delay is longer than the cap.",
            "jitter-capped": "Nor is it with its jitter.",
            "at-the-cap": "A delay that would be longer is the cap.",
        },
    },
    kinds="one too many, one too few, from another start, another growth, only one base, only "
    "whole numbers, a jitter that is lost, that grows or is asked for once, a cap that is "
    "missing, that comes too early, that holds for one delay only, that takes the delay "
    "with it",
    hint="[Parametrizing tests](https://docs.pytest.org/en/stable/how-to/parametrize.html): one "
    "row for each boundary. A `jitter` that answers from a list makes the random exact.",
    worked="sleeps_after_the_last",
)
