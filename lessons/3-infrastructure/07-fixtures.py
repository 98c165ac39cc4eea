# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown] tags=["draft"]
# # Fixtures
#
# You will write the fixtures that a suite of asynchronous tests stands on, and see whether they keep
# its tests apart.
#
# **10 minutes.** Before: [Concurrent operations](../2-advanced/04-concurrent-operations.ipynb).
#
# **Draft.** The lesson itself is still to be written. Its exercise already works, and counts.

# %%
# %load_ext grader

# %% [markdown]
# ## A container for each test
#
# ### Exercise: a container for each test
#
# Write two fixtures. No tests are needed: *probes*, which are tests of the course's own, use your
# fixtures and look at what they do, with a container that is right and with some that are not.
#
# {contract container-with-overrides}

# %% exercise="container-with-overrides"
# %%ipytest --mutants container-with-overrides
from unittest.mock import AsyncMock

import pytest

from vespera_scriptorium import Container, ExternalService


### BEGIN SOLUTION
@pytest.fixture
def external_service():
    """A service that answers well, and notes how it was called."""
    mock = AsyncMock()
    mock.call_api.return_value = {"status": "success", "data": {}}
    return mock


@pytest.fixture
async def container(external_service):
    """A container of this test's own, open while the test runs."""
    container = Container()
    with container.override(ExternalService, external_service):
        await container.initialize_async_services()
        try:
            yield container
        finally:
            await container.cleanup_async_services()


### END SOLUTION

# %% [markdown]
# {hint container-with-overrides}
