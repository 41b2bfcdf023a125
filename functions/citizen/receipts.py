"""`/citizen/v1/consents/{application}/receipt`: proof of what was agreed to, to keep and to show."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from functions.citizen.behalf import Behalf
from machi.consent.guardianship import Power
from machi.consent.receipt import Issuer, receipt_of, signed_receipt
from machi.consent.repositories import AgreementRepository, ConsentRepository
from machi.core.clock import Clock
from machi.core.errors import NotFound
from machi.core.ids import ApplicationId, DataItem
from machi.core.language import Language
from machi.http.errors import InvalidRequest
from machi.http.handlers import Handlers, plain
from machi.http.responses import json_response
from machi.signing.signer import Signer

_JWS = "application/jose"
"""RFC 7515, 9.2.1."""

LabelOf = Callable[[DataItem, Language], str]
"""What people call an item."""


@dataclass(frozen=True, slots=True)
class ReceiptDesk:
    """What the route works with."""

    consents: ConsentRepository
    agreements: AgreementRepository
    behalf: Behalf
    issuer: Callable[[Language], Issuer]
    """The city, as it calls itself in a language."""
    label_of: LabelOf
    signer: Signer
    clock: Clock


def receipt_routes(desk: ReceiptDesk) -> Handlers[Request]:
    """The route."""
    routes = Handlers("/citizen/v1", plain)

    @routes.get("/consents/{application}/receipt")
    async def receipt(request: Request) -> Response:
        """As it stands now, in the language of the consent: signed, or the same to be read by a program."""
        wanted = request.query_params.get("format", "jws")
        if wanted not in {"jws", "json"}:
            raise InvalidRequest("format is jws or json")
        subject = desk.behalf.looking(request, Power.CONSENTS).subject
        application = ApplicationId(request.path_params["application"])
        stored = desk.consents.find(subject, application)
        agreement = None if stored is None else desk.agreements.find(application, stored.consent.revision)
        if stored is None or agreement is None:
            raise NotFound("there is no such consent")
        consent = stored.consent
        labels = {item: desk.label_of(item, consent.language) for item in consent.items}
        made = receipt_of(consent, agreement, labels, desk.issuer(consent.language), desk.clock())
        name = {"Content-Disposition": f'attachment; filename="receipt-{consent.application}.{wanted}"'}
        if wanted == "json":
            return json_response(made, headers=name)
        return Response(signed_receipt(made, desk.signer), media_type=_JWS, headers=name)

    return routes
