"""Authorization requests that wait, in the `people` table (closed class).

| item | pk | sk |
|---|---|---|
| request | `AUTHREQ#{SHA-256 of its id}` | `AUTHREQ` |

Taking one out is a conditional delete that gives back what it deleted: of two that try, one gets it. TTL
attribute `expires`; the domain looks at the time itself.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from machi.connect.request import AuthorizationRequest, Prompt
from machi.connect.waiting import MAX_ID_LENGTH, Deciding, SigningIn, hash_of
from machi.core.clock import to_iso
from machi.core.data_class import DataClass
from machi.core.ids import ApplicationId
from machi.core.language import Language

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_REQUEST = "AUTHREQ"
_SIGNING_IN, _DECIDING = "signing-in", "deciding"


class WaitingTable:
    """Implements `machi.connect.waiting.WaitingRequests` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def put_signing_in(self, waiting: SigningIn) -> None:
        """Write it (2 WCU, up to 2 KB)."""
        self._put(
            waiting,
            {
                "phase": {"S": _SIGNING_IN},
                "browser": {"S": waiting.browser},
                "nonce": {"S": waiting.nonce},
                "verifier": {"S": waiting.verifier},
            },
        )

    def take_signing_in(self, waiting_id: str) -> SigningIn | None:
        """Delete and return it (2 WCU)."""
        item = self._take(waiting_id, _SIGNING_IN)
        if item is None:
            return None
        return SigningIn(
            id=waiting_id,
            request=_request(item["request"]["S"]),
            browser=item["browser"]["S"],
            nonce=item["nonce"]["S"],
            verifier=item["verifier"]["S"],
            expires=_moment(item),
        )

    def put_deciding(self, waiting: Deciding) -> None:
        """Write it (2 WCU, up to 2 KB)."""
        self._put(
            waiting,
            {
                "phase": {"S": _DECIDING},
                "session": {"S": waiting.session},
                "formToken": {"S": waiting.form_token},
            },
        )

    def find_deciding(self, waiting_id: str) -> Deciding | None:
        """Read it, strongly consistent (1 RCU)."""
        if not _is_plausible(waiting_id):
            return None
        answer = self._client.get_item(TableName=self._table, Key=_key(waiting_id), ConsistentRead=True)
        item = answer.get("Item")
        return _deciding(waiting_id, item) if item is not None and item["phase"]["S"] == _DECIDING else None

    def take_deciding(self, waiting_id: str) -> Deciding | None:
        """Delete and return it (2 WCU)."""
        item = self._take(waiting_id, _DECIDING)
        return None if item is None else _deciding(waiting_id, item)

    def _put(self, waiting: SigningIn | Deciding, more: dict[str, Any]) -> None:
        item = {
            **_key(waiting.id),
            "dataClass": {"S": DataClass.CLOSED.value},
            "request": {"S": _document(waiting.request)},
            "endsAt": {"S": to_iso(waiting.expires)},
            "expires": {"N": str(int(waiting.expires.timestamp()) + 1)},
            **more,
        }
        self._client.put_item(
            TableName=self._table, Item=item, ConditionExpression="attribute_not_exists(pk)"
        )

    def _take(self, waiting_id: str, phase: str) -> dict[str, Any] | None:
        if not _is_plausible(waiting_id):
            return None
        try:
            answer = self._client.delete_item(
                TableName=self._table,
                Key=_key(waiting_id),
                ConditionExpression="phase = :phase",
                ExpressionAttributeValues={":phase": {"S": phase}},
                ReturnValues="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        return dict(answer["Attributes"])


def _is_plausible(waiting_id: str) -> bool:
    return 0 < len(waiting_id) <= MAX_ID_LENGTH and waiting_id.isascii()


def _key(waiting_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"{_REQUEST}#{hash_of(waiting_id)}"}, "sk": {"S": _REQUEST}}


def _deciding(waiting_id: str, item: dict[str, Any]) -> Deciding:
    return Deciding(
        id=waiting_id,
        request=_request(item["request"]["S"]),
        session=item["session"]["S"],
        form_token=item["formToken"]["S"],
        expires=_moment(item),
    )


def _document(request: AuthorizationRequest) -> str:
    return json.dumps(
        {
            "application": request.application,
            "isPartner": request.is_partner,
            "clientId": request.client_id,
            "redirectUri": request.redirect_uri,
            "state": request.state,
            "nonce": request.nonce,
            "codeChallenge": request.code_challenge,
            "prompt": sorted(request.prompt),
            "maxAge": request.max_age,
            "language": request.language,
        }
    )


def _request(document: str) -> AuthorizationRequest:
    read = json.loads(document)
    return AuthorizationRequest(
        application=ApplicationId(read["application"]),
        is_partner=read["isPartner"],
        client_id=read["clientId"],
        redirect_uri=read["redirectUri"],
        state=read["state"],
        nonce=read["nonce"],
        code_challenge=read["codeChallenge"],
        prompt=frozenset(map(Prompt, read["prompt"])),
        max_age=read["maxAge"],
        language=Language(read["language"]) if read["language"] else None,
    )


def _moment(item: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(item["endsAt"]["S"]).astimezone(UTC)
