"""The exercise `awaited-once`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.usecases.process_data import (
    ExternalServiceUseCase,
)

awaited_once = Exercise(
    id="awaited-once",
    lesson=lesson_of(__name__),
    title="Awaited once, with the right words",
    points=7,
    subject=ExternalServiceUseCase,
    contract=(
        '`process_many` awaits `call_api` once for each item, in their order, with `"process"` and '
        "the item; for equal items, too. (Whether arguments are passed by name is free.)",
        'An answer whose `status` is not `"success"` is a failure, and so is any `Exception` '
        "that `call_api` or `upload_file` raises: the result has `success` False, and `error` "
        "contains the status of the answer, or the text of the exception, or the name of its type "
        "where it has no text. After the first failure nothing is called any more, and nothing "
        "is uploaded.",
        'When all calls have succeeded, `upload_file` is awaited once, with `"result.json"` and '
        "the `data` of all answers, empty ones too, as a JSON list in their order; without items "
        "it is an empty list. The result has `success` True and the `file_id` that `upload_file` "
        "answers.",
        "A `CancelledError` of `call_api` or `upload_file` is no failure: it comes out, and "
        "nothing more is called.",
    ),
    promises={
        1: {
            "words": "`call_api` gets the endpoint and the item.",
            "each": "It is awaited for each item.",
            "order": "The calls come in the order of the items.",
        },
        2: {
            "status": "Any other status is a failure.",
            "any-exception": "Any `Exception` of a call is a failure.",
            "upload-fails": "So is an `Exception` of the upload.",
            "reason": "The error contains the reason.",
            "no-text": "The type stands for an exception without text.",
            "once": "A call that fails is not made again.",
            "stops": "Nothing is called behind it.",
            "no-upload": "Nothing is uploaded then.",
        },
        3: {
            "awaited": "The upload is awaited.",
            "together": "There is one upload of all answers.",
            "data": "All data are in it.",
            "no-items": "Without items it is an empty list.",
            "file-id": "The result has the id that the service gave.",
        },
        4: {"cancelled": "A cancellation comes out."},
    },
    kinds="called and not awaited, too many, too early, another order, swapped, only distinct "
    "items, only what is true, no items, only one type of error, only one bad answer, an "
    "error that is lost or has no words, an error of the upload, a cancellation that "
    "becomes a result",
    hint="[create_autospec](https://docs.python.org/3/library/unittest.mock.html"
    "#unittest.mock.create_autospec) with `instance=True` makes a mock that knows the signatures. "
    "Let `side_effect` answer, and parse what was uploaded.",
    worked="UploadsWithoutWaiting",
)
