"""The Lambda function of the NGSI-LD API."""

import os
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

from machi.http.cold_start import quick_imports

with quick_imports():
    from functions.broker.app import app
    from functions.broker.personal import PersonalParts, PersonalServices
    from functions.broker.services import assemble
    from functions.broker.settings import Settings
    from functions.broker.tenant_echo import EchoTenant
    from machi.consent.releases import Releases
    from machi.consent.remembered import RememberedAgreements, RememberedStates
    from machi.core.clock import utc_now
    from machi.core.ids import ApplicationId
    from machi.core.log import logger_for
    from machi.core.settings import read_settings
    from machi.http.lambda_entry import entry
    from machi.ngsild.context import Contexts, ContextService, HttpLoader
    from machi.personal.pseudonyms import SectorPseudonyms
    from machi.storage.agreement_table import AgreementTable
    from machi.storage.application_table import ApplicationTable
    from machi.storage.client import dynamodb_client
    from machi.storage.consent_table import ConsentTable
    from machi.storage.context_table import ContextTable
    from machi.storage.disclosure_table import DisclosureTable
    from machi.storage.entity_map_table import EntityMapTable
    from machi.storage.entity_table import EntityTable
    from machi.storage.history_table import HistoryTable
    from machi.storage.personal_catalogue_table import PersonalCatalogueTable
    from machi.storage.personal_table import PersonalTable
    from machi.storage.pseudonym_table import PseudonymTable
    from machi.storage.secret import Secret, secrets_client
    from machi.storage.tenant_table import TenantTable

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway."""
    return build()(event, context)


@cache
def build() -> Handler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    client, table = dynamodb_client(), settings.context_table
    kept = ContextTable(client, table)
    contexts = Contexts(
        kept, HttpLoader(local=settings.stage == "local"), api_url=settings.api_url, clock=utc_now
    )
    catalogue = PersonalCatalogueTable(client, settings.city_table)
    services = assemble(
        entities=EntityTable(
            client, table, is_personal=lambda types: not catalogue.types().keys().isdisjoint(types)
        ),
        tenants=TenantTable(client, table),
        entity_maps=EntityMapTable(client, table),
        history=HistoryTable(client, settings.history_table, timedelta(days=settings.history_days)),
        contexts=contexts,
        hosted_contexts=ContextService(contexts, kept, utc_now),
        clock=utc_now,
        city_code=settings.city_code,
        temporal_instances=settings.temporal_instances,
    )
    personal = PersonalServices(_personal(settings, catalogue), services)
    return entry(EchoTenant(app(services, logger_for("broker"), personal)))


def _personal(settings: Settings, catalogue: PersonalCatalogueTable) -> PersonalParts:
    client, people = dynamodb_client(), settings.people_table
    applications, consents = ApplicationTable(client, settings.city_table), ConsentTable(client, people)
    agreements = RememberedAgreements(AgreementTable(client, settings.city_table))
    states = RememberedStates(applications)
    secret = Secret(secrets_client(), settings.sector_secret_arn)
    given = PseudonymTable(client, people)

    sectors: dict[ApplicationId, str] = {}  # a sector stays: with another, every pseudonym would change

    def sector_of(application: ApplicationId) -> str | None:
        if application not in sectors:
            found = applications.find(application)
            if found is None or found.application.sign_in is None:
                return None
            sectors[application] = found.application.sign_in.sector
        return sectors[application]

    def pseudonyms(application: ApplicationId) -> SectorPseudonyms | None:
        sector = sector_of(application)
        return None if sector is None else SectorPseudonyms(given, secret.value, sector)

    return PersonalParts(
        entities=PersonalTable(client, people),
        grants=consents,
        agreements=agreements,
        releases=Releases(
            applications=states,
            agreements=agreements,
            consents=consents,
            disclosures=DisclosureTable(client, people),
            clock=utc_now,
        ),
        catalogue=catalogue,
        pseudonyms=pseudonyms,
        clock=utc_now,
    )
