"""The exercise `recovery`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_service import AsyncService

recovery = Exercise(
    id="recovery",
    lesson=lesson_of(__name__),
    title="Life after the error",
    points=7,
    subject=AsyncService,
    contract=(
        "Once the `work` of an operation has raised an `OSError`, and `AsyncServiceError` has come "
        "out, the service has failed: every operation that is begun before it recovers raises "
        "`AsyncServiceError`, under any name, by `run` and by `run_with_retry`.",
        "An operation that is refused is not run: its `work` is not called.",
        "While the service has failed, `status.failed_operation` is the name of the operation "
        "whose `OSError` came last and `status.last_error` is the message of this `OSError`, or "
        "the name of its type where the message is empty. A refusal changes neither.",
        "Nothing but `recover_from_error` ends the failure. An operation that was at work when "
        "another one failed goes on: it answers, and the service stays failed; or it fails in "
        "turn.",
        "`recover_from_error` answers with `success`, and operations run again, after each "
        "failure. (What becomes of an operation that fails during the recovery is free.)",
        "Recovered, the service's `status` equals that of a new service.",
        "To recover twice, or without need, succeeds as well and changes nothing.",
    ),
    promises={
        1: {
            "any-name": "Operations of every name are refused.",
            "any-door": "By `run_with_retry`, too.",
            "raises": "A refusal is an exception.",
        },
        2: {"not-run": "What is refused is not run."},
        3: {
            "name": "The status has the name of the operation that failed.",
            "last": "It tells of the last failure.",
            "message": "It has the message of the error.",
            "no-message": "The type stands for an error without message.",
            "refusals": "A refusal is no failure.",
        },
        4: {
            "only-recovery": "The failure ends by a recovery only.",
            "goes-on": "What was at work goes on.",
        },
        5: {
            "recovers": "A recovered service works.",
            "again": "It recovers as often as it fails.",
        },
        6: {"no-past": "Nothing is left of the failure."},
        7: {"harmless": "To recover is always possible."},
    },
    kinds="only one name, only one door, too late, nothing comes out, only the first time, the "
    "first in the place of the last, too much in a message, a message that is empty, "
    "something else that ends the failure, work that is stopped by another one's failure, "
    "something that is left",
    hint="[asyncio.Event](https://docs.python.org/3/library/asyncio-sync.html#asyncio.Event) keeps "
    "one operation at work while another one fails. `AsyncMock` "
    "[counts its awaits](https://docs.python.org/3/library/unittest.mock.html"
    "#unittest.mock.AsyncMock.await_count), also when there are none.",
    worked="NeverRecovers",
)
