"""What JupyterLab, VS Code and Colab do to the cells of a notebook, as they write them."""

import copy
import itertools
import json
from typing import Any

from grader.course.cells import named_exercise
from helpers.course import ROOT

LESSON = "2-advanced/04-concurrent-operations.ipynb"
FIRST, SECOND, THIRD = "distinct-ids", "really-concurrent", "gather-results"
Notebook = dict[str, Any]
Cell = dict[str, Any]

_numbers = itertools.count(0xABCD0000)


def released(lesson: str = LESSON) -> Notebook:
    nb: Notebook = json.loads((ROOT / "notebooks" / lesson).read_text())
    for cell in nb["cells"]:
        cell["source"] = "".join(cell["source"])
    return nb


def solved(lesson: str = LESSON) -> Notebook:
    """A released notebook with the published solutions in its answer cells."""
    solutions = json.loads((ROOT / "solutions" / lesson).read_text())
    sources = {cell["id"]: "".join(cell["source"]) for cell in solutions["cells"]}
    nb = released(lesson)
    for cell in nb["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = sources[cell["id"]]
    return nb


def at(nb: Notebook, name: str) -> int:
    return [cell.get("id") for cell in nb["cells"]].index(name)


def cell_of(nb: Notebook, name: str) -> Cell:
    cell: Cell = nb["cells"][at(nb, name)]
    return cell


def new_id() -> str:
    return f"{next(_numbers):08x}"


def typed(source: str) -> Cell:
    """A cell that somebody has added, and written in."""
    plain: Cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    return {**plain, "id": new_id(), "source": source}


def copied(cell: Cell, source: str | None = None) -> Cell:
    """A cell as JupyterLab pastes it: its metadata, a new id, and it can be deleted."""
    pasted = {**copy.deepcopy(cell), "id": new_id()}
    pasted["metadata"].pop("deletable", None)
    if source is not None:
        pasted["source"] = source
    return pasted


def paste_below(nb: Notebook, name: str, source: str | None = None) -> None:
    """Copy a cell, paste it below itself, and perhaps write another text into the copy."""
    place = at(nb, name)
    nb["cells"].insert(place + 1, copied(nb["cells"][place], source))


def split(nb: Notebook, name: str, line: str) -> None:
    """Split a cell before a line, as JupyterLab: both have its metadata, the lower keeps its id."""
    place = at(nb, name)
    lower = nb["cells"][place]
    first, found, rest = lower["source"].partition(f"\n{line}")
    assert found
    upper = {**copy.deepcopy(lower), "id": new_id(), "source": first.strip("\n")}
    lower["source"] = (line + rest).strip("\n")
    nb["cells"].insert(place, upper)


def split_in_vs_code(nb: Notebook, name: str, line: str) -> None:
    """Split a cell before a line: the lower half is a new cell, and has no metadata."""
    place = at(nb, name)
    upper = nb["cells"][place]
    first, found, rest = upper["source"].partition(f"\n{line}")
    assert found
    upper["source"] = first
    nb["cells"].insert(place + 1, typed(line + rest))


def merge_below(nb: Notebook, name: str, *, keep: str | None = None) -> None:
    """Merge a cell with the one below. The active one's metadata stay, and the id is new."""
    place = at(nb, name)
    upper, lower = nb["cells"][place : place + 2]
    active = lower if keep == lower["id"] else upper
    source = f"{upper['source']}\n\n{lower['source']}"
    nb["cells"][place : place + 2] = [{**active, "id": new_id(), "source": source}]


def change_type_and_back(nb: Notebook, name: str) -> None:
    """JupyterLab makes a new cell with the same metadata; before 4.5 the id was new, too."""
    cell_of(nb, name)["id"] = new_id()


def without_ids(nb: Notebook) -> Notebook:
    """As a program writes it that knows the format 4.4 at most."""
    bare = copy.deepcopy(nb)
    bare["nbformat_minor"] = 4
    for cell in bare["cells"]:
        cell.pop("id", None)
    return bare


def without_marks(nb: Notebook) -> Notebook:
    """As Colab saves it: no ids that we gave, and no metadata of nbgrader's."""
    bare = without_ids(nb)
    bare["metadata"].pop("grader", None)
    for number, cell in enumerate(bare["cells"]):
        cell["metadata"] = {"id": f"colab{number}"}
    return bare


def notebook(*cells: Cell) -> Notebook:
    """A new notebook with some cells in it."""
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)}


# ------------------------------------------------------------------ the first exercise

STUB = cell_of(released(), FIRST)["source"]
ANSWER = cell_of(solved(), FIRST)["source"]


def other(name: str = "other") -> str:
    """Another answer."""
    return f"%%ipytest --mutants {FIRST}\nimport asyncio\n\ndef test_{name}():\n    assert True"


def lines_of_tests(text: str) -> list[str]:
    """The lines with which the tests of an answer begin, their decorators included."""
    lines = text.split("\n")
    found = []
    for place, line in enumerate(lines):
        if line.startswith("async def test"):
            while lines[place - 1]:
                place -= 1
            found.append(lines[place])
    return found


def own_places(nb: Notebook) -> list[int]:
    """Where the lesson's own cells stand that begin as an answer to the first exercise."""
    return [
        place
        for place, cell in enumerate(nb["cells"])
        if named_exercise(cell["source"]) == FIRST and cell["id"].startswith("cell-")
    ]
