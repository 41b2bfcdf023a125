"""Runs in the emulator's environment: what its mended user pools do, told as one JSON document.

Every scenario gives what it saw; `test_user_pools.py` says what it should be.
"""

import base64
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
os.environ.update(AUTH="true", MINISTACK_COGNITO_PRETOKEN_STRICT="1", BIND_HOST="127.0.0.1")

from ministack.services import cognito, ses

from local.embedded import user_pools
from local.embedded.federation import Federation
from local.embedded.log_in_page import LogInPage, revoke

CALLBACK, VERIFIER = "https://partner.example/callback", "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
PASSWORD = "Long-enough-2026!"

Loose = Any
"""What the emulator passes, in its own types."""

trigger_says: list[Callable[[dict[str, Any]], dict[str, Any]]] = []
asked: list[dict[str, Any]] = []
messages: list[tuple[str, dict[str, Any]]] = []


def pre_token(**asked_for: Loose) -> dict[str, Any]:
    """In the place of the pool's function."""
    asked.append(asked_for)
    claims: dict[str, Any] = asked_for["claims"]
    return trigger_says[0](claims) if trigger_says else claims


def custom_message(
    pool: object, source: str, name: str, attributes: object, metadata: Loose
) -> dict[str, Any]:
    """In the place of the pool's function."""
    messages.append((source, metadata or {}))
    return {"emailSubject": "確認コード", "emailMessage": "コードは {####} です"}


cognito._apply_pretoken_trigger = pre_token
cognito._apply_custom_message_trigger = custom_message
user_pools.install(cognito)
page = LogInPage(cognito)
page.install()
Federation(cognito, "http://localhost:8702").install()


def body(answer: tuple[int, Any, bytes]) -> dict[str, Any]:
    """The JSON of an answer."""
    return dict(json.loads(answer[2]))


def pool_and_client(**client: object) -> tuple[str, dict[str, Any]]:
    """A pool like the citizens', with one confidential client."""
    made = cognito._create_user_pool(
        {
            "PoolName": "citizens",
            "AliasAttributes": ["email", "preferred_username"],
            "UsernameConfiguration": {"CaseSensitive": False},
        }
    )
    pool_id = body(made)["UserPool"]["Id"]
    settings = {
        "GenerateSecret": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid"],
        "CallbackURLs": [CALLBACK],
        "LogoutURLs": [CALLBACK],
        "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"],
        **client,
    }
    made = cognito._create_user_pool_client({"UserPoolId": pool_id, "ClientName": "x", **settings})
    return pool_id, body(made)["UserPoolClient"]


def citizen(pool_id: str, name: str, email: str) -> None:
    """Somebody with an account and a verified address."""
    attributes = [
        {"Name": "email", "Value": email},
        {"Name": "email_verified", "Value": "true"},
        {"Name": "preferred_username", "Value": f"{name}-login"},
    ]
    cognito._admin_create_user(
        {"UserPoolId": pool_id, "Username": name, "UserAttributes": attributes, "MessageAction": "SUPPRESS"}
    )
    cognito._admin_set_user_password(
        {"UserPoolId": pool_id, "Username": name, "Password": PASSWORD, "Permanent": True}
    )


def request(client: dict[str, Any], **more: str) -> dict[str, str]:
    """An authorization request."""
    return {
        "response_type": "code",
        "client_id": client["ClientId"],
        "redirect_uri": CALLBACK,
        "scope": "openid",
        "state": "s",
        "nonce": "n",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }


def log_in(client: dict[str, Any], username: str) -> tuple[str, str]:
    """Send the form of the page; gives the code and the cookie."""
    form = urlencode({**request(client), "username": username, "password": PASSWORD}).encode()
    _, headers, _ = cognito.handle_login_submit("POST", "/login", {}, form, {})
    return code_of(headers), headers["Set-Cookie"].split(";")[0]


def code_of(headers: dict[str, str]) -> str:
    """The code in an address to go to."""
    return parse_qs(urlsplit(headers["Location"]).query)["code"][0]


def tokens(client: dict[str, Any], **form: str) -> tuple[int, dict[str, Any]]:
    """Ask the token endpoint."""
    given = {"client_id": client["ClientId"], "client_secret": client["ClientSecret"], **form}
    status, _, answer = cognito._oauth2_token({}, {}, urlencode(given).encode(), {})
    return status, dict(json.loads(answer))


