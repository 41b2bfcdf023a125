"""Identities in a user pool: what Cognito's calls are told, and what becomes of its answers.

Against the emulator, because moto knows no linking; its answers are those of the API reference.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from machi.core.ids import CitizenId
from machi.directory.cognito import CognitoDirectory
from machi.directory.cognito_identities import CognitoIdentities
from machi.identity.linking import IdentityTaken, LinkedUser, ProviderIdentity, TooManyIdentities
from tests.storage.conftest import emulator

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

__all__ = ["emulator"]  # the fixture

REGION = "ap-northeast-1"


@dataclass
class Pool:
    client: "CognitoIdentityProviderClient"
    id: str

    @property
    def identities(self) -> CognitoIdentities:
        users = CognitoDirectory(self.client, pool_id=self.id, client_id="none")
        return CognitoIdentities(self.client, users, pool_id=self.id)

    def citizen(self, username: str = "reg_hanako") -> LinkedUser:
        """A citizen with a password."""
        self._add(username, email=f"{username}@example.jp", email_verified="true")
        self.client.admin_set_user_password(
            UserPoolId=self.id, Username=username, Password="Kawaii-Tanuki-7", Permanent=True
        )
        return self.linked(username)

    def newcomer(self, provider: str, user_id: str, **attributes: str) -> LinkedUser:
        """Who has come into being by a provider."""
        username = f"{provider}_{user_id}"
        identity = {
            "userId": user_id,
            "providerName": provider,
            "providerType": "OIDC",
            "issuer": None,
            "primary": True,
            "dateCreated": 1_764_000_000_000,
        }
        self._add(username, identities=json.dumps([identity]), **attributes)
        return self.linked(username)

    def linked(self, username: str) -> LinkedUser:
        found = self.identities.find_linked_by_name(username)
        assert found is not None
        return found

    def _add(self, username: str, **attributes: str) -> None:
        self.client.admin_create_user(
            UserPoolId=self.id,
            Username=username,
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
        )


@pytest.fixture
def pool(emulator: str) -> Iterator[Pool]:  # the fixture
    client: Any = boto3.client(
        "cognito-idp",
        region_name=REGION,
        endpoint_url=emulator,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    made = client.create_user_pool(PoolName="citizens")["UserPool"]["Id"]
    yield Pool(client, made)
    client.delete_user_pool(UserPoolId=made)


def identity_of(user: LinkedUser) -> ProviderIdentity:
    (found,) = user.identities
    return found


def test_a_newcomer_is_read_with_what_the_provider_says(pool: Pool) -> None:
    newcomer = pool.newcomer(
        "LINE",
        "U1",
        **{"custom:idp_email": "Hanako@Example.jp", "custom:idp_email_verified": "true"},
    )

    found = identity_of(newcomer)
    assert (found.provider, found.user_id, found.is_primary) == ("LINE", "U1", True)
    assert found.linked_at.year == 2025
    assert (newcomer.claimed_email, newcomer.is_claim_verified) == ("hanako@example.jp", True)
    assert newcomer.user.email is None
    assert not newcomer.has_password


@pytest.mark.parametrize("word", ["false", "", "yes"])
def test_only_the_word_true_is_a_verified_address(pool: Pool, word: str) -> None:
    newcomer = pool.newcomer(
        "LINE", "U1", **{"custom:idp_email": "a@example.jp", "custom:idp_email_verified": word}
    )

    assert not newcomer.is_claim_verified


def test_an_identity_is_linked_after_its_own_user_is_gone(pool: Pool) -> None:
    hanako, newcomer = pool.citizen(), pool.newcomer("LINE", "U1")

    with pytest.raises(IdentityTaken):
        pool.identities.link(hanako, identity_of(newcomer))
    pool.identities.delete(newcomer.user.username)
    pool.identities.link(hanako, identity_of(newcomer))

    linked = identity_of(pool.linked("reg_hanako"))
    assert (linked.provider, linked.user_id, linked.is_primary) == ("LINE", "U1", False)
    assert pool.linked("reg_hanako").has_password


def test_linking_twice_links_once_and_to_nobody_else(pool: Pool) -> None:
    hanako, taro = pool.citizen(), pool.citizen("reg_taro")
    line = identity_of(pool.newcomer("LINE", "U1"))
    pool.identities.delete("LINE_U1")
    pool.identities.link(hanako, line)

    pool.identities.link(hanako, line)
    with pytest.raises(IdentityTaken):
        pool.identities.link(taro, line)

    assert len(pool.linked("reg_hanako").identities) == 1


def test_a_sixth_identity_finds_no_room(pool: Pool) -> None:
    hanako = pool.citizen()
    primary = identity_of(pool.newcomer("LINE", "U0"))
    for number in range(5):
        found = ProviderIdentity(f"P{number}", "u", is_primary=False, linked_at=primary.linked_at)
        pool.identities.link(hanako, found)

    with pytest.raises(TooManyIdentities):
        pool.identities.link(
            hanako, ProviderIdentity("P5", "u", is_primary=False, linked_at=primary.linked_at)
        )


def test_unlinking_may_be_repeated(pool: Pool) -> None:
    hanako, line = pool.citizen(), identity_of(pool.newcomer("LINE", "U1"))
    pool.identities.delete("LINE_U1")
    pool.identities.link(hanako, line)

    pool.identities.unlink(line)
    pool.identities.unlink(line)

    assert pool.linked("reg_hanako").identities == ()


def test_who_came_by_a_provider_can_have_another_one_too(pool: Pool) -> None:
    newcomer = pool.newcomer("LINE", "U1")
    google = identity_of(pool.newcomer("Google", "G1"))
    pool.identities.delete("Google_G1")

    pool.identities.link(newcomer, google)

    assert [each.provider for each in pool.linked("LINE_U1").identities] == ["LINE", "Google"]


def test_users_are_found_by_their_subject_and_never_by_half_a_name(pool: Pool) -> None:
    hanako = pool.citizen()

    found = pool.identities.find_linked(hanako.user.subject)
    assert found is not None
    assert found.user.username == "reg_hanako"
    assert pool.identities.find_linked(CitizenId("00000000-0000-4000-8000-000000000000")) is None
    assert pool.identities.find_linked_by_name("nobody") is None
    assert pool.identities.find_linked_by_name(str(hanako.user.email)) is None
