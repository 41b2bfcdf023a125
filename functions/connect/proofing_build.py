"""Identity proofing put together from the function's settings."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from functions.connect.documents import PublicKeys
from functions.connect.proofing import PATH, ProofingCookie, ProofingPages
from functions.connect.rendering import Pages
from machi.core.clock import utc_now
from machi.identity.key_set import KeySet, KeysUnavailable
from machi.outbound import OutboundClient
from machi.proofing.proofings import Proofings
from machi.proofing.relying_party import RelyingParty
from machi.proofing.service import Service
from machi.signing.kms import KmsSigner
from machi.signing.signer import Signer, SigningFailed
from machi.storage.profile_table import ProfileTable
from machi.storage.proofing_table import AssuranceTable, ProofingTable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient

_CONNECT, _READ = 1, 3  # seconds


class ProofingSettings(Protocol):
    """What proofing needs of the settings."""

    @property
    def people_table(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def api_url(self) -> str: ...
    @property
    def portal_url(self) -> str: ...
    @property
    def proofing_host(self) -> str: ...
    @property
    def proofing_client_id(self) -> str: ...


def kms_signers(keys: Sequence[str]) -> Sequence[Signer]:
    """Our keys, in the order of the settings; none is asked for anything yet."""
    if not keys:
        return ()
    import botocore.session  # noqa: PLC0415  # 100 ms that importing a function need not wait for
    from botocore.config import Config  # noqa: PLC0415

    client: KMSClient = botocore.session.get_session().create_client(  # type: ignore[assignment]
        "kms",
        config=Config(
            connect_timeout=_CONNECT,
            read_timeout=_READ,
            retries={"mode": "standard", "total_max_attempts": 3},
        ),
    )
    return [KmsSigner(client, key) for key in keys]


def signing_keys(signers: Sequence[Signer]) -> PublicKeys:
    """The public parts of our own keys, for the key set document."""

    def give() -> Sequence[Mapping[str, object]]:
        try:
            return [signer.public_jwk() for signer in signers]
        except SigningFailed:
            raise KeysUnavailable("our own keys cannot be read") from None

    return give


def proofing_pages(
    settings: ProofingSettings, client: "DynamoDBClient", signers: Sequence[Signer], pages: Pages
) -> ProofingPages:
    """The pages over the tables; the first of the signers signs.

    Without a host, a client id and a key the city is not registered yet, and the pages say that they are not
    available.
    """
    is_local = settings.stage == "local"
    is_registered = bool(settings.proofing_host and settings.proofing_client_id and signers)
    return ProofingPages(
        _proofings(settings, client, signers[0], is_local=is_local) if is_registered else None,
        pages,
        ProofingCookie(is_local=is_local),
        portal_url=settings.portal_url,
    )


def _proofings(
    settings: ProofingSettings, client: "DynamoDBClient", signer: Signer, *, is_local: bool
) -> Proofings:
    redirect_uri = f"{settings.api_url}{PATH}/callback"
    service = Service(settings.proofing_host, settings.proofing_client_id, redirect_uri)
    outbound = OutboundClient(local=is_local)

    def certs() -> bytes:
        reply = outbound.get(service.keys_endpoint)
        if reply.status != HTTPStatus.OK:
            raise OSError("the service does not give its keys")
        return reply.body

    return Proofings(
        RelyingParty(
            service,
            signer=signer,
            keys=KeySet(certs, algorithm="ES256"),
            outbound=outbound,
            clock=utc_now,
        ),
        attempts=ProofingTable(client, settings.people_table),
        profiles=ProfileTable(client, settings.people_table),
        assurances=AssuranceTable(client, settings.people_table),
        clock=utc_now,
    )
