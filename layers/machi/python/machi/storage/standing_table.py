"""Where accounts stand, read off the account's item in the `people` table with one small read.

The item is `machi.storage.account_table`'s, its assurance `machi.storage.proofing_table`'s; this module only
reads, and imports neither, because the pre-token trigger has 120 ms to be imported in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from machi.core.ids import CitizenId
from machi.identity.standing import Standing
from machi.storage.proofing_table import read_assurance

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ACTIVE = "active"


class StandingTable:
    """Implements `machi.identity.standing.Standings` on DynamoDB."""

    def __init__(self, client: DynamoDBClient, table_name: str) -> None:
        self._client = client
        self._table = table_name

    def standing_of(self, citizen: CitizenId) -> Standing:
        """Read one account, strongly consistent (1 RCU). A state unknown here counts as closing."""
        answer = self._client.get_item(
            TableName=self._table,
            Key={"pk": {"S": f"CITIZEN#{citizen}"}, "sk": {"S": "ACCOUNT"}},
            ProjectionExpression="#state, assurance",
            ExpressionAttributeNames={"#state": "state"},
            ConsistentRead=True,
        )
        item = answer.get("Item", {})
        state = item["state"]["S"] if "state" in item else _ACTIVE
        return Standing(is_closing=state != _ACTIVE, assurance=read_assurance(item.get("assurance")))
