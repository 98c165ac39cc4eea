"""The exercise `override`, and its contract."""

from grader.exercise import Exercise, lesson_of
from vespera_scriptorium.infrastructure.di.container import Container, Override

override = Exercise(
    id="override",
    lesson=lesson_of(__name__),
    title="In the place of another",
    points=5,
    subject=(Container, Override),
    contract=(
        "After `override(key, replacement)`, `get` answers with the replacement, by the class and "
        "by the name, whichever of them `key` is, and also when the original was given out before.",
        "What needs the overridden object, directly or through others, is built anew with the "
        "replacement.",
        "An override ends by `withdraw()`, or with its `with` block, however that ends. Then `get` "
        "answers with the original again, and what was built with the replacement is built anew.",
        "Of several overrides of one key, the last one that is not withdrawn holds, in whatever "
        "order they are withdrawn.",
    ),
    hint="[Identity comparisons](https://docs.python.org/3/reference/expressions.html#is-not) tell "
    "which object it is. `container.add_service(name, build, needs)` makes a chain of needs that "
    "is as long as you want.",
    worked="KeepsWhatIsBuilt",
)
