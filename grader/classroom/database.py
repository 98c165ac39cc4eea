"""The database of a gradebook: where it is, and what to do when it cannot be used."""

import contextlib
from collections.abc import Iterator

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from grader.errors import CourseError

CONFIG = "nbgrader_config.py"
"""The file that names it, in a course."""


@contextlib.contextmanager
def sentences(url: str) -> Iterator[None]:
    """Turn an error of the database into a sentence that says what to do."""
    address = _address(url)
    try:
        yield
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        if "locked" in reason or "lock timeout" in reason:
            raise CourseError(
                "the gradebook is locked by another program: close formgrader or nbgrader and "
                "run the command again; what is graded so far is kept."
            ) from None
        raise CourseError(
            f"the gradebook {address} cannot be used ({reason}): see to that and run the command "
            "again; what is graded so far is kept."
        ) from None


def _address(url: str) -> str:
    """Where a gradebook is, as it may be printed: without user, password and options.

    Raises `CourseError` for what is no address, and where the driver is missing.
    """
    try:
        parsed = make_url(url)
        dialect = parsed.get_dialect()
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is None or "@" in (parsed.host or ""):  # the rest of a password
        raise CourseError(
            f"db_url in {CONFIG} is no address of a database: write "
            "postgresql://USER:PASSWORD@HOST/NAME, with %40 for an @ in the password."
        )
    address = str(
        URL.create(parsed.drivername, host=parsed.host, port=parsed.port, database=parsed.database)
    )
    try:
        dialect.import_dbapi()
    except ImportError as error:
        raise CourseError(
            f"the driver of the gradebook {address} is missing ({error}): install it, "
            "for PostgreSQL with `pip install 'psycopg[binary]'`."
        ) from None
    return address
