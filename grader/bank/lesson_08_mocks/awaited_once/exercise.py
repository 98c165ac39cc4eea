"""The exercise `awaited-once`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.usecases.process_data import (
    ExternalServiceUseCase,
)

awaited_once = Exercise(
    id="awaited-once",
    lesson=lesson_of(__name__),
    title="Awaited once, with the right words",
    points=5,
    subject=ExternalServiceUseCase,
    contract=(
        '`process_many` awaits `call_api` once for each item, in their order, with `"process"` and '
        "the item.",
        'An answer whose `status` is not `"success"` is a failure, and so is any `Exception` '
        "that a call raises: the result has `success` False and the reason in `error`. After "
        "the first failure nothing is called any more.",
        'When all calls have succeeded, `upload_file` is awaited once, with `"result.json"` and '
        "the `data` of all answers, as a JSON list in their order. The result has `success` True "
        "and the `file_id` that `upload_file` answers.",
        "After a failed call nothing is uploaded.",
    ),
    hint="[create_autospec](https://docs.python.org/3/library/unittest.mock.html"
    "#unittest.mock.create_autospec) with `instance=True` makes a mock that knows the signatures. "
    "Let `side_effect` answer, and parse what was uploaded.",
    worked="UploadsWithoutWaiting",
)
