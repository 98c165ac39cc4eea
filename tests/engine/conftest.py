"""What tests of this folder share."""

import pytest


@pytest.fixture
def any_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """A suite may be longer than any, and chance is always the same."""
    monkeypatch.setattr("grader.engine.suite.LONGEST", 10_000_000)
    monkeypatch.setattr("grader.engine.evaluate.secrets.randbits", lambda bits: 1)
