"""The exercise `cleanup`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.application.async_resource_manager import (
    AsyncResourceManager,
    ResourceSession,
)

cleanup = Exercise(
    id="cleanup",
    lesson=lesson_of(__name__),
    title="Clean, also after a failure",
    points=6,
    subject=(AsyncResourceManager, ResourceSession),
    contract=(
        "A resource that a session has created stays open until the block of `create_session` "
        "ends: until then `verify_cleanup` says `cleaned_up=False`.",
        "When the block has ended, `cleaned_up` is True for every resource of its session. (Here "
        "the order of closing is free.)",
        "The same holds when an exception ended the block, and that very exception comes out.",
        "The end of one session leaves the resources of another one open.",
        "`session.execute_operation(resource.id, operation, parameters)`, for a resource of this "
        "session, calls the provider's `execute(resource_id, operation, parameters)`. The result "
        "is a success, and `output` is the provider's answer. When the provider raises, the result "
        "is no success, and `error` holds the message; the words around it are free.",
        "An operation on a resource of another session is no success, and neither is one after "
        "the end of the block; no exception comes out, and the provider executes nothing.",
        "After the end of the block `create_resource` raises `RuntimeError`.",
    ),
    promises={
        1: {"open": "What was created is open inside the block."},
        2: {"closed": "Each resource is closed at the end."},
        3: {
            "closed-after-error": "Each is closed after an exception, too.",
            "error": "The exception comes out.",
        },
        4: {"others": "Another session's resources stay open."},
        5: {
            "parameters": "The provider gets the parameters of the operation.",
            "output": "The output is the provider's answer.",
            "failed": "What the provider raises is no success.",
            "message": "The error holds its message.",
        },
        6: {
            "foreign": "What another session created is not touched.",
            "late": "What is closed is not touched.",
            "silent": "A refusal is a result.",
        },
        7: {"created-late": "Nothing is created after the end."},
    },
    kinds="too little, too much, too early, too late, only the last one, only without an error, "
    "what belongs to others, an error that is lost, a failure that is told as a success",
    hint="[Asynchronous context managers]"
    "(https://docs.python.org/3/reference/datamodel.html#asynchronous-context-managers). "
    "Keep what you created in a variable, leave the block, and look then. A provider of your own "
    "can raise, and can note what it was asked to execute.",
    worked="OnlyTheLast",
)
