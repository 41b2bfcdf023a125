"""Partner services of stage local: in the registry, with agreements that two people have signed."""

import json

from infra.config import Partner, PlatformConfig, load_agreements
from local.aws import Aws
from local.deployed import Deployed
from local.keys import Keys
from local.outputs import DemoPartner
from local.seed.applications import attach_key
from local.seed.people import APPROVER_EMAIL, AUTHOR_EMAIL
from local.settings import ROOT
from machi.applications import ApplicationState, Registry
from machi.consent.repositories import AgreementRepository
from machi.core.ids import ApplicationId
from operations.parties import approve, partner_application, portal_application, propose


def plant_parties(registry: Registry, config: PlatformConfig, deployed: Deployed, api_url: str) -> None:
    """Register the portal with the city's own clients, and each partner with its client. Repeatable."""
    clients = {
        "portal": deployed.portal_client_id,
        "app": deployed.app_client_id,
        "connect": deployed.connect_client_id,
    }
    registry.register(portal_application(config, clients, api_url))
    for partner, addresses in config.partners:
        client_id = deployed.partner_client_ids[_key(partner)]
        registry.register(partner_application(partner, addresses, client_id, ApplicationState.PRODUCTION))


def plant_agreements(agreements: AgreementRepository, config: PlatformConfig) -> bool:
    """Propose and approve what the city's files say; True if anything was new."""
    changed = False
    for file in load_agreements(ROOT, config.city.slug):
        changed = propose(agreements, file, AUTHOR_EMAIL) is not None or changed
        changed = approve(agreements, ApplicationId(file.application), APPROVER_EMAIL) is not None or changed
    return changed


def plant_partner_keys(registry: Registry, aws: Aws, config: PlatformConfig, keys: Keys) -> None:
    """Give each partner's application its API key, in the registry and at the gateway. Repeatable."""
    for partner, _ in config.partners:
        key = keys.of_partner(partner.id)
        registry.put_key(ApplicationId(partner.id), key, label="seed")
        attach_key(aws, partner.id, key, "standard")


def partners_of(aws: Aws, config: PlatformConfig, deployed: Deployed, keys: Keys) -> tuple[DemoPartner, ...]:
    """The partners with their secrets, as an operator reads them from Secrets Manager."""
    found = []
    for partner, addresses in config.partners:
        secret = aws.secrets.get_secret_value(SecretId=deployed.partner_secrets[_key(partner)])
        credentials = json.loads(secret["SecretString"])
        found.append(
            DemoPartner(
                id=partner.id,
                client_id=credentials["client_id"],
                client_secret=credentials["client_secret"],
                redirect_uris=addresses.redirect_uris,
                signed_out_uris=addresses.signed_out_uris,
                back_channel_uri=addresses.back_channel_uri or "",
                consent_events_uri=addresses.consent_events_uri or "",
                api_key=keys.of_partner(partner.id),
            )
        )
    return tuple(found)


def _key(partner: Partner) -> str:
    """Outputs of stacks have letters and digits only."""
    return partner.id.replace("-", "")
