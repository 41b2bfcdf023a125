"""One consent on the running platform, from a partner's question to its word that all is deleted."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import jwt
import pytest

from local.aws import Aws
from local.emulator import ACCESS_KEY, SECRET_KEY
from local.outputs import DemoPartner
from local.settings import ROOT
from machi.applications import Registry
from machi.core.clock import to_iso, utc_now
from machi.core.ids import ApplicationId
from machi.storage.application_table import ApplicationTable
from tests.integration.partners.people import Newcomer
from tests.integration.partners.visitor import CONSENT, LOG_IN, Visitor
from tests.platform import Platform

KENCOM = ApplicationId("kencom")
ENTITY = "urn:ngsi-ld:HealthActivity:232033:kencom"
NAMES = {"sub", "ppid"}
PATIENCE_SECONDS = 60
SHOWN_WITHIN_SECONDS = 2.0
Seen = TypeVar("Seen")


def until(look: Callable[[], Seen | None], what: str) -> Seen:
    """Look until there is something."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (seen := look()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return seen


@dataclass
class Webhook:
    """The partner's server that is told what citizens take back. Down when it is first told about somebody.

    What others took back before may wait for it too.
    """

    url: str = ""
    calls: list[str] = field(default_factory=list)
    """Whom each call was about: the name of the citizen at this partner."""
    told: dict[str, str] = field(default_factory=dict)
    """The token that was accepted, by whom it is about."""

    def answer(self, media_type: str | None, token: str) -> int:
        """The status for a call."""
        about = str(jwt.decode(token, options={"verify_signature": False})["sub_id"]["id"])
        self.calls.append(about)
        if media_type != "application/secevent+jwt":
            return 415
        if self.calls.count(about) == 1:
            return 503
        self.told[about] = token
        return 202


