"""A citizen's consents with the last use of each, from the `people` table (closed class), in one query.

`CONSENT#{application}` is written by `machi.storage.consent_table`, `CONSENT-USED#{application}` by
`machi.storage.disclosure_table` together with the record of the disclosure.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from machi.consent.overview import Overview
from machi.consent.repositories import StoredConsent
from machi.core.ids import ApplicationId, CitizenId
from machi.storage.consent_table import stored_consent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CONSENT = "CONSENT#"
_USED = "CONSENT-USED#"


class ConsentOverviewTable:
    """Implements `machi.consent.overview.Overviews` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def overview_of(self, subject: CitizenId) -> Overview:
        """One query, strongly consistent (1 RCU for each 4 KB; a service takes about 0.6 KB)."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
            ExpressionAttributeValues={":pk": {"S": f"CITIZEN#{subject}"}, ":sk": {"S": "CONSENT"}},
            ConsistentRead=True,
        )
        stored: list[StoredConsent] = []
        last_used: dict[ApplicationId, datetime] = {}
        for page in pages:
            for item in page["Items"]:
                if item["sk"]["S"].startswith(_USED):
                    used = datetime.fromisoformat(item["at"]["S"])
                    last_used[ApplicationId(item["application"]["S"])] = used
                elif item["sk"]["S"].startswith(_CONSENT):
                    stored.append(stored_consent(item))
        return Overview(stored, last_used)
