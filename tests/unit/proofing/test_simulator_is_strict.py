"""What the simulated service refuses; were it lenient, the attacks beside this would prove little."""

import time
from collections.abc import Mapping
from typing import Any

import jwt
import pytest

from machi.proofing.relying_party import ASSERTION_TYPE
from machi.signing.jws import signed
from tests.unit.proofing.world import World, query_of
from tests.unit.signing.local_key import LocalKey


@pytest.fixture
def world() -> World:
    return World()


class TestTheSimulatorIsStrict:
    """Assertions, codes, verifiers, authorization requests."""

    def exchange(self, world: World, **changed: str) -> int:
        secret = world.begin()
        answer = world.at_the_service(secret, "normal")
        world.proofings.finish(answer, secret, "r")
        form = {**world.network.forms[-1], **changed}
        return world.browser.post(world.service.token_endpoint, form).status_code

    def fresh(self, world: World) -> tuple[str, str]:
        """An unused code with its verifier."""
        secret = world.begin()
        code = world.at_the_service(secret, "normal").code
        (attempt,) = world.attempts.attempts.values()
        world.attempts.attempts.clear()
        return code, attempt.verifier

    def assertion(self, world: World, **changed: object) -> str:
        now = int(time.time())
        claims = {
            "iss": world.service.client_id,
            "sub": world.service.client_id,
            "aud": world.service.token_endpoint,
            "jti": str(time.perf_counter_ns()),
            "iat": now,
            "exp": now + 120,
        }
        wanted = {name: value for name, value in {**claims, **changed}.items() if value is not None}
        return signed(wanted, world.key, typ="JWT")

    def token(self, world: World, assertion: str, **changed: str) -> tuple[int, Any]:
        code, verifier = self.fresh(world)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": world.service.redirect_uri,
            "client_id": world.service.client_id,
            "code_verifier": verifier,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": assertion,
        }
        answer = world.browser.post(world.service.token_endpoint, form | changed)
        return answer.status_code, answer.json()

    def test_the_measure_a_genuine_assertion_is_taken(self, world: World) -> None:
        status, document = self.token(world, self.assertion(world))

        assert status == 200
        assert jwt.get_unverified_header(document["id_token"])["alg"] == "ES256"

    def test_an_assertion_is_taken_once(self, world: World) -> None:
        assertion = self.assertion(world)
        assert self.token(world, assertion)[0] == 200

        status, document = self.token(world, assertion)

        assert (status, document["error"]) == (400, "invalid_client")

    @pytest.mark.parametrize(
        "changed",
        [
            {"iss": "somebody-else"},
            {"sub": "somebody-else"},
            {"aud": "https://somebody-else.example/token"},
            {"jti": None},
            {"exp": int(time.time()) - 60},
            {"exp": int(time.time()) + 3600},
            {"exp": None},
            {"iat": None},
        ],
    )
    def test_an_assertion_with_a_wrong_claim_is_refused(
        self, world: World, changed: Mapping[str, object]
    ) -> None:
        status, document = self.token(world, self.assertion(world, **changed))

        assert (status, document["error"]) == (400, "invalid_client")

    def test_a_foreign_or_missing_assertion_is_refused(self, world: World) -> None:
        genuine, world.key = world.key, LocalKey()
        foreign = self.assertion(world)
        world.key = genuine

        assert self.token(world, foreign)[1]["error"] == "invalid_client"
        assert self.token(world, "")[1]["error"] == "invalid_client"

    def test_a_code_is_exchanged_once(self, world: World) -> None:
        assertion = self.assertion(world)

        assert self.exchange(world, client_assertion=assertion) == 400

    @pytest.mark.parametrize(
        "changed",
        [{"code_verifier": "x" * 43}, {"code_verifier": ""}, {"redirect_uri": "http://localhost:1/"}],
    )
    def test_a_code_needs_its_verifier_and_address(self, world: World, changed: dict[str, str]) -> None:
        assert self.token(world, self.assertion(world), **changed)[0] == 400

    @pytest.mark.parametrize(
        "changed",
        [
            {"state": ""},
            {"nonce": ""},
            {"code_challenge": ""},
            {"code_challenge_method": "plain"},
            {"code_challenge_method": ""},
            {"redirect_uri": "http://localhost:8701/elsewhere"},
            {"client_id": "somebody-else"},
            {"response_type": "token"},
        ],
    )
    def test_an_authorization_request_that_lacks_something_stays_there(
        self, world: World, changed: dict[str, str]
    ) -> None:
        query = query_of(world.proofings.waiting(world.begin()).url) | changed
        address = f"{world.service.issuer}/protocol/openid-connect/auth?"
        query_string = "&".join(f"{name}={value}" for name, value in query.items() if value)

        answer = world.browser.get(address + query_string.replace(" ", "+"))

        assert answer.status_code == 400
        assert "location" not in answer.headers

    def test_userinfo_needs_its_token(self, world: World) -> None:
        answer = world.browser.get(world.service.userinfo_endpoint, {"Authorization": "Bearer made-up"})

        assert answer.status_code == 401
