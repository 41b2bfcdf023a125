"""Stage `local` differs from AWS by one list and nothing else."""

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs

from infra.emulator_limits import LEFT_OUT_STACKS, LEFT_OUT_TYPES, leave_out
from tests.infra.assembly import Assembly, written

_PORTAL_UPLOAD = {"AWS::Lambda::LayerVersion", "Custom::CDKBucketDeployment"}
"""Outside the emulator the stack brings the pages itself (ADR 0009)."""

_CALLING_THE_OPERATOR = {"AWS::SNS::Subscription", "AWS::SNS::TopicPolicy"}
"""No operator has a mailbox on this machine, and topic policies only demand TLS."""

_DEMANDING_TLS = {"AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"}
"""Where a policy says nothing else, nothing of it is left."""


def kinds(assembly: Assembly, stack: str) -> set[str]:
    """The resource types of a stack."""
    return {resource["Type"] for resource in assembly.stacks[stack]["Resources"].values()}


def test_only_listed_stacks_are_left_out(production: Assembly, local: Assembly) -> None:
    assert set(production.stacks) - set(local.stacks) == LEFT_OUT_STACKS
    assert set(local.stacks) <= set(production.stacks)


@pytest.mark.parametrize("stack", ["data", "identity", "notices", "api", "audit", "events", "portal"])
def test_only_listed_types_are_left_out(production: Assembly, local: Assembly, stack: str) -> None:
    missing = kinds(production, stack) - kinds(local, stack)
    explained = (
        LEFT_OUT_TYPES
        | _CALLING_THE_OPERATOR
        | _DEMANDING_TLS
        | (_PORTAL_UPLOAD if stack == "portal" else set())
    )

    assert kinds(local, stack) <= kinds(production, stack)
    assert missing - explained <= (
        {"AWS::Lambda::Function", "AWS::IAM::Role", "AWS::IAM::Policy"} if stack == "portal" else set()
    )


def test_every_listed_type_is_still_one_that_the_stacks_have(production: Assembly) -> None:
    for kind in LEFT_OUT_TYPES:
        assert production.resources(kind)


def test_nothing_local_demands_tls(local: Assembly) -> None:
    for template in local.stacks.values():
        assert "aws:SecureTransport" not in written(template)
        assert "s3:TlsVersion" not in written(template)


def test_nothing_local_refers_to_what_was_left_out(local: Assembly) -> None:
    for template in local.stacks.values():
        known = set(template["Resources"]) | set(template.get("Parameters", {}))
        for name in references(template):
            assert name in known or name.startswith("AWS::")


def references(node: object) -> set[str]:
    """Logical ids that a template fragment refers to."""
    if isinstance(node, dict):
        found = {name for part in node.values() for name in references(part)}
        if set(node) == {"Ref"}:
            return {node["Ref"]}
        if set(node) == {"Fn::GetAtt"}:
            return {node["Fn::GetAtt"][0]}
        depends = node.get("DependsOn", [])
        return found | set(
            [depends] if isinstance(depends, str) else depends if isinstance(depends, list) else []
        )
    if isinstance(node, list):
        return {name for part in node for name in references(part)}
    return set()


def test_other_statements_of_a_policy_stay() -> None:
    app = App()
    stack = Stack(app, "Stack")
    logs = s3.Bucket(stack, "Logs", enforce_ssl=True)
    s3.Bucket(stack, "Files", enforce_ssl=True, server_access_logs_bucket=logs)
    sqs.Queue(stack, "Queue", enforce_ssl=True)
    leave_out(app)
    resources = app.synth().get_stack_by_name("Stack").template["Resources"]

    assert not [found for found in resources.values() if found["Type"] == "AWS::SQS::QueuePolicy"]
    text = written(resources)
    assert "aws:SecureTransport" not in text


def test_local_outputs_are_those_that_the_platform_reads(local: Assembly) -> None:
    said = {key for template in local.stacks.values() for key in template.get("Outputs", {})}

    assert {
        "ApiId",
        "ApiStage",
        "ApiUrl",
        "AuthUrl",
        "AccountClientId",
        "AppClientId",
        "ConnectClientId",
        "ConnectUrl",
        "NoticesQueueUrl",
        "PartnerClientIdBoshimo",
        "PartnerClientIdKencom",
        "PartnerSecretBoshimo",
        "PartnerSecretKencom",
        "CitizenPoolId",
        "CityTable",
        "ContextTable",
        "HistoryTable",
        "ImportBucket",
        "PeopleTable",
        "PortalBucket",
        "PortalClientId",
        "PortalDistributionDomain",
        "PortalUrl",
        "Region",
        "StaffClientId",
        "StaffPoolId",
        "UsagePlanTrial",
        "UsagePlanUnlimitedLocal",
    } <= said
