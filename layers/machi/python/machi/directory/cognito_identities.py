"""Identities at providers in the citizens' user pool.

Cognito keeps them in the attribute `identities` of a user, as JSON. The provider's own word about an address
is mapped to attributes of ours, never to `email`: that would be overwritten at each sign-in by the provider,
and an address proved twice changes hands (docs/adr/0111).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from machi.core.ids import CitizenId
from machi.directory.cognito import CognitoDirectory
from machi.identity.directory import User, UserState
from machi.identity.linking import IdentityTaken, LinkedUser, ProviderIdentity, TooManyIdentities

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

CLAIMED_EMAIL, CLAIMED_EMAIL_VERIFIED = "custom:idp_email", "custom:idp_email_verified"
"""What identity providers are mapped to."""

_SUBJECT = "Cognito_Subject"
"""Cognito's word for a provider's own id of a user."""


class CognitoIdentities:
    """Implements `machi.identity.linking.IdentityDirectory` on one user pool."""

    def __init__(
        self, client: CognitoIdentityProviderClient, users: CognitoDirectory, *, pool_id: str
    ) -> None:
        self._client = client
        self._users = users
        self._pool = pool_id

    def find(self, name: str) -> User | None:
        """See `CognitoDirectory.find`."""
        return self._users.find(name)

    def find_linked(self, citizen: CitizenId) -> LinkedUser | None:
        """See `CognitoDirectory.find_subject`, and AdminGetUser for the rest."""
        user = self._users.find_subject(citizen)
        return None if user is None else self._linked(user)

    def find_linked_by_name(self, username: str) -> LinkedUser | None:
        """AdminGetUser."""
        user = self._users.find(username)
        return None if user is None or user.username != username else self._linked(user)

    def link(self, owner: LinkedUser, identity: ProviderIdentity) -> None:
        """AdminLinkProviderForUser. Who came by a provider is named by that, everybody else by username."""
        primary = next((each for each in owner.identities if each.is_primary), None)
        destination = {"ProviderName": "Cognito", "ProviderAttributeValue": owner.user.username}
        if primary is not None and not owner.has_password:
            destination = {
                "ProviderName": primary.provider,
                "ProviderAttributeValue": primary.user_id,
            }
        try:
            self._client.admin_link_provider_for_user(
                UserPoolId=self._pool,
                DestinationUser=destination,  # type: ignore[arg-type]  # a TypedDict in all but name
                SourceUser={
                    "ProviderName": identity.provider,
                    "ProviderAttributeName": _SUBJECT,
                    "ProviderAttributeValue": identity.user_id,
                },
            )
        except self._client.exceptions.AliasExistsException:
            raise IdentityTaken("this identity signs in to another account") from None
        except self._client.exceptions.LimitExceededException:
            raise TooManyIdentities("the account has all the identities it may have") from None

    def unlink(self, identity: ProviderIdentity) -> None:
        """AdminDisableProviderForUser."""
        try:
            self._client.admin_disable_provider_for_user(
                UserPoolId=self._pool,
                User={
                    "ProviderName": identity.provider,
                    "ProviderAttributeName": _SUBJECT,
                    "ProviderAttributeValue": identity.user_id,
                },
            )
        except self._client.exceptions.ResourceNotFoundException:
            return

    def delete(self, username: str) -> None:
        """See `CognitoDirectory.delete`."""
        self._users.delete(username)

    def _linked(self, user: User) -> LinkedUser | None:
        try:
            answer = self._client.admin_get_user(UserPoolId=self._pool, Username=user.username)
        except self._client.exceptions.UserNotFoundException:
            return None
        attributes = {each["Name"]: each.get("Value", "") for each in answer["UserAttributes"]}
        return LinkedUser(
            user=user,
            has_password=user.state is UserState.CONFIRMED,
            identities=_identities(attributes.get("identities"), user),
            claimed_email=attributes.get(CLAIMED_EMAIL, "").strip().lower() or None,
            is_claim_verified=attributes.get(CLAIMED_EMAIL_VERIFIED, "").lower() == "true",
        )


def _identities(text: str | None, user: User) -> tuple[ProviderIdentity, ...]:
    read = json.loads(text) if text else []
    return tuple(_identity(each, user) for each in read if each.get("providerName") and each.get("userId"))


def _identity(entry: Mapping[str, Any], user: User) -> ProviderIdentity:
    created = entry.get("dateCreated")  # milliseconds
    return ProviderIdentity(
        provider=str(entry["providerName"]),
        user_id=str(entry["userId"]),
        is_primary=str(entry.get("primary", "")).lower() == "true",
        linked_at=datetime.fromtimestamp(int(created) / 1000, UTC) if created else user.created_at,
    )
