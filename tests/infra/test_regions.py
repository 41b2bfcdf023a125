"""Where things stand: in Japan, and for the static edge in us-east-1."""

import re

import pytest

from infra.config import load
from tests.infra.assembly import Assembly
from tests.infra.conftest import ROOT

REGION = re.compile(r"\b(?:af|ap|ca|cn|eu|il|me|mx|sa|us)(?:-gov)?-(?:[a-z]+)-\d\b")

JAPAN = {"ap-northeast-1", "ap-northeast-3"}


@pytest.mark.parametrize("stage", ["production", "delegated"])
def test_an_assembly_names_japan_and_for_the_edge_virginia(
    stage: str, request: pytest.FixtureRequest
) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    named = {(region, name) for name, text in assembly.folder_texts for region in REGION.findall(text)}

    assert {region for region, _ in named} <= JAPAN | {"us-east-1"}
    in_virginia = {name for region, name in named if region == "us-east-1"}
    assert {name for name in in_virginia if ".template." in name} <= {
        "machi-ichinomiya-production-edge.template.json",
        # The ARNs of the edge list and of CloudFront's certificate.
        "machi-ichinomiya-production-portal.template.json",
    }


def test_before_delegation_no_template_names_virginia(production: Assembly) -> None:
    assert not any("us-east-1" in text for name, text in production.folder_texts if ".template." in name)


def test_each_stack_stands_where_it_should(production: Assembly) -> None:
    assert production.regions == {
        "data": "ap-northeast-1",
        "identity": "ap-northeast-1",
        "notices": "ap-northeast-1",
        "api": "ap-northeast-1",
        "audit": "ap-northeast-1",
        "events": "ap-northeast-1",
        "portal": "ap-northeast-1",
        "second-region": "ap-northeast-3",
        "edge": "us-east-1",
    }


def test_nothing_that_could_hold_personal_data_stands_at_the_edge(production: Assembly) -> None:
    kinds = {resource["Type"] for resource in production.stacks["edge"]["Resources"].values()}

    assert kinds == {"AWS::WAFv2::WebACL"}


def test_fixed_names_carry_city_and_stage(production: Assembly, local: Assembly) -> None:
    for assembly, stage in ((production, "production"), (local, "local")):
        for kind, key in (
            ("AWS::DynamoDB::GlobalTable", "TableName"),
            ("AWS::S3::Bucket", "BucketName"),
            ("AWS::Lambda::Function", "FunctionName"),
            ("AWS::IAM::Role", "RoleName"),
            ("AWS::SQS::Queue", "QueueName"),
            ("AWS::SNS::Topic", "TopicName"),
            ("AWS::Cognito::UserPool", "UserPoolName"),
            ("AWS::CloudWatch::Alarm", "AlarmName"),
            ("AWS::Events::Rule", "Name"),
            ("AWS::WAFv2::WebACL", "Name"),
        ):
            assert not any(key in properties for properties in assembly.properties(kind))
        aliases = {alias["AliasName"] for alias in assembly.properties("AWS::KMS::Alias")}
        assert all(f"-ichinomiya-{stage}-" in alias for alias in aliases)


def test_stacks_of_different_stages_have_different_names() -> None:
    names = {load(ROOT, {"stage": stage}).name("data") for stage in ("local", "staging", "production")}

    assert len(names) == 3
