"""Probes run below the learner's code: what they ask of it, and what they take from it."""

import ast
import builtins
import symtable

import pytest
from helpers.course import ROOT

from grader.bank import exercises
from grader.course.notebooks import stub
from grader.exercise import PROBE_IMPORTS, Exercise

WITH_PROBES = [exercise for exercise in exercises().values() if exercise.probes]


def names(text: str) -> tuple[set[str], set[str]]:
    """The names that a module defines, and those that it only uses."""
    table = symtable.symtable(text, "probe", "exec")
    own = {one.get_name() for one in table.get_symbols() if one.is_assigned() or one.is_imported()}
    own |= {one.get_name() for one in table.get_symbols() if one.is_namespace()}
    used: set[str] = set()
    tables = [table]
    while tables:
        one = tables.pop()
        tables += one.get_children()
        used |= {s.get_name() for s in one.get_symbols() if s.is_global() or one is table}
    return own, used - own


@pytest.mark.parametrize("exercise", WITH_PROBES, ids=lambda one: one.id)
def test_probes_ask_for_nothing_but_what_a_learner_is_told(exercise: Exercise) -> None:
    """Who may import what they like: what contract and cell do not name, the probe brings along."""
    told = " ".join((*exercise.contract, stub(ROOT, exercise.id)))
    for probe in exercise.probes:
        _, asked = names(PROBE_IMPORTS + probe.source)
        asked -= set(dir(builtins)) | {"__name__", "__file__"}
        assert {name for name in asked if name not in told} == set(), probe.name


@pytest.mark.parametrize("exercise", WITH_PROBES, ids=lambda one: one.id)
def test_probes_take_no_name_that_a_learner_might_use(exercise: Exercise) -> None:
    """Their own begin as nobody's do."""
    imported, _ = names(PROBE_IMPORTS)
    for probe in exercise.probes:
        made = {
            node.name
            for node in ast.parse(probe.source).body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        }
        assert {name for name in made if "probe" not in name.lower()} == set(), probe.name
    assert imported == {"asyncio", "asynccontextmanager", "Any", "pytest", "vespera"}
