"""What is tried on the way from the portal to the result, and refused."""

import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.utils import base64url_encode

from machi.outbound import Reply
from machi.proofing.errors import AnotherBrowser, AnswerRefused, AttemptOver, CodeRefused, ServiceUnavailable
from machi.proofing.proofings import Answer, Outcome, Result, outcome_of
from machi.signing.jws import signed
from tests.unit.proofing.world import HANAKO, PROFILE, TARO, World, with_state
from tests.unit.signing.local_key import LocalKey


@pytest.fixture
def world() -> World:
    return World()


def problem_of(result: Result) -> type[BaseException]:
    assert result.problem is not None
    return type(result.problem)


class TestStateAndBrowser:
    def test_an_answer_is_taken_once(self, world: World) -> None:
        secret = world.begin()
        answer = world.at_the_service(secret, "normal")
        world.proofings.finish(answer, secret, "r")
        world.people.assurances.clear()

        again = world.proofings.finish(answer, secret, "r")

        assert problem_of(again) is AttemptOver
        assert world.people.assurances == {}

    def test_a_declined_attempt_cannot_be_taken_up_again(self, world: World) -> None:
        secret = world.begin()
        declined = world.at_the_service(secret, "cancel")
        answer = world.at_the_service(secret, "normal")
        world.proofings.finish(declined, secret, "r")

        assert problem_of(world.proofings.finish(answer, secret, "r")) is AttemptOver

    def test_another_citizen_s_state_is_of_no_use(self, world: World) -> None:
        """The attacker sends the victim an answer that was made for the attacker's attempt."""
        world.people.profiles[TARO] = PROFILE
        victim, attacker = world.begin(HANAKO), world.begin(TARO)
        attackers = world.at_the_service(attacker, "normal")

        result = world.proofings.finish(attackers, victim, "r")

        assert problem_of(result) is AnotherBrowser
        assert world.people.assurances == {}

    def test_a_browser_that_did_not_begin_gets_nothing_and_spoils_nothing(self, world: World) -> None:
        secret = world.begin()
        answer = world.at_the_service(secret, "normal")

        assert problem_of(world.proofings.finish(answer, None, "r")) is AnotherBrowser
        assert world.proofings.finish(answer, secret, "r").outcome is Outcome.PROVEN

    def test_knowing_a_state_does_not_make_its_cookie(self, world: World) -> None:
        secret = world.begin()
        answer = world.at_the_service(secret, "normal")

        assert problem_of(world.proofings.finish(answer, answer.state, "r")) is AnotherBrowser

    @pytest.mark.parametrize("state", ["", "x", "0" * 64, "🦊"])
    def test_a_made_up_state_is_refused(self, world: World, state: str) -> None:
        secret = world.begin()
        answer = world.at_the_service(secret, "normal")

        assert problem_of(world.proofings.finish(with_state(answer, state), secret, "r")) is AnotherBrowser

    def test_a_code_of_one_attempt_is_refused_in_another(self, world: World) -> None:
        """Code injection: PKCE ties the code to the attempt, and the nonce the token."""
        mine, stolen = world.begin(), world.begin(TARO)
        code = world.at_the_service(stolen, "normal").code
        answer = Answer(world.at_the_service(mine, "normal").state, code, "", "")

        result = world.proofings.finish(answer, mine, "r")

        assert problem_of(result) is CodeRefused
        assert world.people.assurances == {}

    def test_an_answer_with_neither_code_nor_error_proves_nothing(self, world: World) -> None:
        secret = world.begin()
        state = world.at_the_service(secret, "normal").state

        assert world.proofings.finish(Answer(state, "", "", ""), secret, "r").outcome is Outcome.UNAVAILABLE

    def test_an_error_beside_a_code_counts_as_error(self, world: World) -> None:
        secret = world.begin()
        answer = world.at_the_service(secret, "normal")
        both = Answer(answer.state, answer.code, "access_denied", "")

        assert world.proofings.finish(both, secret, "r").outcome is Outcome.CANCELLED


