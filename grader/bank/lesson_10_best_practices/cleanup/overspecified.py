from vespera_scriptorium import (
    AsyncResourceManager,
    Container,
    InMemoryResourceProvider,
    ResourceProvider,
)


class Noting(InMemoryResourceProvider):
    def __init__(self):
        super().__init__()
        self.closed = []

    async def close(self, resource_id):
        await super().close(resource_id)
        self.closed.append(resource_id)


async def test_the_last_one_is_closed_first():
    container, provider = Container(), Noting()
    container.override(ResourceProvider, provider)
    async with container.get(AsyncResourceManager).create_session() as session:
        resources = [await session.create_resource("file") for _ in range(2)]
    assert provider.closed == [resource.id for resource in reversed(resources)]


async def test_a_closed_resource_is_clean():
    manager = Container().get(AsyncResourceManager)
    async with manager.create_session() as session:
        resource = await session.create_resource("file")
    assert (await manager.verify_cleanup(resource.id)).cleaned_up
