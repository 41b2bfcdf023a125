"""The ARN of a secret, for policies."""

from aws_cdk import aws_secretsmanager as secretsmanager


def arn_of(secret: secretsmanager.Secret) -> str:
    """The full ARN. `Ref`, which CDK takes, is the same on AWS and only the name on the emulator."""
    resource = secret.node.default_child
    if not isinstance(resource, secretsmanager.CfnSecret):
        raise TypeError("CDK made no secret")
    return resource.attr_id