@pytest.fixture
def webhook(platform: Platform) -> Iterator[Webhook]:
    """At kencom's address in the registry while the test runs."""
    made = Webhook()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send_response(made.answer(self.headers["Content-Type"], body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    table = ApplicationTable(Aws(platform.outputs.emulator_url).dynamodb, platform.outputs.city_table)
    found, registry = table.find(KENCOM), Registry(table, utc_now)
    assert found is not None
    assert found.application.sign_in is not None
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        made.url = f"http://localhost:{server.server_port}/consent-events"
        sign_in = replace(found.application.sign_in, consent_events_uri=made.url)
        registry.register(replace(found.application, sign_in=sign_in))
        yield made
        registry.register(found.application)
        server.shutdown()
        thread.join()


@dataclass
class Kencom:
    """The partner as a program: its API key at the broker and the partner API."""

    platform: Platform

    @property
    def partner(self) -> DemoPartner:
        return self.platform.outputs.partner("kencom")

    def call(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"X-Api-Key": self.partner.api_key, "NGSILD-Tenant": "personal"}
        return self.platform.api.request(method, path, headers=headers, json=body)

    def records(self, ppid: str, number: str, **values: float) -> httpx.Response:
        """Write down a day of a citizen."""
        return self.call(
            "POST",
            "/ngsi-ld/v1/entities",
            {
                "id": f"{ENTITY}:{number}",
                "type": "HealthActivity",
                "refCitizen": {"type": "Relationship", "object": f"urn:ngsi-ld:Citizen:{ppid}"},
                **{name: {"type": "Property", "value": value} for name, value in values.items()},
            },
        )

    def reads(self, number: str) -> httpx.Response:
        entity = quote(f"{ENTITY}:{number}", safe="")
        return self.call("GET", f"/ngsi-ld/v1/entities/{entity}?format=simplified")


def claims_at(browser: Visitor, address: str) -> dict[str, Any]:
    """What the service knows of the citizen now, from userinfo."""
    return dict(browser.open(f"{address}/").json()["claims"])


def service(newcomer: Newcomer) -> dict[str, Any]:
    with newcomer.api() as api:
        (found,) = api.get("/consents").json()["services"]
    return dict(found)


def event_of(platform: Platform, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Claims and event of a Security Event Token, verified by the published keys."""
    published = platform.api.get("/connect/jwks.json").json()["keys"]
    header = jwt.get_unverified_header(token)
    assert header["typ"] == "secevent+jwt"
    (key,) = [each for each in published if each["kid"] == header["kid"]]
    client = platform.outputs.partner("kencom").client_id
    claims = jwt.decode(token, jwt.PyJWK(key), algorithms=["ES256"], audience=client)
    (event,) = claims["events"].values()
    return claims, event


def test_a_consent_from_the_question_to_the_deletion(
    platform: Platform, citizen: Newcomer, visitor: Visitor, kencom: str, webhook: Webhook
) -> None:
    partner = Kencom(platform)
    assert visitor.arrive(f"{kencom}/sign-in", "ward", "HealthActivity.steps").json()["signedIn"]
    assert visitor.asked == [LOG_IN, CONSENT]
    claims = claims_at(visitor, kencom)
    assert set(claims) == NAMES | {"birthdate", "nickname", "ward"}
    number = claims["sub"][:13]
    records_and_reads_exactly_what_was_agreed_to(partner, claims["ppid"], number)
    sees_it_within_two_seconds(citizen, partner, number)
    has_a_receipt_that_anybody_can_check(platform, citizen, claims["sub"])

    citizen.withdraws("kencom")

    assert set(claims_at(visitor, kencom)) == NAMES
    assert partner.reads(number).status_code == 404
    assert partner.records(claims["ppid"], f"{number}-late", steps=1).status_code == 403
    assert service(citizen)["withdrawal"]["state"] in {"pending", "received"}
    event = is_told_at_the_second_attempt(platform, citizen, webhook, claims["ppid"])
    acknowledges_and_the_citizen_sees_it(platform, citizen, partner, event)
    assert webhook.calls.count(claims["ppid"]) == 2, "refused once, accepted once, and never told again"
    logged = platform.log_of("otification") + platform.log_of("artner")
    assert '"kind":"withdrawal"' in logged.replace(": ", ":")
    for secret in (claims["sub"], claims["ppid"], event["consent"], event["withdrawal"]):
        assert secret not in logged


def records_and_reads_exactly_what_was_agreed_to(partner: Kencom, ppid: str, number: str) -> None:
    assert partner.records(ppid, f"{number}-more", steps=8123, distance=5.4).status_code == 403
    assert partner.records("a" * 43, f"{number}-who", steps=8123).status_code == 403
    assert partner.records(ppid, number, steps=8123).status_code == 201
    read = partner.reads(number)
    assert (read.status_code, read.json()["steps"]) == (200, 8123)
    assert "distance" not in read.json()


def sees_it_within_two_seconds(citizen: Newcomer, partner: Kencom, number: str) -> None:
    def of_broker(api: httpx.Client) -> list[list[str]]:
        entries = api.get("/history").json()["entries"]
        return [each["items"] for each in entries if each["way"] == "broker"]

    with citizen.api() as api:
        before = of_broker(api)
        assert partner.reads(number).status_code == 200
        at = time.monotonic()
        assert of_broker(api) == [["HealthActivity.steps"], *before]
        assert time.monotonic() - at < SHOWN_WITHIN_SECONDS
        entries = api.get("/history").json()["entries"]
    ways = {each["way"]: each["items"] for each in entries if each["kind"] == "disclosed"}
    assert ways["recorded"] == ["HealthActivity.steps"]
    assert ways["userinfo"] == ["birthdate", "nickname", "ward"]
    assert service(citizen)["withdrawal"] is None


def has_a_receipt_that_anybody_can_check(platform: Platform, citizen: Newcomer, subject: str) -> None:
    with citizen.api() as api:
        receipt = api.get("/consents/kencom/receipt?format=jws").text

    def checked(shown: str) -> dict[str, Any]:
        answer = platform.api.post("/public/v1/receipts/verification", json={"receipt": shown})
        return dict(answer.json())

    verdict = checked(receipt)
    assert verdict["valid"] is True
    agreed = {each["item"] for each in verdict["purposes"][0]["items"]}
    assert agreed == {"birthdate", "nickname", "ward", "HealthActivity.steps"}
    assert subject not in json.dumps(verdict)
    assert checked(receipt[:-8] + "AAAAAAAA") == {"valid": False}


def is_told_at_the_second_attempt(
    platform: Platform, citizen: Newcomer, webhook: Webhook, ppid: str
) -> dict[str, Any]:
    token = until(lambda: webhook.told.get(ppid), "the partner is told nothing")
    claims, event = event_of(platform, token)
    assert claims["sub_id"] == {"format": "opaque", "id": ppid}
    assert (event["request"], event["extent"]) == ("delete", "ended")
    assert event["items"] == ["HealthActivity.steps", "birthdate", "nickname", "ward"]

    def noted() -> dict[str, Any] | None:
        found: dict[str, Any] = service(citizen)["withdrawal"]
        return found if found["state"] == "received" else None

    assert until(noted, "nobody noted that the partner knows")["items"] == event["items"]
    return event


def acknowledges_and_the_citizen_sees_it(
    platform: Platform, citizen: Newcomer, partner: Kencom, event: dict[str, Any]
) -> None:
    path, body = event["acknowledgement"], {"deletedAt": to_iso(utc_now())}
    stranger = {"X-Api-Key": platform.outputs.partner("boshimo").api_key}
    assert platform.api.post(path, json=body).status_code == 401
    assert platform.api.post(path, json=body, headers=stranger).status_code == 404

    deleted = partner.call("POST", path, body)

    assert (deleted.status_code, deleted.json()["state"]) == (200, "deleted")
    seen = service(citizen)["withdrawal"]
    assert (seen["state"], seen["deletedAt"]) == ("deleted", body["deletedAt"])


@dataclass
class Auditor:
    """Somebody with the command and read access."""

    platform: Platform

    def verifies(self) -> tuple[int, str]:
        outputs = self.platform.outputs
        aws = Aws(outputs.emulator_url)
        (bucket,) = [
            found["Name"] for found in aws.s3.list_buckets()["Buckets"] if "-audit-anchors" in found["Name"]
        ]
        port = httpx.URL(outputs.emulator_url).port
        done = subprocess.run(
            [
                *(sys.executable, "-m", "machi", "audit", "verify"),
                *("--people-table", outputs.people_table, "--anchor-bucket", bucket),
                *("--keys", f"{outputs.api_url}/connect/jwks.json"),
            ],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT / "layers" / "machi" / "python"),
                "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
                "AWS_DEFAULT_REGION": outputs.region,
                "NO_PROXY": "*",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


def test_the_audit_finds_nothing_until_a_record_is_changed_and_then_names_it(
    platform: Platform,
    citizen: Newcomer,
    visitor: Visitor,
    kencom: str,
) -> None:
    auditor = Auditor(platform)
    visitor.arrive(f"{kencom}/sign-in")
    subject = claims_at(visitor, kencom)["sub"]
    with citizen.api() as api:
        (entry, *_) = [each for each in api.get("/history").json()["entries"] if each["kind"] == "disclosed"]
    code, said = auditor.verifies()
    assert code == 0, said

    client = Aws(platform.outputs.emulator_url).dynamodb
    place: Any = {
        "pk": {"S": f"CITIZEN#{subject}"},
        "sk": {"S": f"HISTORY#{entry['at']}#{entry['id']}"},
    }
    table = platform.outputs.people_table
    before = client.get_item(TableName=table, Key=place)["Item"]
    client.put_item(TableName=table, Item={**before, "purpose": {"S": "nothing to see here"}})
    try:
        code, said = auditor.verifies()
    finally:
        client.put_item(TableName=table, Item=before)

    assert code == 1
    (line, *_) = [each for each in said.splitlines() if subject in each]
    assert line.startswith("記録が書き換えられています")
    assert entry["id"] in line
    assert auditor.verifies()[0] == 0
