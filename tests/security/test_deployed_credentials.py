"""Keys and tokens at the deployed platform: forged, suspended, revoked, too busy."""

import base64
import json
import time

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from jwt.algorithms import RSAAlgorithm

from tests.security.deployed_city import READS, UNKNOWN_KEY, DeployedCity, bearer, key, stranger
from tests.token_pool import TokenPool

PROFILE = "/citizen/v1/profile"
SITES = "/ngsi-ld/v1/entities?type=EvacuationSite&limit=1"


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, str(answer.json()["type"]).rpartition(":")[2]


def test_without_a_key_or_with_an_unknown_one_the_answer_is_401(deployed: DeployedCity) -> None:
    for sent in ({}, key(UNKNOWN_KEY), key(""), key("short"), key(deployed.reader.upper())):
        assert problem(deployed.send("GET", SITES, sent)) == (401, "unauthenticated")


def test_a_suspended_application_is_stopped_at_its_next_request_and_comes_back(
    deployed: DeployedCity,
) -> None:
    its_key = deployed.application("security-suspended", READS)
    assert deployed.send("GET", SITES, key(its_key)).status_code == 200

    deployed.suspend("security-suspended")

    for path in (SITES, "/public/v1/health"):
        assert problem(deployed.send("GET", path, key(its_key))) == (403, "forbidden")
    deployed.application("security-suspended", READS)
    assert deployed.send("GET", SITES, key(its_key)).status_code == 200


def test_a_revoked_key_opens_nothing_although_the_gateway_still_knows_it(deployed: DeployedCity) -> None:
    its_key = deployed.application("security-revoked", READS)
    assert deployed.send("GET", SITES, key(its_key)).status_code == 200

    deployed.revoke("security-revoked", its_key)

    assert problem(deployed.send("GET", SITES, key(its_key))) == (401, "unauthenticated")


def test_more_requests_than_the_plan_allows_are_told_when_to_come_again(deployed: DeployedCity) -> None:
    hasty = deployed.application("security-hasty", READS, plan="trial")

    answers = [deployed.send("GET", SITES, key(hasty))]
    deadline = time.monotonic() + 30
    while answers[-1].status_code == 200 and time.monotonic() < deadline:
        answers.append(deployed.send("GET", SITES, key(hasty)))

    assert problem(answers[-1]) == (429, "too-many-requests")
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].headers["content-type"] == "application/problem+json"
    assert len(answers) > 10, "a plan allows some requests"


def forgeries(deployed: DeployedCity) -> dict[str, str]:
    genuine = deployed.hanako.access
    header, payload, signature = genuine.split(".")
    claims = jwt.decode(genuine, options={"verify_signature": False})
    genuine_header = jwt.get_unverified_header(genuine)
    other = deployed.taro.access.split(".")[1]
    return {
        "signed by a stranger with the pool's key id": jwt.encode(
            claims, stranger().key, algorithm="RS256", headers=genuine_header
        ),
        "signed by a stranger who brings the key along": jwt.encode(
            claims,
            stranger().key,
            algorithm="RS256",
            headers={**genuine_header, "jwk": json.loads(RSAAlgorithm.to_jwk(stranger().key.public_key()))},
        ),
        "not signed": f"{_part({**genuine_header, 'alg': 'none'})}.{payload}.",
        "signed with the public key as secret": _signed_with_public_key(deployed, genuine_header, payload),
        "payload of another citizen": f"{header}.{other}.{signature}",
        "cut": genuine[:-8],
        "id token": deployed.hanako.identity,
        "of another pool": TokenPool().token(),
        "no token": "x",
        "api key": deployed.writer,
    }


def test_no_forged_token_opens_the_profile(deployed: DeployedCity) -> None:
    opened = {
        name: answer.status_code
        for name, token in forgeries(deployed).items()
        if (answer := deployed.send("GET", PROFILE, bearer(token))).status_code != 401
    }

    assert opened == {}
    assert deployed.send("GET", PROFILE, bearer(deployed.hanako.access)).status_code == 200


def test_each_citizen_sees_the_own_profile_and_no_other(deployed: DeployedCity) -> None:
    hanako = deployed.send("GET", PROFILE, bearer(deployed.hanako.access)).json()
    taro = deployed.send("GET", PROFILE, bearer(deployed.taro.access)).json()

    assert (hanako["familyName"], taro["familyName"]) == ("一宮", "木曽川")


