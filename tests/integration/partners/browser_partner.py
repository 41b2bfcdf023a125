"""A partner whose service is a page of scripts: a public client with oidc-client-ts, as npm delivers it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from local.aws import Aws
from machi.applications import Application, ApplicationState, Registry, SignIn, SignInClient
from machi.core.clock import utc_now
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from tests.platform import Platform
from tests.unit.consent.builders import agreement

APPLICATION = ApplicationId("script-partner")
LIBRARY = Path("node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js")
_PAGE = """<!doctype html>
<html lang="ja"><meta charset="utf-8"><title>script partner</title>
<button id="sign-in">sign in</button> <pre id="result"></pre>
<script src="/oidc-client-ts.min.js"></script>
<script>
  const manager = new oidc.UserManager(SETTINGS);
  const show = (value) => (document.querySelector("#result").textContent = JSON.stringify(value));
  document.querySelector("#sign-in").onclick = () =>
    manager.signinRedirect({ nonce: crypto.randomUUID(), ui_locales: "en" });
  const failed = (error) => show({ error: error.error ?? String(error) });
  window.refresh = () => manager.signinSilent().then((user) => show(user.profile), failed);
  if (location.pathname === "/callback") manager.signinCallback().then((user) => show(user.profile), failed);
</script></html>
"""


@dataclass(frozen=True)
class ScriptPartner:
    """Where it answers, and its client."""

    address: str
    client_id: str


@contextmanager
def script_partner(platform: Platform) -> Iterator[ScriptPartner]:
    """Registered as partners are, with an agreement, and served while the test runs."""
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        address = f"http://localhost:{server.server_port}"
        client_id = _register(platform, f"{address}/callback")
        server.RequestHandlerClass = _serving(platform, address, client_id)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield ScriptPartner(address, client_id)
        server.shutdown()
        thread.join()


def _register(platform: Platform, callback: str) -> str:
    aws, outputs = Aws(platform.outputs.emulator_url), platform.outputs
    made = aws.cognito.create_user_pool_client(
        UserPoolId=outputs.citizen_pool_id,
        ClientName=APPLICATION,
        GenerateSecret=False,
        AllowedOAuthFlows=["code"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["openid"],
        CallbackURLs=[callback],
        SupportedIdentityProviders=["COGNITO"],
        ReadAttributes=["email"],
    )
    client_id = made["UserPoolClient"]["ClientId"]
    registry = Registry(ApplicationTable(aws.dynamodb, outputs.city_table), clock=utc_now)
    sign_in = SignIn((SignInClient(client_id, (callback,)),), "script.example")
    registry.register(Application(APPLICATION, "Script", ApplicationState.SANDBOX, sign_in=sign_in))
    _agree(AgreementTable(aws.dynamodb, outputs.city_table))
    return client_id


def _agree(agreements: AgreementTable) -> None:
    asked = agreement(required=("nickname", "birthdate"), optional=("ward",), application=APPLICATION)
    try:
        agreements.add(asked)
    except Conflict:
        return  # an earlier run has


def _serving(platform: Platform, address: str, client_id: str) -> type[BaseHTTPRequestHandler]:
    discovery = f"{platform.outputs.connect_url}/.well-known/openid-configuration"
    settings = {
        "authority": platform.outputs.connect_url,
        "metadataUrl": discovery,
        "client_id": client_id,
        "redirect_uri": f"{address}/callback",
        "scope": "openid",
        "loadUserInfo": True,
        "automaticSilentRenew": False,
    }
    page = _PAGE.replace("SETTINGS", json.dumps(settings)).encode()
    library = LIBRARY.read_bytes()

    class Service(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_library = urlsplit(self.path).path == "/oidc-client-ts.min.js"
            body = library if is_library else page
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if is_library else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    return Service
