"""Notebooks, and how they are handed in."""

import json
from pathlib import Path
from typing import Any

PART = "2-advanced"
LESSON = "04-concurrent-operations"
LESSONS = {LESSON: ["distinct-ids"], "05-error-handling": ["one-fails"]}
SOURCE = "%%ipytest --mutants distinct-ids\nasync def test_a(): ..."


def notebook(source: Any = SOURCE, **cell: Any) -> dict[str, Any]:
    """A notebook with one answer."""
    meta = {"nbgrader": {"solution": True, "grade_id": "distinct-ids"}}
    plain: dict[str, Any] = {
        "cell_type": "code",
        "metadata": meta,
        "outputs": [],
        "execution_count": None,
    }
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{**plain, "source": source, "id": "a", **cell}],
    }


def hand_in(submitted: Path, learner: str) -> Path:
    path = submitted / learner / PART / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(notebook()))
    return path
