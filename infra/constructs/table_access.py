"""Which operations on a table a function may do. Nobody may scan: a page is read by key."""

from collections.abc import Sequence

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from infra.constructs.people_partitions import PARTITIONS
from infra.constructs.python_function import PythonFunction
from infra.constructs.table import PersonalTable

READ = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
WRITE = (
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
)
LOOK_UP = ("dynamodb:GetItem", "dynamodb:BatchGetItem")
READ_STREAM = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)
_USE_KEY = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


CITIZENS = ("CITIZEN#*",)
"""Partitions of the `people` table that hold one citizen each."""
GROWN = ("GROWN#*",)
"""Partitions that say whose disclosures grew on a day."""


def may_look_up(function: PythonFunction, table: dynamodb.ITable, partitions: Sequence[str] = ()) -> None:
    """Items by their whole key; only in partitions whose key fits a pattern, where patterns are given."""
    _grant(function, LOOK_UP, table, partitions)


def may_read(function: PythonFunction, table: dynamodb.ITable) -> None:
    """Items by key and pages by partition."""
    function.grant(READ, [table.table_arn])


def may_read_and_write(
    function: PythonFunction, table: dynamodb.ITable, partitions: Sequence[str] = ()
) -> None:
    """All that a repository does; only in partitions whose key fits a pattern, where patterns are given."""
    _grant(function, (*READ, *WRITE), table, partitions)


def may_write(function: PythonFunction, table: dynamodb.ITable, partitions: Sequence[str]) -> None:
    """Put items, in partitions whose key fits a pattern; no change in place and no removal."""
    _grant(function, ("dynamodb:PutItem",), table, partitions)


def may_read_stream(function: PythonFunction, table: dynamodb.ITable) -> None:
    """The changes of a table, as Lambda's event source mapping reads them.

    Raises:
        ValueError: the table has no stream.
    """
    if table.table_stream_arn is None:
        raise ValueError("the table has no stream")
    function.grant(READ_STREAM, [table.table_stream_arn])


def may_look_up_people(function: PythonFunction, personal: PersonalTable) -> None:
    """Items of the closed class by their whole key, in the function's own partitions."""
    may_look_up(function, personal.table, PARTITIONS[function.name])
    may_use_key_through_dynamodb(function, personal.key)


def may_read_people(function: PythonFunction, personal: PersonalTable) -> None:
    """Items of the closed class by key and pages by partition, in the function's own partitions."""
    _grant(function, READ, personal.table, PARTITIONS[function.name])
    may_use_key_through_dynamodb(function, personal.key)


def may_keep_people(function: PythonFunction, personal: PersonalTable) -> None:
    """All that repositories of the closed class do, in the function's own partitions."""
    may_read_and_write(function, personal.table, PARTITIONS[function.name])
    may_use_key_through_dynamodb(function, personal.key)


def _grant(
    function: PythonFunction, actions: Sequence[str], table: dynamodb.ITable, partitions: Sequence[str]
) -> None:
    conditions = (
        {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(partitions)}} if partitions else None
    )
    function.role.add_to_principal_policy(
        iam.PolicyStatement(actions=list(actions), resources=[table.table_arn], conditions=conditions)
    )


def may_use_key_through_dynamodb(function: PythonFunction, key: kms.IKey) -> None:
    """What DynamoDB does with the key for the caller; the function alone can do nothing with it."""
    service = f"dynamodb.{Stack.of(function).region}.amazonaws.com"
    function.role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=list(_USE_KEY),
            resources=[key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": service}},
        )
    )
