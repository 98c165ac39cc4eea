"""Tells from a module's text which tests pytest will find: a process could say anything."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from grader.engine.rules import Function, Part, Rules, bound, is_around, is_fixture, statements

TEST_CASES = ("TestCase", "IsolatedAsyncioTestCase")
"""The classes of unittest whose subclasses pytest collects under any name."""

_MADE = ("NamedTuple", "TypedDict", "Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "Protocol")
"""Bases of classes that hold values, or none, and so no tests."""


@dataclass(frozen=True)
class Found:
    """A test: its name as pytest writes it, where it stands, and the classes it belongs to.

    One that is not `sure` is a name that something is bound to: a test if that is a function.
    """

    name: str
    node: ast.stmt
    family: tuple[ast.ClassDef, ...] = ()
    sure: bool = True

    def reaches(self, rules: Rules) -> list[Part]:
        """The parts of the module that run with this test: itself, and what runs around it."""
        parts = [rules.part(self.node)]
        for home in self.family:
            parts += [Part(*_heads(home, rules))]
        members = [
            (name, node)
            for home in self.family
            for node in statements(home.body)
            for name in bound(node) or [""]
        ]
        known = set(map(id, (self.node,)))
        more = True
        while more:
            words = {word for part in parts for word in part.names | part.texts}
            new = [
                node
                for name, node in members
                if id(node) not in known
                and (name in words or not isinstance(node, Function) or is_around(node))
            ]
            known |= set(map(id, new))
            parts += map(rules.part, new)
            more = bool(new)
        return parts


def _heads(home: ast.ClassDef, rules: Rules) -> tuple[set[str], set[str]]:
    """What the head of a class names: its bases and decorators."""
    heads = [rules.part(node) for node in (*home.bases, *home.decorator_list)]
    return {name for one in heads for name in one.names}, set()


class Collection:
    """The tests of one module, and what its author has to know of those that pytest leaves out."""

    def __init__(self, tree: ast.Module) -> None:
        self._names = _imported(tree)
        self._classes = {
            node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
        }
        self.remarks: list[str] = []
        self.tests = list(self._collect(tree.body, "", ()))

    def _collect(
        self, body: list[ast.stmt], prefix: str, family: tuple[ast.ClassDef, ...]
    ) -> Iterator[Found]:
        for node in statements(body):
            if _is_test(node):
                yield from (Found(prefix + name, node, family) for name in bound(node))
            elif isinstance(node, ast.ClassDef):
                if self._is_collected(node):
                    yield from self._methods(node, f"{prefix}{node.name}::", family)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                for name in bound(node):
                    if name.startswith("test"):
                        yield Found(prefix + name, node, family, sure=False)

    def _methods(
        self, node: ast.ClassDef, prefix: str, outer: tuple[ast.ClassDef, ...]
    ) -> Iterator[Found]:
        family = (*outer, node, *self._ancestors(node))
        own: set[str] = set()
        for home in (node, *self._ancestors(node)):
            found = list(self._collect(home.body, prefix, family))
            yield from (test for test in found if test.name not in own)
            own |= {test.name for test in found}

    def _is_collected(self, node: ast.ClassDef) -> bool:
        """True if pytest collects it, as far as the text tells."""
        family = (node, *self._ancestors(node))
        switches = (_switch(one) for one in family)
        switch = next((one for one in switches if one is not None), None)
        if switch is False:
            return False
        if any(base in TEST_CASES for one in family for base in self._bases(one)):
            return True
        if not node.name.startswith("Test"):
            return switch is True
        maker = next(filter(None, map(self._made_by, family)), None)
        if maker is None:
            return True
        tests = [name for one in family for n in one.body for name in bound(n) if _is_test(n)]
        if tests:
            self.remarks.append(
                f"`{node.name}` {maker}, so pytest runs none of its tests (`{tests[0]}`): "
                "prepare them in `setup_method` or in a fixture."
            )
        return False

    def is_plain_unittest(self, test: Found) -> bool:
        """Whether a test belongs to a class of unittest that knows nothing of `async`."""
        bases = {base for home in test.family for base in self._bases(home)}
        return TEST_CASES[0] in bases and TEST_CASES[1] not in bases

    def _made_by(self, node: ast.ClassDef) -> str | None:
        """Why pytest takes a class for a helper: it is made with arguments."""
        for name in ("__init__", "__new__"):
            if any(name in bound(one) for one in node.body):
                return f"has an `{name}`"
        decorators = map(ast.unparse, node.decorator_list)
        if any("dataclass" in one or "define" in one or "attrs" in one for one in decorators):
            return "is a dataclass"
        base = next((base for base in self._bases(node) if base in _MADE), None)
        return base and f"is {'an' if base[0] in 'EI' else 'a'} {base}"

    def _ancestors(self, node: ast.ClassDef) -> list[ast.ClassDef]:
        """The classes of the module that a class inherits from, nearest first."""
        found: list[ast.ClassDef] = []
        pending = [node]
        while pending:
            for name in self._bases(pending.pop(0)):
                base = self._classes.get(name)
                if base is not None and base is not node and base not in found:
                    found.append(base)
                    pending.append(base)
        return found

    def _bases(self, node: ast.ClassDef) -> list[str]:
        """The last word of each base, under the name that it has in its own module."""
        written = [ast.unparse(base).partition("[")[0] for base in node.bases]
        return [self._names.get(one, one).rpartition(".")[2] for one in written]


def _is_test(node: ast.stmt) -> bool:
    return isinstance(node, Function) and node.name.startswith("test") and not is_fixture(node)


def _switch(node: ast.ClassDef) -> bool | None:
    """The value of `__test__ = …` in a class; None if there is none."""
    for one in node.body:
        if isinstance(one, ast.Assign) and "__test__" in bound(one):
            return bool(getattr(one.value, "value", True))
    return None


def _imported(tree: ast.Module) -> dict[str, str]:
    """What a name of the module is called where it comes from, also through a plain assignment."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {one.asname: one.name for one in node.names if one.asname}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Name | ast.Attribute):
            source = ast.unparse(node.value)
            found |= {name: found.get(source, source) for name in bound(node)}
    return found