def exchanged(client: dict[str, Any], code: str, verifier: str = VERIFIER) -> tuple[int, dict[str, Any]]:
    """Tokens for a code."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    return tokens(client, **form, code_verifier=verifier)


def claims(token: str) -> dict[str, Any]:
    """What a token says."""
    return dict(cognito._token_claims(token))


def refreshing() -> dict[str, Any]:
    pool_id, client = pool_and_client()
    citizen(pool_id, "hanako", "hanako@example.jp")
    code, _ = log_in(client, "hanako")
    cognito._authorization_codes[code]["auth_time"] -= 1000
    _, first = exchanged(client, code)
    asked.clear()
    _, second = tokens(client, grant_type="refresh_token", refresh_token=first["refresh_token"])
    return {
        "age": claims(first["access_token"])["iat"] - claims(first["access_token"])["auth_time"],
        "same": [claims(each["access_token"])["auth_time"] for each in (first, second)],
        "told": [bool(each["user_attrs"].get("sub")) for each in asked],
    }


def refusing() -> dict[str, Any]:
    def refuse(_: dict[str, Any]) -> dict[str, Any]:
        raise RuntimeError("PreTokenGeneration error: out of service")

    pool_id, client = pool_and_client()
    citizen(pool_id, "hanako", "hanako@example.jp")
    code, _ = log_in(client, "hanako")
    trigger_says.append(refuse)
    answer = exchanged(client, code)
    trigger_says.clear()
    return {"status": answer[0], **answer[1]}


def reading() -> dict[str, Any]:
    pool_id, client = pool_and_client(ReadAttributes=["zoneinfo"])
    citizen(pool_id, "hanako", "hanako@example.jp")
    _, found = exchanged(client, log_in(client, "hanako")[0])
    headers = {"authorization": f"Bearer {found['access_token']}"}
    told = cognito.handle_oauth2_userinfo("GET", "/oauth2/userInfo", headers, b"", {})
    return {"id_token": sorted(claims(found["id_token"])), "userinfo": sorted(json.loads(told[2]))}


def registering() -> dict[str, Any]:
    pool_id, client = pool_and_client(GenerateSecret=False)
    citizen(pool_id, "hanako", "hanako@example.jp")

    def call(action: str, handler: Loose, **data: object) -> tuple[int, dict[str, Any]]:
        answer = cognito._run_idp_handler(handler, action, {"ClientId": client["ClientId"], **data})
        return answer[0], body(answer)

    def mailed() -> str:
        entries = [entry for each in ses._sent_emails.to_dict().values() for entry in each]
        text: str = entries[-1]["BodyText"]
        return text.removeprefix("コードは ").removesuffix(" です")

    def sign_up(name: str, email: str) -> None:
        attributes = [{"Name": "email", "Value": email}]
        call(
            "SignUp",
            cognito._sign_up,
            Username=name,
            Password=PASSWORD,
            UserAttributes=attributes,
            ClientMetadata={"language": "en"},
        )

    sign_up("reg_1", "jiro@example.jp")
    wrong = call("ConfirmSignUp", cognito._confirm_sign_up, Username="reg_1", ConfirmationCode="123456x")
    first = mailed()
    call("ResendConfirmationCode", cognito._resend_confirmation_code, Username="reg_1")
    right = call("ConfirmSignUp", cognito._confirm_sign_up, Username="reg_1", ConfirmationCode=mailed())
    user = cognito._resolve_user(cognito._user_pools[pool_id], "JIRO@example.jp")[0]
    sign_up("reg_2", "hanako@example.jp")
    taken = call("ConfirmSignUp", cognito._confirm_sign_up, Username="reg_2", ConfirmationCode=mailed())
    call("ForgotPassword", cognito._forgot_password, Username="hanako@example.jp")
    reset = call(
        "ConfirmForgotPassword",
        cognito._confirm_forgot_password,
        Username="hanako-login",
        ConfirmationCode=mailed(),
        Password="Another-long-one-2026!",
    )
    alias = cognito._admin_update_user_attributes(
        {
            "UserPoolId": pool_id,
            "Username": "reg_1",
            "UserAttributes": [{"Name": "preferred_username", "Value": "Hanako-Login"}],
        }
    )
    return {
        "wrong": [wrong[0], wrong[1]["__type"]],
        "right": right[0],
        "verified": cognito._attr_list_to_dict(user["Attributes"])["email_verified"],
        "taken": taken[1]["__type"],
        "reset": reset[0],
        "login id taken": body(alias)["__type"],
        "messages": messages,
        "codes": [first, mailed()],
    }


def remembering() -> dict[str, Any]:
    pool_id, client = pool_and_client()
    citizen(pool_id, "hanako", "hanako@example.jp")

    def authorize(cookie: str = "", **more: str) -> tuple[int, dict[str, str], bytes]:
        query = {name: [value] for name, value in request(client, **more).items()}
        answer: tuple[int, dict[str, str], bytes] = cognito.handle_oauth2_authorize(
            "GET", "/oauth2/authorize", {"cookie": cookie}, query
        )
        return answer

    _, cookie = log_in(client, "hanako")
    again, silent = authorize(cookie), authorize(cookie, prompt="none")
    out = cognito.handle_logout(
        "GET",
        "/logout",
        {"cookie": cookie},
        {"client_id": [client["ClientId"]], "logout_uri": [CALLBACK]},
    )
    return {
        "without": authorize()[0],
        "again": [again[0], exchanged(client, code_of(again[1]))[0]],
        "silent": silent[0],
        "asked": authorize(cookie, prompt="login")[0],
        "stranger": parse_qs(urlsplit(authorize(prompt="none")[1]["Location"]).query)["error"],
        "cleared": "Max-Age=0" in out[1]["Set-Cookie"],
        "after": authorize(cookie)[0],
    }


def revoking() -> dict[str, Any]:
    pool_id, client = pool_and_client()
    citizen(pool_id, "hanako", "hanako@example.jp")
    _, found = exchanged(client, log_in(client, "hanako")[0])
    form = {"token": found["refresh_token"], "client_id": client["ClientId"]}
    stranger = revoke(cognito, {}, {**form, "client_secret": "guessed"})
    still = tokens(client, grant_type="refresh_token", refresh_token=found["refresh_token"])
    owner = revoke(cognito, {}, {**form, "client_secret": client["ClientSecret"]})
    after = tokens(client, grant_type="refresh_token", refresh_token=found["refresh_token"])
    return {"stranger": stranger, "still": still[0], "owner": owner[0], "after": after}


def federating() -> dict[str, Any]:
    import urllib.request  # noqa: PLC0415 - only to stand in for it

    pool_id, client = pool_and_client()
    cognito._create_identity_provider(
        {
            "UserPoolId": pool_id,
            "ProviderName": "LINE",
            "ProviderType": "OIDC",
            "ProviderDetails": {
                "client_id": "machi",
                "client_secret": "s",
                "authorize_scopes": "openid email",
                "authorize_url": "http://line.example/authorize",
                "token_url": "http://line.example/token",
            },
            "AttributeMapping": {"custom:idp_email": "email", "custom:idp_email_verified": "email_verified"},
        }
    )

    def leave() -> str:
        query = {name: [value] for name, value in request(client, identity_provider="LINE").items()}
        _, headers, _ = cognito.handle_oauth2_authorize("GET", "/oauth2/authorize", {}, query)
        asked_for = parse_qs(urlsplit(headers["Location"]).query)
        assert asked_for["redirect_uri"] == ["http://localhost:8702/oauth2/idpresponse"]
        state: str = asked_for["state"][0]
        return state

    class Provider:
        """Gives one ID token."""

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def read(self) -> bytes:
            person = {"sub": "U1", "name": "花子", "email": "hanako@line.example", "email_verified": True}
            part = base64.urlsafe_b64encode(json.dumps(person).encode()).decode().rstrip("=")
            return json.dumps({"id_token": f"e30.{part}.x", "access_token": "a"}).encode()

    urllib.request.urlopen = lambda *_args, **_more: Provider()
    status, headers, _ = cognito._oauth2_idp_response("GET", b"", {"code": ["c"], "state": [leave()]})
    wrong = exchanged(client, code_of(headers), "w" * 50)
    right = exchanged(client, code_of(headers))
    user = cognito._attr_list_to_dict(cognito._user_pools[pool_id]["_users"]["LINE_U1"]["Attributes"])
    form = urlencode({"state": leave(), "error": "access_denied"}).encode()
    refused = cognito._oauth2_idp_response("POST", form, {})
    page_text = cognito.handle_oauth2_authorize(
        "GET", "/oauth2/authorize", {}, {name: [value] for name, value in request(client).items()}
    )[2].decode()
    return {
        "status": status,
        "remembered": "Set-Cookie" in headers,
        "wrong verifier": wrong[0],
        "right verifier": right[0],
        "attributes": {name: value for name, value in user.items() if name not in {"sub", "identities"}},
        "refused": parse_qs(urlsplit(refused[1]["Location"]).query),
        "offered": "identity_provider=LINE" in page_text,
    }


SCENARIOS = (
    refreshing,
    refusing,
    reading,
    registering,
    remembering,
    revoking,
    federating,
)


def seen() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every scenario by name."""
    for scenario in SCENARIOS:
        yield scenario.__name__, scenario()


if __name__ == "__main__":
    print(json.dumps(dict(seen())))  # noqa: T201 - its answer
