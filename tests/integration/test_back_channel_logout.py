"""Signing out everywhere reaches a partner's server, in a token that the published keys verify."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs

import jwt
import pytest

from local.aws import Aws
from machi.applications import Application, ApplicationState, Registry, SignIn, SignInClient
from machi.consent.consents import Consents
from machi.consent.record import Actor, Choice
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId, CitizenId, DataItem
from machi.core.language import Language
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from machi.storage.consent_table import ConsentTable
from tests.platform import Platform
from tests.security.signing_in import sign_in
from tests.unit.consent.builders import agreement

PARTNER = ApplicationId("logout-partner")
CLIENT = "logout-partner-client"
PATIENCE_SECONDS = 60
SCOPES = "openid machi/account.read machi/account.write"


@dataclass
class Endpoint:
    """A partner's server."""

    told: list[str] = field(default_factory=list)
    url: str = ""

    def until_told(self) -> str:
        """The logout token, once it has come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self.told:
            assert time.monotonic() < deadline, "told nothing"
            time.sleep(0.1)
        return self.told[-1]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            made.told.append(form["logout_token"][0])

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        made.url = f"http://localhost:{server.server_port}/back-channel-logout"
        yield made
        server.shutdown()
        thread.join()


def connect(platform: Platform, endpoint: Endpoint, subject: CitizenId) -> Consents:
    """Register a partner at the endpoint, with a consent of the citizen."""
    outputs = platform.outputs
    client = Aws(outputs.emulator_url).dynamodb
    sign_in_ = SignIn(
        (SignInClient(CLIENT, ("http://localhost:9/callback",)),), "logout-partner.example", endpoint.url
    )
    Registry(ApplicationTable(client, outputs.city_table), clock=utc_now).register(
        Application(PARTNER, "試験", ApplicationState.SANDBOX, sign_in=sign_in_)
    )
    agreements = AgreementTable(client, outputs.city_table)
    if agreements.current(PARTNER) is None:
        agreements.add(replace(agreement(required=("name",), optional=()), application=PARTNER))
    consents = Consents(ConsentTable(client, outputs.people_table), agreements, clock=utc_now)
    waiting = consents.request(subject, PARTNER)
    choice = Choice(frozenset({DataItem("name")}), Language.JAPANESE, Actor(subject))
    consents.give(subject, PARTNER, waiting.revision, choice)
    return consents


def test_signing_out_everywhere_is_told_to_the_partner_once(platform: Platform, endpoint: Endpoint) -> None:
    taro = sign_in(platform.outputs, platform.outputs.demo_citizens[1], SCOPES)
    subject = CitizenId(jwt.decode(taro.access, options={"verify_signature": False})["sub"])
    consents = connect(platform, endpoint, subject)

    answer = platform.api.delete("/account/v1/devices", headers={"Authorization": f"Bearer {taro.access}"})
    token = endpoint.until_told()

    consents.withdraw(subject, PARTNER, Actor(subject))
    assert answer.status_code == 204, answer.text
    published = platform.api.get("/connect/jwks.json").json()
    header = jwt.get_unverified_header(token)
    (key,) = [each for each in published["keys"] if each["kid"] == header["kid"]]
    claims = jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"], audience=CLIENT)
    assert header["typ"] == "logout+jwt"
    assert claims["sub"] == subject
    assert claims["iss"] == jwt.decode(taro.access, options={"verify_signature": False})["iss"]
    assert list(claims["events"]) == ["http://schemas.openid.net/event/backchannel-logout"]
    assert "nonce" not in claims
    assert len(endpoint.told) == 1
