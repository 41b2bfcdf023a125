"""The personal types of stage local: what services may record about citizens, and under which items."""

from machi.core.ids import ApplicationId
from machi.identity.data_items import DISTANCE, STEPS
from machi.ngsild.entity import DEFAULT_VOCABULARY
from machi.personal.catalogue import PersonalType
from machi.storage.personal_catalogue_table import PersonalCatalogueTable

_HEALTH_ACTIVITY = PersonalType(
    type=f"{DEFAULT_VOCABULARY}HealthActivity",
    subject=f"{DEFAULT_VOCABULARY}refCitizen",
    items={f"{DEFAULT_VOCABULARY}steps": STEPS, f"{DEFAULT_VOCABULARY}distance": DISTANCE},
    writers=frozenset({ApplicationId("kencom")}),
)


def plant_personal_types(catalogue: PersonalCatalogueTable) -> bool:
    """Declare the types; True if anything was new. Repeatable."""
    if catalogue.types().get(_HEALTH_ACTIVITY.type) == _HEALTH_ACTIVITY:
        return False
    catalogue.declare(_HEALTH_ACTIVITY)
    return True
