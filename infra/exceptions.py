"""Exceptions from the security rules, each with the decision record that allows it."""

from enum import StrEnum

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


class Decision(StrEnum):
    """Decision records that acknowledge an exception; a test checks that each file exists."""

    BUNDLING = "docs/adr/0002-assets-built-without-docker.md"
    SECURITY_FINDINGS = "docs/adr/0006-accepted-security-findings.md"
    ONE_AUTHORIZER = "docs/adr/0007-one-authorizer-for-every-credential.md"
    SIGN_IN = "docs/adr/0008-sign-in-of-citizens-and-staff.md"
    PARTNER_CLIENTS = "docs/adr/0131-clients-and-what-their-tokens-carry.md"
    SECRETS = "docs/adr/0133-secrets-and-signing-keys.md"
    EDGE = "docs/adr/0005-only-static-files-at-the-edge.md"


def accept(resource: IConstruct, rule: str, decision: Decision, reason: str) -> None:
    """Let one cdk-nag rule pass on one construct. `rule` is the id it prints, with the finding."""
    Validations.of(resource).acknowledge(
        Acknowledgment(id=f"AwsSolutions::{rule}", reason=f"{reason} ({decision})")
    )
