"""Counts how often something is built, which the contract leaves open."""

from vespera_scriptorium import Container


def test_an_override_builds_nothing():
    built = []
    container = Container()
    container.add_service("inner", object)
    container.add_service("outer", lambda inner: built.append(inner), needs=["inner"])
    container.get("outer")
    container.override("inner", object())
    assert len(built) == 1
