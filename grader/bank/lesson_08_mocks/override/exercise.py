"""The exercise `override`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.di.container import Container, Override

override = Exercise(
    id="override",
    lesson=lesson_of(__name__),
    title="In the place of another",
    points=7,
    subject=(Container, Override),
    contract=(
        "After `override(key, replacement)`, `get` answers with the replacement, by the class and "
        "by the name, whichever of them `key` is, and also when the original was given out before. "
        "The replacement may be any object, also an empty one, or None.",
        "What needs the overridden object, directly or through any number of others, is built anew "
        "with the replacement. Everything else stays the same object.",
        "An override ends by `withdraw()`, or with its `with` block, however that ends; an "
        "exception comes out of the block. Then `get` answers with the original again, and what "
        "was built with the replacement is built anew. The original is the same object as before, "
        "unless it needs something that was overridden meanwhile.",
        "Of several overrides of one key, the last one that is not withdrawn holds, in whatever "
        "order they are withdrawn, also in what needs it. To withdraw one twice changes nothing. "
        "(When an override is withdrawn that a later one hides, it is free whether what needs the "
        "object is built anew.)",
    ),
    promises={
        1: {
            "both-keys": "Class and name are one key.",
            "late": "What was given out before is overridden.",
            "any-object": "The replacement may be false.",
        },
        2: {
            "direct": "What needs it directly is built anew.",
            "through": "What needs it through others is built anew.",
            "rest": "Everything else stays.",
        },
        3: {
            "block": "The override ends with its block, after an exception, too.",
            "exception": "The exception comes out.",
            "original": "The original comes back.",
            "anew": "What was built with the replacement is built anew.",
        },
        4: {
            "last": "The last override holds.",
            "order": "The one that is withdrawn goes, and no other.",
            "follows": "What needs the object gets the override that holds.",
            "twice": "To withdraw one twice changes nothing.",
        },
    },
    kinds="by one kind of key only, too late, only what is true, too little is built anew (the "
    "nearest, two steps, the first need), too much is, only the first time, only after a "
    "good end, an error that is lost, the wrong one comes back, the wrong one goes, all "
    "go, twice",
    hint="[Identity comparisons](https://docs.python.org/3/reference/expressions.html#is-not) tell "
    "which object it is. `container.add_service(name, build, needs)` makes a chain of needs that "
    "is as long as you want; here `build` may return any object.",
    worked="KeepsWhatIsBuilt",
)
