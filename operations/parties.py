"""The applications of the city file as the registry knows them, and what they ask citizens to agree to."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from infra.config import AgreementFile, Partner, PartnerAddresses, PlatformConfig
from machi.applications import Application, ApplicationState, Party, SignIn, SignInClient
from machi.consent.agreement import (
    Agreement,
    AgreementState,
    AgreementText,
    Frequency,
    Necessity,
    Recipient,
    RequestedItem,
)
from machi.consent.repositories import AgreementRepository
from machi.core.ids import ApplicationId, DataItem
from machi.core.language import Language
from machi.core.principal import Scope

PORTAL = ApplicationId("portal")
_CITYS_OWN = ("portal", "app", "connect")
"""Clients of the user pool that are the city's: pages, the phone's shell around them, the front door."""


def portal_application(config: PlatformConfig, clients: Mapping[str, str], api_url: str) -> Application:
    """The portal, under whose name the city itself signs citizens in.

    Args:
        clients: ids of the user pool's clients by name; `portal`, `app`, `connect`.
    """
    portal, scheme = config.addresses.portal, config.file.phone_app.scheme
    callbacks = {
        "portal": (f"{portal}/auth/callback/", f"{portal}/account/linked/"),
        "app": (f"{scheme}://auth/callback",),
        "connect": (f"{api_url}/connect/callback",),
    }
    return Application(
        id=PORTAL,
        name="市民ポータル",
        state=ApplicationState.PRODUCTION,
        plan="internal",
        sign_in=SignIn(
            clients=tuple(SignInClient(clients[name], callbacks[name]) for name in _CITYS_OWN),
            sector=urlsplit(portal).hostname or portal,
            party=Party.CITY,
        ),
    )


def partner_application(
    partner: Partner, addresses: PartnerAddresses, client_id: str, state: ApplicationState
) -> Application:
    """A partner service with the very addresses that its client has at the user pool."""
    return Application(
        id=ApplicationId(partner.id),
        name=partner.name,
        state=state,
        scopes=frozenset(map(Scope, partner.scopes)),
        plan="standard",
        sign_in=SignIn(
            clients=(SignInClient(client_id, addresses.redirect_uris, addresses.signed_out_uris),),
            sector=partner.sector,
            back_channel_logout_uri=addresses.back_channel_uri,
            party=Party.PARTNER,
            consent_events_uri=addresses.consent_events_uri,
        ),
    )


def proposed(file: AgreementFile, revision: int, author: str) -> Agreement:
    """A revision as the file words it.

    Raises:
        AgreementInvalid: the domain has a rule that the file breaks.
    """
    texts = file.texts.model_dump(by_alias=True)
    return Agreement(
        application=ApplicationId(file.application),
        revision=revision,
        purpose=file.purpose,
        recipient=Recipient(**file.recipient.model_dump()),
        source=file.source,
        items=(
            *(RequestedItem(DataItem(item), Necessity.REQUIRED) for item in file.required),
            *(RequestedItem(DataItem(item), Necessity.OPTIONAL) for item in file.optional),
        ),
        validity=timedelta(days=365 * file.validity_months // 12),
        frequency=Frequency(file.frequency),
        texts={Language(tag): AgreementText(**text) for tag, text in texts.items()},
        author=author,
        provides=frozenset(map(DataItem, file.provides)),
    )


def propose(agreements: AgreementRepository, file: AgreementFile, author: str) -> Agreement | None:
    """Propose what the file says, if the newest revision says something else. Repeatable.

    Raises:
        Conflict: somebody proposed another revision at the same time.
    """
    latest = agreements.latest(ApplicationId(file.application))
    wanted = proposed(file, latest.revision + 1 if latest else 1, author)
    if latest is not None and _says_the_same(latest, wanted) and latest.state is not AgreementState.REJECTED:
        return None
    agreements.add(wanted)
    return wanted


def approve(agreements: AgreementRepository, application: ApplicationId, approver: str) -> Agreement | None:
    """Put the second signature under the newest revision, if it waits for one. Repeatable.

    Raises:
        ApprovalRefused: the approver is its author.
        Conflict: somebody decided it first.
    """
    latest = agreements.latest(application)
    if latest is None or latest.state is not AgreementState.PROPOSED:
        return None
    approved = latest.approved_by(approver)
    agreements.decide(approved)
    return approved


def _says_the_same(kept: Agreement, wanted: Agreement) -> bool:
    def said(agreement: Agreement) -> object:
        return (
            agreement.purpose,
            agreement.recipient,
            agreement.source,
            agreement.items,
            agreement.validity,
            agreement.frequency,
            dict(agreement.texts),
            agreement.provides,
        )

    return said(kept) == said(wanted)
