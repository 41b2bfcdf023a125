"""What the stacks say they made, by the names of their outputs."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields

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
    app_client_id: str
    connect_client_id: str
    account_client_id: str
    staff_pool_id: str
    staff_client_id: str
    partner_client_ids: Mapping[str, str] = field(default_factory=dict)
    """By the partner's id in lower-case letters and digits."""
    partner_secrets: Mapping[str, str] = field(default_factory=dict)
    """Where Secrets Manager has their credentials, by the same."""


def read_deployed(outputs: Mapping[str, str]) -> Deployed:
    """Read the outputs; `ApiId` becomes `api_id` and so on.

    Raises:
        PlatformFailure: an output is missing; names it.
    """
    names = {
        each.name: "".join(part.capitalize() for part in each.name.split("_"))
        for each in fields(Deployed)
        if each.default_factory is MISSING
    }
    missing = [output for output in names.values() if output not in outputs]
    if missing:
        raise PlatformFailure(f"The stacks of stage local lack the outputs {', '.join(missing)}.")
    return Deployed(
        **{name: outputs[output] for name, output in names.items()},
        partner_client_ids=_by_partner(outputs, "PartnerClientId"),
        partner_secrets=_by_partner(outputs, "PartnerSecret"),
    )


def _by_partner(outputs: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {
        key.removeprefix(prefix).lower(): value for key, value in outputs.items() if key.startswith(prefix)
    }
