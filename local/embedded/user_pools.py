"""User pools that keep the promises which the product counts on, where MiniStack's do not (ADR 0134).

Each replaced function is MiniStack's own with something before or after it, so that everything else stays.
"""

# ruff: noqa: SLF001 - MiniStack has no public way to any of this

import json
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from local.embedded.cognito import Answer, Cognito

Record = dict[str, Any]
Loose = Any
"""What MiniStack passes through us, in its own types."""

_REMEMBERED = 200
"""Sign-ins of one user whose time is kept."""

_MESSAGES = {
    "SignUp": "CustomMessage_SignUp",
    "ResendConfirmationCode": "CustomMessage_ResendCode",
    "ForgotPassword": "CustomMessage_ForgotPassword",
    "AdminResetUserPassword": "CustomMessage_ForgotPassword",
}
"""What Cognito calls the trigger with, by the call that sends a code."""

signed_in_at: ContextVar[int | None] = ContextVar("signed_in_at", default=None)
"""When the person whose code is being exchanged proved who it is; None for now."""


@dataclass(frozen=True)
class _Call:
    """The call that is being answered."""

    action: str = ""
    data: Record = field(default_factory=dict)


_call: ContextVar[_Call] = ContextVar("call", default=_Call())  # noqa: B039 - frozen, and never changed


class TriggerRefused(Exception):
    """The pool's own function said no, or failed; no token is given."""


def install(cognito: Cognito) -> None:
    """Mend MiniStack's Cognito."""
    _mend_tokens(cognito)
    _mend_refusals(cognito)
    _mend_codes(cognito)
    _mend_aliases(cognito)
    _mend_userinfo(cognito)


def _mend_tokens(cognito: Cognito) -> None:
    ask_trigger = cognito._apply_pretoken_trigger

    def finish(pool_id: str, claims: Record, token_type: str, **rest: Loose) -> Record:
        """Claims as AWS has them, before the trigger is asked."""
        pool = cognito._get_pool_unscoped(pool_id) or {}
        user = pool.get("_users", {}).get(rest.get("username") or "")
        if user is not None:
            attributes = cognito._attr_list_to_dict(user.get("Attributes", []))
            rest["user_attrs"] = rest.get("user_attrs") or attributes
            rest["groups"] = rest.get("groups") or user.get("_groups", [])
            claims["auth_time"] = _auth_time(user, claims)
            if rest["groups"]:
                claims["cognito:groups"] = list(rest["groups"])
            if token_type == "id":  # noqa: S105 - a kind of token
                if "email" in attributes:
                    claims["email_verified"] = attributes.get("email_verified") == "true"
                client = pool.get("_clients", {}).get(claims.get("aud"), {})
                _keep_readable(claims, attributes, client)
        try:
            return dict(ask_trigger(pool_id=pool_id, claims=claims, token_type=token_type, **rest))
        except Exception as error:
            raise TriggerRefused(str(error)) from error

    cognito._apply_pretoken_trigger = finish


def _auth_time(user: Record, claims: Record) -> int:
    """The time of the sign-in that a token stems from; a refresh does not make it later."""
    times: dict[str, int] = user.setdefault("_auth_times", {})
    at = times.setdefault(claims["origin_jti"], signed_in_at.get() or int(claims["auth_time"]))
    for forgotten in list(times)[:-_REMEMBERED]:
        del times[forgotten]
    return at


def _keep_readable(claims: Record, attributes: Record, client: Record) -> None:
    readable = client.get("ReadAttributes")
    if readable:
        for name in {*attributes, "email_verified"} - {*readable, "sub", "identities"}:
            claims.pop(name, None)


def _mend_refusals(cognito: Cognito) -> None:
    exchange, run = cognito._oauth2_token, cognito._run_idp_handler

    def token(data: Record, query: Record, raw: bytes = b"", headers: Record | None = None) -> Answer:
        form = {name: values[0] for name, values in parse_qs(raw.decode(errors="replace")).items()}
        entry = cognito._authorization_codes.get(form.get("code", "")) or {}
        reset = signed_in_at.set(entry.get("auth_time"))
        try:
            answer: Answer = exchange(data, query, raw, headers)
        except TriggerRefused as refused:
            answer = cognito._oauth2_error("invalid_grant", f"PreTokenGeneration failed: {refused}")
        finally:
            signed_in_at.reset(reset)
        return answer

    def handle(handler: Callable[[Record], Answer], action: str, data: Record) -> Answer:
        reset = _call.set(_Call(action, data))
        try:
            answer: Answer = run(handler, action, data)
        except TriggerRefused as refused:
            answer = _error(cognito, "UserLambdaValidationException", str(refused))
        except (cognito._CustomMessageRejected, cognito._CustomMessageInvalid) as refused:
            answer = cognito._custom_message_error(refused)
        finally:
            _call.reset(reset)
        return answer

    cognito._oauth2_token, cognito._run_idp_handler = token, handle


