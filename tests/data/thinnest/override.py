import pytest

from vespera_scriptorium import Container, ExternalService


class Box:
    def __init__(self, inside=None):
        self.inside = inside


@pytest.fixture
def container():
    container = Container()
    container.add_service("inner", Box)
    container.add_service("middle", Box, needs=["inner"])
    container.add_service("outer", Box, needs=["middle"])
    return container


def test_an_override_by_class():
    container = Container()
    container.override(ExternalService, 7)
    assert container.get("external_service") == 7


def test_what_needs_it_and_back(container):
    container.get("outer")
    override = container.override("inner", replacement := Box())
    assert container.get("inner") is replacement
    assert container.get("outer").inside.inside is replacement
    override.withdraw()
    assert container.get("outer").inside.inside is not replacement


def test_a_block_that_fails(container):
    with pytest.raises(OSError), container.override("inner", 7):
        raise OSError
    assert container.get("inner") != 7


def test_two_of_them(container):
    first = container.override("inner", Box())
    container.override("inner", last := Box())
    assert container.get("inner") is last
    first.withdraw()
    assert container.get("inner") is last
