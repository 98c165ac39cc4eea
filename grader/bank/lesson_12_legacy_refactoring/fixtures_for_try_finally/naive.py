"""A database in memory, which surely disappears by itself."""

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from vespera_scriptorium import create_file_tracker_for_subtask, initialize_file_tracking


@pytest.fixture
def db_session():
    return Session(create_engine("sqlite://"))


@pytest.fixture
async def make_tracker(db_session):
    tracking = await initialize_file_tracking(db_session)
    return lambda subtask_id: create_file_tracker_for_subtask(subtask_id, tracking)
