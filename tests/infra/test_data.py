"""The tables and the import bucket as AWS would get them."""

from typing import Any

import pytest

from tests.infra.assembly import Assembly, listed, written


def tables(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """Properties of the four tables by name."""
    found = assembly.resources("AWS::DynamoDB::GlobalTable", "data")
    names = ("Context", "History", "City", "People")
    by_name = {
        name: resource["Properties"] for name in names for key, resource in found.items() if name in key
    }
    assert len(found) == len(by_name) == len(names)
    return by_name


def replica(table: dict[str, Any], region: str) -> dict[str, Any]:
    """What is said of a table in one Region."""
    (found,) = (replica for replica in table["Replicas"] if replica["Region"] == region)
    return dict(found)


@pytest.mark.parametrize("region", ["ap-northeast-1", "ap-northeast-3"])
def test_every_table_can_be_restored_to_any_second_in_both_regions(production: Assembly, region: str) -> None:
    for table in tables(production).values():
        assert replica(table, region)["PointInTimeRecoverySpecification"] == {
            "PointInTimeRecoveryEnabled": True
        }
        assert replica(table, region)["DeletionProtectionEnabled"] is True


def test_tables_stand_in_tokyo_and_osaka_only(production: Assembly) -> None:
    for table in tables(production).values():
        assert {replica["Region"] for replica in table["Replicas"]} == {"ap-northeast-1", "ap-northeast-3"}


def test_tables_have_the_keys_stream_expiry_and_price_that_repositories_count_on(
    production: Assembly,
) -> None:
    for table in tables(production).values():
        assert table["KeySchema"] == [
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ]
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
        assert "GlobalSecondaryIndexes" not in table


def test_every_table_is_encrypted_with_kms(production: Assembly) -> None:
    for table in tables(production).values():
        assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}


def test_only_closed_data_has_keys_of_its_own_in_each_region(production: Assembly) -> None:
    people = tables(production)["People"]
    (key,) = production.resources("AWS::KMS::Key", "data")

    in_tokyo = replica(people, "ap-northeast-1")["SSESpecification"]["KMSMasterKeyId"]
    in_osaka = written(replica(people, "ap-northeast-3")["SSESpecification"]["KMSMasterKeyId"])
    assert in_tokyo == {"Fn::GetAtt": [key, "Arn"]}
    assert ":kms:ap-northeast-3:" in in_osaka
    assert ":alias/machi-ichinomiya-production-people" in in_osaka
    for name in ("Context", "History", "City"):
        assert all("SSESpecification" not in replica for replica in tables(production)[name]["Replicas"])


def test_the_key_that_the_replica_names_stands_in_osaka_before_the_tables(production: Assembly) -> None:
    (alias,) = production.properties("AWS::KMS::Alias", "second-region")
    (key,) = production.properties("AWS::KMS::Key", "second-region")

    assert alias["AliasName"] == "alias/machi-ichinomiya-production-people"
    assert key["EnableKeyRotation"] is True
    assert production.regions["second-region"] == "ap-northeast-3"
    manifest = dict(production.folder_texts)["manifest.json"]
    assert '"machi-ichinomiya-production-second-region"' in manifest


def test_what_holds_data_outlives_its_stack(production: Assembly) -> None:
    for kind in ("AWS::DynamoDB::GlobalTable", "AWS::KMS::Key", "AWS::S3::Bucket"):
        for resource in production.resources(kind, "data").values():
            assert resource["DeletionPolicy"] == "Retain"
            assert resource["UpdateReplacePolicy"] == "Retain"


def test_keys_rotate(production: Assembly) -> None:
    for key in production.properties("AWS::KMS::Key"):
        # KMS rotates no key for signatures (ADR 0133).
        assert key.get("EnableKeyRotation") is (None if key.get("KeyUsage") == "SIGN_VERIFY" else True)


def test_no_bucket_is_public(production: Assembly) -> None:
    buckets = production.properties("AWS::S3::Bucket")

    assert len(buckets) == 5
    for bucket in buckets:
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4
        assert bucket["BucketEncryption"]
    for policy in production.properties("AWS::S3::BucketPolicy"):
        for statement in policy["PolicyDocument"]["Statement"]:
            assert statement["Effect"] == "Deny" or "Service" in statement["Principal"]


@pytest.mark.parametrize(
    ("kind", "policy_kind", "named_in"),
    [
        ("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "Bucket"),
        ("AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "Queues"),
        ("AWS::SNS::Topic", "AWS::SNS::TopicPolicy", "Topics"),
    ],
)
def test_nothing_is_reached_without_tls(
    production: Assembly, kind: str, policy_kind: str, named_in: str
) -> None:
    guarded = {
        reference["Ref"]
        for policy in production.properties(policy_kind)
        for reference in listed(policy[named_in])
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") == "false"
    }

    assert set(production.resources(kind)) == guarded != set()


def test_uploads_are_kept_in_versions_and_announced(production: Assembly) -> None:
    (imports,) = (
        resource["Properties"]
        for key, resource in production.resources("AWS::S3::Bucket", "data").items()
        if key.startswith("Imports")
    )

    assert imports["VersioningConfiguration"] == {"Status": "Enabled"}
    assert imports["NotificationConfiguration"] == {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
    assert imports["LoggingConfiguration"]["LogFilePrefix"] == "imports/"
