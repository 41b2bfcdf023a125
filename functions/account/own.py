"""`/account/v1`: the signed-in citizen's own account."""

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from functions.account.requests import submitted
from machi.core.clock import to_iso
from machi.core.ids import CitizenId
from machi.http.errors import InvalidRequest
from machi.http.handlers import Handlers, plain
from machi.http.principal import current_principal
from machi.http.requests import request_id
from machi.http.responses import json_response
from machi.identity.accounts import Accounts, AccountView
from machi.identity.assurance import Assurance
from machi.identity.closure import Closure
from machi.identity.email_change import EmailChange
from machi.identity.new_password import PasswordChange
from machi.identity.own_data import OwnDataExport

AssuranceOf = Callable[[CitizenId], Assurance | None]
"""What was proved of a citizen and still holds."""
OfferOf = Callable[[CitizenId], str | None]
"""The masked address of another account that the citizen can join with this one; None if there is none."""


def account_routes(accounts: Accounts, assurance_of: AssuranceOf, offer_of: OfferOf) -> Handlers[Request]:
    """Show the account, accept terms, change the login ID."""
    routes = Handlers("/account/v1", plain)

    def shown(view: AccountView) -> Response:
        subject = view.account.subject
        return json_response(_document(view, assurance_of(subject), offer_of(subject)))

    @routes.get("/account")
    async def read(request: Request) -> Response:
        """The account as it is."""
        return shown(accounts.show(current_principal(request)))

    @routes.post("/account")
    async def accept(request: Request) -> Response:
        """Accept the terms in force: after the first sign-in by a provider, or when they are new."""
        form = await submitted(request)
        return shown(accounts.accept_terms(current_principal(request), form, request_id(request)))

    @routes.put("/login-id")
    async def change_login_id(request: Request) -> Response:
        """Sign in with another login ID from now on."""
        form = await submitted(request)
        accounts.change_login_id(current_principal(request), form, request_id(request))
        return Response(status_code=204)

    @routes.delete("/login-id")
    async def remove_login_id(request: Request) -> Response:
        """Sign in with the address only."""
        accounts.remove_login_id(current_principal(request), request_id(request))
        return Response(status_code=204)

    return routes


def credential_routes(email: EmailChange, password: PasswordChange) -> Handlers[Request]:
    """Change address and password."""
    routes = Handlers("/account/v1", plain)

    @routes.put("/email")
    async def ask_for_email(request: Request) -> Response:
        """A code goes to the new address."""
        form = await submitted(request)
        email.ask(current_principal(request), form, request_id(request))
        return json_response({}, status=202)

    @routes.post("/email/confirmation")
    async def confirm_email(request: Request) -> Response:
        """The new address counts from now on."""
        form = await submitted(request)
        email.confirm(current_principal(request), form)
        return Response(status_code=204)

    @routes.put("/password")
    async def change_password(request: Request) -> Response:
        """The new password counts from now on; other devices are signed out."""
        form = await submitted(request)
        password.change(current_principal(request), form, request_id(request))
        return Response(status_code=204)

    return routes


def leaving_routes(export: OwnDataExport, closure: Closure) -> Handlers[Request]:
    """Take one's data along, close the account."""
    routes = Handlers("/account/v1", plain)

    @routes.get("/data")
    async def download(request: Request) -> Response:
        """Everything that is held about the citizen, as JSON or as a table."""
        wanted = request.query_params.get("format", "json")
        if wanted not in {"json", "csv"}:
            raise InvalidRequest("the format is json or csv")
        data = export.export(current_principal(request), request_id(request))
        name = f"my-data-{data.made_at:%Y-%m-%d}.{wanted}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if wanted == "json":
            return json_response(data.as_document(), headers=headers)
        return Response(
            data.as_table(), headers=headers, media_type="text/csv; charset=utf-8; header=present"
        )

    @routes.post("/closure")
    async def ask(request: Request) -> Response:
        """The account will be closed after the days of grace."""
        closes_at = closure.ask(current_principal(request), request_id(request))
        return json_response({"closesAt": to_iso(closes_at)}, status=202)

    @routes.delete("/closure")
    async def call_back(request: Request) -> Response:
        """The account stays."""
        closure.call_back(current_principal(request), request_id(request))
        return Response(status_code=204)

    return routes


def _document(view: AccountView, assurance: Assurance | None, offer: str | None) -> dict[str, Any]:
    account = view.account
    return {
        "email": view.email,
        "emailVerified": view.is_email_verified,
        "loginId": account.login_id,
        "hasPassword": view.has_password,
        "identities": [
            {"provider": each.provider, "linkedAt": to_iso(each.linked_at)} for each in view.identities
        ],
        "assurance": assurance
        and {"level": assurance.level, "method": assurance.method, "at": to_iso(assurance.at)},
        "createdAt": to_iso(account.created_at) if account.created_at else None,
        "state": "active" if account.state == "active" else "closing",
        "closesAt": to_iso(account.closes_at) if account.closes_at else None,
        "terms": account.acceptance
        and {
            "version": account.acceptance.terms.version,
            "acceptedAt": to_iso(account.acceptance.at),
            "current": view.has_current_terms,
        },
        "linkOffer": offer and {"maskedEmail": offer},
    }