class TestIdToken:
    """A token endpoint that answers with whatever an attacker can make."""

    def finish(self, world: World, token: Callable[[dict[str, Any]], str]) -> Result:
        secret = world.begin()
        answer = world.at_the_service(secret, "normal")
        (attempt,) = world.attempts.attempts.values()
        now = int(time.time())
        claims = {
            "iss": world.service.issuer,
            "aud": world.service.client_id,
            "sub": "somebody",
            "iat": now,
            "exp": now + 60,
            "nonce": attempt.nonce,
        }
        body = json.dumps({"id_token": token(claims), "access_token": "a", "token_type": "Bearer"})
        world.network.replies["/token"] = Reply(200, body.encode())
        userinfo = {
            "sub": "somebody",
            "name": "一宮花子",
            "address": "一宮市本町2-5-6",
            "birthdate": "19900401",
            "gender": "2",
        }
        world.network.replies["/userinfo"] = Reply(200, json.dumps(userinfo).encode())
        return world.proofings.finish(answer, secret, "r")

    @pytest.fixture
    def genuine(self, world: World) -> LocalKey:
        """A key of the service: what it signs counts."""
        key = LocalKey()
        document = json.dumps({"keys": [dict(key.public_jwk())]})
        world.network.replies["/certs"] = Reply(200, document.encode())
        return key

    def test_the_measure_a_genuine_token_is_taken(self, world: World, genuine: LocalKey) -> None:
        result = self.finish(world, lambda claims: signed(claims, genuine, typ="JWT"))

        assert result.outcome is Outcome.PROVEN

    @pytest.mark.parametrize(
        "changed",
        [
            {"iss": "https://auth-and-sign.go.jp.example/api/realms/main"},
            {"iss": None},
            {"aud": "somebody-else"},
            {"aud": ["somebody-else"]},
            {"aud": None},
            {"aud": ["ichinomiya-machi", "somebody-else"]},
            {"azp": "somebody-else"},
            {"aud": ["ichinomiya-machi", "somebody-else"], "azp": "somebody-else"},
            {"nonce": "another"},
            {"nonce": None},
            {"nonce": 7},
            {"nonce": "花"},
            {"exp": int(time.time()) - 60},
            {"exp": None},
            {"exp": "soon"},
            {"iat": int(time.time()) + 3600},
            {"iat": None},
            {"nbf": int(time.time()) + 3600},
            {"sub": None},
            {"sub": ""},
            {"sub": 7},
            {"sub": "somebody else"},
        ],
    )
    def test_a_genuine_token_that_is_not_for_this_attempt_is_refused(
        self, world: World, genuine: LocalKey, changed: Mapping[str, object]
    ) -> None:
        def token(claims: dict[str, Any]) -> str:
            wanted = {name: value for name, value in {**claims, **changed}.items() if value is not None}
            return signed(wanted, genuine, typ="JWT")

        result = self.finish(world, token)

        assert problem_of(result) is AnswerRefused
        assert world.people.assurances == {}

    @pytest.mark.usefixtures("genuine")
    def test_a_token_of_a_foreign_key_is_refused(self, world: World) -> None:
        result = self.finish(world, lambda claims: signed(claims, LocalKey(), typ="JWT"))

        assert problem_of(result) is AnswerRefused

    def test_a_foreign_key_under_a_known_name_is_refused(self, world: World, genuine: LocalKey) -> None:
        foreign = ec.generate_private_key(ec.SECP256R1())
        headers = {"kid": genuine.key_id}

        result = self.finish(world, lambda claims: jwt.encode(claims, foreign, "ES256", headers))

        assert problem_of(result) is AnswerRefused

    def test_alg_none_is_refused(self, world: World, genuine: LocalKey) -> None:
        headers = {"kid": genuine.key_id}

        result = self.finish(world, lambda claims: jwt.encode(claims, "", "none", headers))

        assert problem_of(result) is AnswerRefused

    def test_the_public_key_is_no_shared_secret(self, world: World, genuine: LocalKey) -> None:
        """HS256 over the published key: confusion of algorithms."""
        secret = json.dumps(dict(genuine.public_jwk())).encode()

        def token(claims: dict[str, Any]) -> str:
            header = {"alg": "HS256", "typ": "JWT", "kid": genuine.key_id}
            parts = [base64url_encode(json.dumps(part).encode()).decode() for part in (header, claims)]
            mac = hmac.digest(secret, ".".join(parts).encode(), "sha256")
            return ".".join([*parts, base64url_encode(mac).decode()])

        result = self.finish(world, token)

        assert problem_of(result) is AnswerRefused

    def test_a_key_that_the_token_brings_along_does_not_count(self, world: World, genuine: LocalKey) -> None:
        foreign = LocalKey()
        private = ec.generate_private_key(ec.SECP256R1())
        headers = {"kid": genuine.key_id, "jwk": dict(foreign.public_jwk()), "jku": "https://evil.example/"}

        result = self.finish(world, lambda claims: jwt.encode(claims, private, "ES256", headers))

        assert problem_of(result) is AnswerRefused

    @pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30.e30.", "x" * 20_000])
    def test_what_is_no_token_is_refused(self, world: World, token: str) -> None:
        assert problem_of(self.finish(world, lambda _: token)) is AnswerRefused

    def test_a_changed_claim_breaks_the_signature(self, world: World, genuine: LocalKey) -> None:
        def token(claims: dict[str, Any]) -> str:
            head, _, signature = signed(claims, genuine, typ="JWT").split(".")
            _, other, _ = signed({**claims, "sub": "x"}, genuine, typ="JWT").split(".")
            return f"{head}.{other}.{signature}"

        assert problem_of(self.finish(world, token)) is AnswerRefused


