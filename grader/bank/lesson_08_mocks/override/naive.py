"""What a hurried engineer writes first: there is an override, and then there is none."""

from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import Container, ExternalService


def test_an_override_is_used():
    mock = AsyncMock()
    container = Container()
    with container.override("external_service", mock):
        assert container.get(ExternalService) is mock
    assert container.get(ExternalService) is not mock


def test_an_unknown_key():
    with pytest.raises(KeyError):
        Container().get("nothing")