def test_a_change_counts_once_and_only_from_the_version_that_was_seen(deployed: DeployedCity) -> None:
    taro = bearer(deployed.taro.access)
    seen = deployed.send("GET", PROFILE, taro)
    told = {name: value for name, value in seen.json().items() if name != "updatedAt"}
    expecting = {**taro, "If-Match": seen.headers["etag"]}

    changed = deployed.send("PUT", PROFILE, expecting, json={**told, "nickname": "たろ", "ward": "kifune"})
    again = deployed.send("PUT", PROFILE, expecting, json={**told, "nickname": "別"})
    restored = deployed.send("PUT", PROFILE, {**taro, "If-Match": changed.headers["etag"]}, json=told)

    assert (changed.status_code, changed.json()["ward"]) == (200, "kifune")
    assert problem(again) == (412, "version-mismatch")
    assert {name: restored.json()[name] for name in told} == told


def test_a_look_at_a_profile_leaves_a_record_with_the_id_of_the_request(deployed: DeployedCity) -> None:
    answer = deployed.send("GET", PROFILE, bearer(deployed.hanako.access))

    subject = jwt.decode(deployed.hanako.access, options={"verify_signature": False})["sub"]
    records = deployed.aws.dynamodb.query(
        TableName=deployed.outputs.people_table,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :record)",
        ExpressionAttributeValues={":pk": {"S": f"CITIZEN#{subject}"}, ":record": {"S": "RECORD#"}},
    )["Items"]
    of_request = [item for item in records if item["request"]["S"] == answer.headers["x-request-id"]]
    assert [item["act"]["S"] for item in of_request] == ["read"]
    assert {"S": "familyName"} in of_request[0]["members"]["L"]
    assert "花子" not in repr(records)


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_only_the_portal_may_read_answers_in_a_browser(deployed: DeployedCity, origin: str) -> None:
    portal = deployed.outputs.portal_url
    asked = {
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,if-match",
    }

    preflight = deployed.send("OPTIONS", PROFILE, headers={**asked, "Origin": portal})
    read = deployed.send("GET", PROFILE, bearer(deployed.hanako.access), headers={"Origin": portal})
    refused = deployed.send("GET", PROFILE, headers={"Origin": portal})
    foreign = deployed.send("GET", PROFILE, bearer(deployed.hanako.access), headers={"Origin": origin})

    assert preflight.is_success
    assert "PUT" in preflight.headers["access-control-allow-methods"]
    assert "if-match" in preflight.headers["access-control-allow-headers"].lower()
    for answer in (preflight, read, refused):
        assert answer.headers["access-control-allow-origin"] == portal
    assert foreign.headers.get("access-control-allow-origin") != origin


def test_no_log_has_a_credential_or_a_person(deployed: DeployedCity) -> None:
    deployed.send("GET", SITES, key(deployed.reader))
    deployed.send("GET", SITES, key(UNKNOWN_KEY))
    deployed.send("GET", PROFILE, bearer(deployed.hanako.access))
    body = {"familyName": "秘密" * 100}
    sent = {**bearer(deployed.hanako.access), "If-Match": '"0"'}
    assert deployed.send("PUT", PROFILE, sent, json=body).status_code == 422

    subject = jwt.decode(deployed.hanako.access, options={"verify_signature": False})["sub"]
    logs = "".join(deployed.platform.log_of(name) for name in ("Authorizer", "Broker", "Citizen", "Public"))
    assert '"route"' in logs, "the functions' logs were found"
    for secret in (
        deployed.reader,
        deployed.outputs.api_key,
        deployed.outputs.conformance_key,
        UNKNOWN_KEY,
        deployed.hanako.access.split(".")[2],
        deployed.outputs.demo_citizens[0].email,
        subject,
        "花子",
        "秘密",
    ):
        assert secret not in logs


def _part(values: dict[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


def _signed_with_public_key(deployed: DeployedCity, header: dict[str, object], payload: str) -> str:
    claims = jwt.decode(deployed.hanako.access, options={"verify_signature": False})
    pool = str(claims["iss"]).rpartition("/")[2]
    published = httpx.get(
        f"{deployed.outputs.emulator_url}/{pool}/.well-known/jwks.json", trust_env=False
    ).json()
    (jwk, *_) = [entry for entry in published["keys"] if entry["kid"] == header["kid"]]
    public = jwt.PyJWK(jwk).key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    signing = f"{_part({**header, 'alg': 'HS256'})}.{payload}"
    signature = jwt.get_algorithm_by_name("HS256").sign(signing.encode(), public)
    return f"{signing}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"
