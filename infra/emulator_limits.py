"""What the local emulator cannot take; the one place where stage `local` differs from AWS by leaving out.

The emulator refuses a template with an unknown resource type as a whole. It answers plain HTTP on the
loopback address, so statements that demand TLS would shut everybody out.
"""

from typing import Any

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

LEFT_OUT_TYPES = frozenset(
    {
        "AWS::Cognito::ManagedLoginBranding",
        "AWS::WAFv2::LoggingConfiguration",
        "AWS::WAFv2::WebACLAssociation",
    }
)
"""Resources that stage `local` goes without."""

LEFT_OUT_STACKS = frozenset({"second-region", "edge"})
"""Stacks for other Regions: the emulator stands in one."""

_POLICIES = {
    s3.CfnBucketPolicy: ("PolicyDocument", "policy_document"),
    sqs.CfnQueuePolicy: ("PolicyDocument", "policy_document"),
    sns.CfnTopicPolicy: ("PolicyDocument", "policy_document"),
    apigateway.CfnRestApi: ("Policy", "policy"),
}
"""Where a demand for TLS can stand: the property in the template and in the construct."""


def leave_out(root: IConstruct) -> None:
    """Take out of finished constructs what the emulator cannot take. Call it last, before synthesis."""
    for node in root.node.find_all():
        if not isinstance(node, CfnResource):
            continue
        if node.cfn_resource_type in LEFT_OUT_TYPES:
            _remove(node)
            continue
        for kind, (name, attribute) in _POLICIES.items():
            if isinstance(node, kind):
                _drop_tls_demand(node, name, getattr(node, attribute))


def _drop_tls_demand(node: CfnResource, name: str, document: Any) -> None:  # noqa: ANN401 - a template fragment
    policy = Stack.of(node).resolve(document)
    if not policy:
        return
    statements = [statement for statement in policy["Statement"] if not _demands_tls(statement)]
    if not statements:
        _remove(node)
    elif len(statements) < len(policy["Statement"]):
        node.add_property_override(f"{name}.Statement", statements)


def _demands_tls(statement: dict[str, Any]) -> bool:
    conditions = statement.get("Condition", {})
    return statement["Effect"] == "Deny" and any(
        key in {"aws:SecureTransport", "s3:TlsVersion"} for tests in conditions.values() for key in tests
    )


def _remove(node: CfnResource) -> None:
    parent = node.node.scope
    if parent is not None:
        parent.node.try_remove_child(node.node.id)
