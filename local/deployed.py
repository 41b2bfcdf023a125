"""What the stacks say they made, by the names of their outputs."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from local.failure import PlatformFailure


@dataclass(frozen=True, slots=True)
class Deployed:
    """Stack outputs of stage local that the platform is put together from."""

    api_id: str
    api_stage: str
    portal_bucket: str
    portal_distribution_domain: str
    import_bucket: str
    context_table: str
    history_table: str
    people_table: str
    city_table: str
    citizen_pool_id: str
    portal_client_id: str
    staff_pool_id: str


def read_deployed(outputs: Mapping[str, str]) -> Deployed:
    """Read the outputs; `ApiId` becomes `api_id` and so on.

    Raises:
        PlatformFailure: an output is missing; names it.
    """
    names = {
        field.name: "".join(part.capitalize() for part in field.name.split("_")) for field in fields(Deployed)
    }
    missing = [output for output in names.values() if output not in outputs]
    if missing:
        raise PlatformFailure(f"The stacks of stage local lack the outputs {', '.join(missing)}.")
    return Deployed(**{name: outputs[output] for name, output in names.items()})
