"""The keys that the platform signs with: assertions to デジタル認証アプリ, logout tokens, receipts."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.python_function import PythonFunction
from infra.constructs.table import removal_policy


class SigningKeys(Construct):
    """One key per entry of the city file, newest first: the first signs, all are published (ADR 0133)."""

    def __init__(self, scope: Construct, construct_id: str, *, config: PlatformConfig) -> None:
        super().__init__(scope, construct_id)
        # The emulator knows no such condition key, and refuses what depends on one.
        only = {"StringEquals": {"kms:SigningAlgorithm": "ECDSA_SHA_256"}}
        self._conditions = None if config.on_aws is None else only
        self.keys = [
            kms.Key(
                self,
                f"Key-{name}",
                description=f"Signatures of {config.city.name.en}, stage {config.stage}, {name}",
                key_spec=kms.KeySpec.ECC_NIST_P256,
                key_usage=kms.KeyUsage.SIGN_VERIFY,
                removal_policy=removal_policy(config),
            )
            for name in config.file.signing.keys
        ]
        kms.Alias(
            self,
            "Current",
            alias_name=f"alias/{config.name('signing')}",
            target_key=self.keys[0],
            removal_policy=RemovalPolicy.DESTROY,
        )

    @property
    def current(self) -> str:
        """ARN of the key that signs."""
        return self.keys[0].key_arn

    @property
    def published(self) -> str:
        """ARNs of all keys whose signatures count, separated by commas, the signing one first."""
        return ",".join(key.key_arn for key in self.keys)

    def may_sign(self, function: PythonFunction) -> None:
        """Sign with the newest key, in the one algorithm that we publish."""
        function.role.add_to_principal_policy(
            iam.PolicyStatement(
                actions=["kms:Sign"],
                resources=[self.current],
                conditions=self._conditions,
            )
        )
        function.grant(["kms:GetPublicKey"], [self.current])

    def may_publish(self, function: PythonFunction) -> None:
        """Read the public halves."""
        function.grant(["kms:GetPublicKey"], [key.key_arn for key in self.keys])
