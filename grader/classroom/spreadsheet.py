"""Tables as CSV, for spreadsheets: whatever learners wrote, no cell of it is a formula."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from grader.pages.render import visible

FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
"""What a formula begins with, for one spreadsheet or another."""


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A header and a line for each row; what a row lacks is empty."""
    written = io.StringIO()
    writer = csv.DictWriter(written, [cell(name) for name in columns], lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({cell(name): cell(value) for name, value in row.items()})
    return written.getvalue()


def cell(value: object) -> object:
    """A text that a spreadsheet takes for a text, whatever it begins with."""
    if not isinstance(value, str):
        return value
    defused = f"'{value}" if FORMULA.match(value) else value
    return visible(defused.replace("\n", "\\n").replace("\t", "\\t"))