class TestAnswersOfTheService:
    @pytest.mark.parametrize(
        ("end", "reply", "problem"),
        [
            ("/token", Reply(200, b"not JSON"), AnswerRefused),
            ("/token", Reply(200, b"[]"), AnswerRefused),
            ("/token", Reply(200, b"{}"), AnswerRefused),
            ("/token", Reply(200, b"[" * 100_000), AnswerRefused),
            ("/token", Reply(302, b""), ServiceUnavailable),
            ("/token", Reply(401, b'{"error":"invalid_client"}'), ServiceUnavailable),
            ("/token", Reply(503, b'{"error":"invalid_grant"}'), ServiceUnavailable),
            ("/token", Reply(400, b'{"error":"invalid_grant"}'), CodeRefused),
            ("/certs", Reply(200, b"{}"), ServiceUnavailable),
            ("/userinfo", Reply(401, b""), ServiceUnavailable),
            ("/userinfo", Reply(200, b"null"), AnswerRefused),
            ("/userinfo", Reply(200, b'{"sub":"somebody else"}'), AnswerRefused),
        ],
    )
    def test_an_unusable_answer_proves_nothing(
        self, world: World, end: str, reply: Reply, problem: type[BaseException]
    ) -> None:
        secret = world.begin()
        answer = world.at_the_service(secret, "normal")
        world.network.replies[end] = reply

        assert problem_of(world.proofings.finish(answer, secret, "r")) is problem
        assert world.people.assurances == {}

    @pytest.mark.parametrize("spoilt", [{"name": ""}, {"address": {"formatted": "x"}}, {"name": "x" * 501}])
    def test_items_that_are_no_short_texts_are_refused(
        self, world: World, spoilt: Mapping[str, object]
    ) -> None:
        secret = world.begin()
        answer = world.at_the_service(secret, "normal")
        genuine = world.network.get

        def get(url: str, headers: Mapping[str, str] | None = None) -> Reply:
            reply = genuine(url, headers)
            if not url.endswith("/userinfo"):
                return reply
            return Reply(200, json.dumps(json.loads(reply.body) | spoilt).encode())

        world.network.get = get  # type: ignore[method-assign]

        assert problem_of(world.proofings.finish(answer, secret, "r")) is AnswerRefused

    def test_no_message_of_ours_repeats_what_came(self, world: World) -> None:
        secret = world.begin()
        answer = world.at_the_service(secret, "normal")
        forged = Answer(answer.state, "", "<script>", "一宮花子")

        result = world.proofings.finish(forged, secret, "r")

        assert "script" not in str(result.problem)
        assert "花子" not in str(result.problem)


class TestKeys:
    def test_a_key_that_the_service_changes_is_fetched(self, world: World) -> None:
        party = world.party
        assert world.prove().outcome is Outcome.PROVEN
        world.simulators.digital_id.rotate()
        world.seconds += 61

        secret = world.begin()
        answer = world.at_the_service(secret, "normal")
        (attempt,) = world.attempts.attempts.values()
        card = party.card_items(code=answer.code, nonce=attempt.nonce, verifier=attempt.verifier)

        assert card.name == "一宮　花子"

    def test_our_own_key_changes_without_a_gap(self, world: World) -> None:
        """The order of the runbook: publish the new one, sign with it, take the old one away."""
        old, new = world.key, LocalKey()
        world.published = [old, new]
        assert world.prove().outcome is Outcome.PROVEN
        world.key = new
        assert world.prove().outcome is Outcome.PROVEN
        world.published = [new]
        assert world.prove().outcome is Outcome.PROVEN

    def test_a_key_that_is_not_published_opens_nothing(self, world: World) -> None:
        world.key = LocalKey()

        assert world.prove().outcome is Outcome.UNAVAILABLE


def test_every_problem_has_an_end_that_the_citizen_is_told() -> None:
    for problem in (AttemptOver, AnotherBrowser, CodeRefused, ServiceUnavailable, AnswerRefused):
        assert outcome_of(problem("x")) is not Outcome.PROVEN
