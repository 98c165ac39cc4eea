"""The exercise `recovery`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_service import AsyncService

recovery = Exercise(
    id="recovery",
    lesson=lesson_of(__name__),
    title="Life after the error",
    points=5,
    subject=AsyncService,
    contract=(
        "Once an operation has ended in `AsyncServiceError`, the service has failed: until it "
        "recovers, every operation, under any name, raises `AsyncServiceError`.",
        "An operation that is refused is not run: its `work` is not called.",
        "While the service has failed, `status.failed_operation` is the name of the operation "
        "that failed last and `status.last_error` the message of its `OSError`, if empty its "
        "type's name; refusals or not.",
        "Nothing but `recover_from_error` ends the failure. An operation that was at work when "
        "another one failed may still end well: it answers, and the service stays failed.",
        "`recover_from_error` answers with `success`, and operations run again.",
        "Recovered, the service's `status` equals that of a new service.",
        "To recover twice, or without need, succeeds as well and changes nothing.",
    ),
    hint="[asyncio.Event](https://docs.python.org/3/library/asyncio-sync.html#asyncio.Event) keeps "
    "one operation at work while another one fails. `AsyncMock` "
    "[counts its awaits](https://docs.python.org/3/library/unittest.mock.html"
    "#unittest.mock.AsyncMock.await_count), also when there are none.",
    worked="NeverRecovers",
)
