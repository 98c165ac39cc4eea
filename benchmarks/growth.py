"""How time and memory grow with a class: `python benchmarks/growth.py [--replay [--cluster]]`.

Without an option it grades classes of 10, 50 and 250, as a command would; with `--only` they have
handed in some exercises only, for a whole part takes hours. With `--replay` it grades 10,000 and
100,000 submissions of one lesson with recorded reports in the place of evaluations: what is left is
what grading costs besides. `replay.py` says how.
"""

import resource
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from classes import Parts, console, grade
from replay import replay
from rich.table import Table


def main(
    parts: Parts = None,
    only: Annotated[list[str] | None, typer.Option(help="The ids of some exercises.")] = None,
    sizes: str | None = None,
    replayed: Annotated[bool, typer.Option("--replay", help="Replay recorded reports.")] = False,
    cluster: Annotated[bool, typer.Option(help="Let two workers of dask replay them.")] = False,
    lesson: Annotated[str, typer.Option(help="The lesson to replay.")] = "00-start-here",
) -> None:
    """Time and memory of classes of several sizes."""
    with tempfile.TemporaryDirectory() as name:
        if replayed:
            replay(Path(name), lesson, _numbers(sizes or "10000,100000"), console, cluster=cluster)
        else:
            growth(Path(name), parts, only, _numbers(sizes or "10,50,250"))


def growth(folder: Path, parts: list[str] | None, only: list[str] | None, sizes: list[int]) -> None:
    """Grade classes for real."""
    table = Table("learners", "wall, s", "s each", "CPU s each", "largest process, MiB")
    for size in sizes:
        place = folder / str(size)
        place.mkdir()
        cost = grade(size, parts, place, only)
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        figures = (cost.wall, cost.wall / size, cost.cpu / size, memory)
        table.add_row(str(size), *(f"{value:.2f}" for value in figures))
    console.print(table)


def _numbers(sizes: str) -> list[int]:
    return [int(size) for size in sizes.split(",")]


if __name__ == "__main__":
    typer.run(main)
