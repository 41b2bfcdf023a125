from collections.abc import Iterator

import pytest

from functions.broker.services import assemble
from machi.core.clock import utc_now
from machi.ngsild.context import Contexts, ContextService, HttpLoader
from tests.unit.broker.gateway import Api
from tests.unit.ngsild.context.doubles import MemoryContexts
from tests.unit.ngsild.memory import MemoryEntities, MemoryEntityMaps, MemoryTenants
from tests.unit.ngsild.temporal.memory import MemoryHistory


@pytest.fixture
def api() -> Iterator[Api]:
    """The broker over memory."""
    kept = MemoryContexts()
    contexts = Contexts(kept, HttpLoader(local=True), api_url="http://localhost:8701", clock=utc_now)
    client = Api(
        assemble(
            entities=MemoryEntities(),
            tenants=MemoryTenants(),
            entity_maps=MemoryEntityMaps(),
            history=MemoryHistory(),
            contexts=contexts,
            hosted_contexts=ContextService(contexts, kept, utc_now),
            clock=utc_now,
            city_code="232033",
            temporal_instances=19,
        )
    )
    yield client
    client.close()
