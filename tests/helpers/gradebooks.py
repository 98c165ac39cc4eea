"""Everything that is in a gradebook, whichever server has it."""

from collections.abc import Mapping
from typing import Any

from nbgrader.api import Base
from sqlalchemy import Table, create_engine, inspect, select, text

TABLES: Mapping[str, Table] = Base.metadata.tables


def contents(url: str) -> dict[str, list[Any]]:
    """Every row of every table. In the place of an id is the row that it points to."""
    engine = create_engine(url)
    with engine.connect() as connection:
        assert {*inspect(connection).get_table_names()} == {*TABLES, "alembic_version"}
        version = connection.execute(text("select version_num from alembic_version")).scalars()
        found: dict[str, list[Any]] = {"alembic_version": [*version]}
        rows: Mapping[str, Mapping[str, Any]] = {
            name: {row["id"]: dict(row) for row in connection.execute(select(table)).mappings()}
            for name, table in TABLES.items()
        }
    engine.dispose()

    def told(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
        return {
            column.name: _pointed_at(column, row) if column.foreign_keys else row[column.name]
            for column in table.columns
            if column.foreign_keys or not _is_random(column)
        }

    def _pointed_at(column: Any, row: Mapping[str, Any]) -> dict[str, Any] | None:
        (key,) = column.foreign_keys
        there = key.column.table
        at = row[column.name]
        return None if at is None else told(there, rows[there.name][at])

    for name, table in TABLES.items():
        found[name] = sorted((told(table, row) for row in rows[name].values()), key=repr)
    return found


def _is_random(column: Any) -> bool:
    """An id that nbgrader has made up; those of learners and courses are names."""
    return column.name == "id" and column.default is not None