def _mend_codes(cognito: Cognito) -> None:
    confirm = cognito._confirm_sign_up

    def send(
        pool: Record, username: str, attributes: Record, _code: str, attribute_name: str = "email"
    ) -> Loose:
        """Mail a code that nobody can know beforehand, in the words of the pool's own function."""
        code, call = f"{secrets.randbelow(1_000_000):06d}", _call.get()
        user = cognito._resolve_user(pool, username)[0]
        user["_reset_code" if attribute_name == "password" else "_confirmation_code"] = code
        subject, body = cognito._resolve_verification_template(pool)
        if call.action in _MESSAGES:
            worded = cognito._apply_custom_message_trigger(
                pool, _MESSAGES[call.action], username, attributes, call.data.get("ClientMetadata")
            )
            if worded.get("emailMessage") and "{####}" not in worded["emailMessage"]:
                raise cognito._CustomMessageInvalid("CustomMessage emailMessage must contain {####}.")
            subject, body = worded.get("emailSubject") or subject, worded.get("emailMessage") or body
        return cognito._deliver_cognito_email(
            pool,
            attributes.get("email"),
            cognito._expand_template(subject, username, code),
            cognito._expand_template(body, username, code),
            type_name="CognitoVerificationMessage",
            extra={"Username": username, "AttributeName": attribute_name},
        )

    def confirmed(data: Record) -> Answer:
        """Whoever gave the right code owns the address that it was sent to."""
        pool, _ = cognito._pool_for_client(data.get("ClientId"))
        user = cognito._resolve_user(pool, data.get("Username"))[0] if pool else None
        if user is not None:
            wanted = cognito._attr_list_to_dict(user.get("Attributes", []))
            if refused := _alias_error(cognito, pool, user, {"email": wanted.get("email")}):
                return refused
        answer: Answer = confirm(data)
        if user is not None and answer[0] == HTTPStatus.OK:
            _set(cognito, user, "email_verified", "true")
        return answer

    cognito._send_verification_email, cognito._confirm_sign_up = send, confirmed


def _mend_aliases(cognito: Cognito) -> None:
    resolve, admin_update = cognito._resolve_user, cognito._admin_update_user_attributes

    def found(pool: Record, username: str | None) -> Loose:
        """By name as it is, and in small letters where the pool does not tell them apart."""
        answer = resolve(pool, username)
        matters = (pool.get("UsernameConfiguration") or {}).get("CaseSensitive", True)
        if answer[0] is None and username and not matters and username != username.lower():
            return resolve(pool, username.lower())
        return answer

    def update(data: Record) -> Answer:
        """An alias belongs to one user."""
        pool = cognito._user_pools.get(data.get("UserPoolId", ""))
        user = resolve(pool, data.get("Username"))[0] if pool else None
        if user is not None:
            wanted = cognito._attr_list_to_dict(data.get("UserAttributes", []))
            if wanted.get("email_verified") != "true":
                wanted.pop("email", None)
            if refused := _alias_error(cognito, pool, user, wanted):
                return refused
        answer: Answer = admin_update(data)
        return answer

    cognito._resolve_user, cognito._admin_update_user_attributes = found, update


def _alias_error(cognito: Cognito, pool: Record, user: Record, wanted: Record) -> Answer | None:
    for name in set(pool.get("AliasAttributes") or ()) & {key for key, value in wanted.items() if value}:
        for other in pool["_users"].values():
            theirs = cognito._attr_list_to_dict(other.get("Attributes", []))
            counts = name == "preferred_username" or theirs.get(f"{name}_verified") == "true"
            if other is not user and counts and str(theirs.get(name, "")).lower() == wanted[name].lower():
                return _error(cognito, "AliasExistsException", f"An account with the {name} already exists.")
    return None


def _mend_userinfo(cognito: Cognito) -> None:
    tell = cognito.handle_oauth2_userinfo

    def userinfo(method: str, path: str, headers: dict[str, str], body: bytes, query: Record) -> Answer:
        """Only what the token's client may read."""
        status, answer_headers, content = tell(method, path, headers, body, query)
        if status != HTTPStatus.OK:
            return status, answer_headers, content
        claims = json.loads(content)
        token = cognito._token_claims(headers["authorization"].split(" ", 1)[1].strip())
        client = cognito._find_pool_by_client_id(token.get("client_id", ""))[2] or {}
        kept = {"sub", "username"}
        _keep_readable(claims, dict.fromkeys(set(claims) - kept), client)
        return status, answer_headers, json.dumps(claims).encode()

    cognito.handle_oauth2_userinfo = userinfo


def _set(cognito: Cognito, user: Record, name: str, value: str) -> None:
    user["Attributes"] = cognito._merge_attributes(user["Attributes"], [{"Name": name, "Value": value}])


def _error(cognito: Cognito, code: str, message: str) -> Answer:
    answer: Answer = cognito.error_response_json(code, message, 400)
    return answer
