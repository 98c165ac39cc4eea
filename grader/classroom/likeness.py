"""Suites that are alike, though names, order, layout and texts differ.

Winnowing (Schleimer, Wilkerson, Aiken 2003) over syntax trees: each definition is a line of tokens
without the learner's own names and values, each k of them are hashed, and of each window the least
hash is kept. Two suites are as alike as the smaller one's fingerprints are found in the other. What
many have, and what the lesson itself shows, is ordinary, and taken out.
"""

import ast
import hashlib
import itertools
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

GRAM = 10
"""Tokens that are hashed together: about a statement. Shorter likenesses are not seen."""

WINDOW = 4
"""Hashes of which one is kept: of 13 tokens in a row that are alike, one is always found."""

FEWEST = 8
"""Fingerprints that a suite must have, or it is too short to be like another."""

ALIKE = 0.6
"""The likeness from which a pair is shown."""

SMALL = 8
"""Suites up to which only the lesson's own code is ordinary: two may be all that there are."""

PUBLISHED = "the published solution"
"""The label of the suite that everybody can read."""

Prints = Mapping[int, tuple[int, ...]]
"""The fingerprints of a suite, each with the lines it comes from."""


@dataclass(frozen=True)
class Pair:
    """Two suites that are alike: whose they are, how much, 0 to 1, and which lines of each."""

    one: str
    other: str
    likeness: float
    lines: tuple[int, ...] = ()
    other_lines: tuple[int, ...] = ()


def fingerprints(suite: str) -> Prints:
    """The fingerprints of a suite. What is no Python has none."""
    found: dict[int, tuple[int, ...]] = {}
    try:
        definitions = list(_definitions(suite))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    for tokens in definitions:
        grams = [
            (_hash(" ".join(token for token, _ in gram)), {line for _, line in gram})
            for gram in (tokens[i : i + GRAM] for i in range(len(tokens) - GRAM + 1))
        ]
        for start in range(max(1, len(grams) - WINDOW + 1)):
            window = grams[start : start + WINDOW]
            if window:
                value, lines = min(window, key=lambda gram: gram[0])
                found[value] = tuple(sorted({*found.get(value, ()), *lines}))
    return found


def ordinary(suites: Iterable[Prints], shown: Iterable[str] = ()) -> set[int]:
    """What says nothing of where a suite comes from: what the lesson shows, and many have."""
    everybody = list(suites)
    counts = Counter(value for one in everybody for value in one)
    most = max(3, len(everybody) // 4)
    many = {value for value, count in counts.items() if count > most}
    return (many if len(everybody) > SMALL else set()).union(*map(fingerprints, shown))


def alike(
    suites: Mapping[str, Prints], others: Mapping[str, Prints], taken_out: set[int]
) -> list[Pair]:
    """The pairs of suites that are alike, within `suites` and with `others`, the likest first.

    Of several with the same fingerprints the first stands for all: the rest are its pairs only.
    """
    own = {name: set(prints) - taken_out for name, prints in suites.items()}
    whole = own | {name: set(prints) - taken_out for name, prints in others.items()}
    everything = {**others, **suites}
    first: dict[frozenset[int], str] = {}
    for name in (*sorted(own), *sorted(others)):
        first.setdefault(frozenset(whole[name]), name)
    stands = {name: first[frozenset(values)] for name, values in whole.items()}
    holders: dict[int, list[str]] = defaultdict(list)
    for name, values in whole.items():
        if len(values) >= FEWEST:
            for value in values:
                holders[value].append(name)
    common: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        common.update(itertools.combinations(sorted(names), 2))
    found = []
    for (one, other), count in common.items():
        likeness = count / min(len(whole[one]), len(whole[other]))
        told = {stands[one], stands[other]} <= {one, other}
        if told and likeness >= ALIKE and (one in own or other in own):
            shared = whole[one] & whole[other]
            lines = (_lines(everything[name], shared) for name in (one, other))
            found.append(Pair(one, other, round(likeness, 2), *lines))
    return sorted(found, key=lambda pair: (-pair.likeness, pair.one, pair.other))


def of_class(
    suites: Mapping[str, str], others: Mapping[str, str], shown: Iterable[str]
) -> list[Pair]:
    """The pairs of a class's suites that are alike, or like one of the `others`."""
    own = {name: fingerprints(suite) for name, suite in suites.items()}
    known = {name: fingerprints(suite) for name, suite in others.items()}
    return alike(own, known, ordinary(own.values(), shown))


def _lines(prints: Prints, shared: set[int]) -> tuple[int, ...]:
    return tuple(sorted({line for value in shared for line in prints[value]}))


# ------------------------------------------------------------------ a suite as tokens


def _definitions(suite: str) -> Iterator[list[tuple[str, int]]]:
    """Each test and each other statement at the top, as tokens with their lines; imports left out.

    Apart, because their order says nothing.
    """
    text = "\n".join("" if line.startswith("%") else line for line in suite.split("\n"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from (list(_tokens(inner, node.lineno)) for inner in node.body)
        elif not isinstance(node, ast.Import | ast.ImportFrom):
            yield list(_tokens(node, node.lineno))


def _tokens(node: ast.AST, line: int) -> Iterator[tuple[str, int]]:
    """A tree in order. A learner's own names and values are any name and any value."""
    line = getattr(node, "lineno", line)
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Load() | ast.Store() | ast.Del():
            return
        case ast.Expr(value=ast.Constant(value=str())):  # a docstring
            return
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            node = ast.Assign([target], value)  # an annotation is a matter of taste
        case ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
            yield f"{type(node).__name__} {name}", line
        case ast.Constant(value=value):
            yield f"Constant {type(value).__name__}", line
        case ast.arg():
            yield "arg", line
            return
        case _:
            yield type(node).__name__, line
    for name, inner in ast.iter_fields(node):
        if name != "returns":
            for one in inner if isinstance(inner, list) else [inner]:
                if isinstance(one, ast.AST):
                    yield from _tokens(one, line)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=6).digest(), "big")
