"""Clients of the embedded AWS."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from local.emulator import ACCESS_KEY, REGION, SECRET_KEY

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass
class Aws:
    """One place that makes clients, as the account's root.

    The seed and the deployer are the operator; functions have their own roles and keep to them.
    """

    endpoint: str | None
    """For example `http://127.0.0.1:8702`; None for AWS's own addresses, which tests answer in process."""
    region: str = REGION
    _session: boto3.Session = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._session = boto3.Session(
            aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=self.region
        )

    def in_region(self, region: str) -> "Aws":
        """The same account in another region."""
        return self if region == self.region else Aws(self.endpoint, region)

    @cached_property
    def s3(self) -> "S3Client":
        """Buckets and objects."""
        return self._session.client(
            "s3", endpoint_url=self.endpoint, config=_config(s3={"addressing_style": "path"})
        )

    @cached_property
    def cloudformation(self) -> "CloudFormationClient":
        """Stacks."""
        return self._session.client("cloudformation", endpoint_url=self.endpoint, config=_config())

    @cached_property
    def cognito(self) -> "CognitoIdentityProviderClient":
        """User pools."""
        return self._session.client("cognito-idp", endpoint_url=self.endpoint, config=_config())

    @cached_property
    def api_gateway(self) -> "APIGatewayClient":
        """The REST API's keys and usage plans."""
        return self._session.client("apigateway", endpoint_url=self.endpoint, config=_config())

    @cached_property
    def ssm(self) -> Any:  # noqa: ANN401 - no stubs installed for this one service
        """Parameters."""
        return self._session.client("ssm", endpoint_url=self.endpoint, config=_config())

    @cached_property
    def secrets(self) -> "SecretsManagerClient":
        """Secrets, among them those of partners' clients."""
        return self._session.client("secretsmanager", endpoint_url=self.endpoint, config=_config())

    @cached_property
    def dynamodb(self) -> "DynamoDBClient":
        """Tables."""
        return self._session.client("dynamodb", endpoint_url=self.endpoint, config=_config())


def _config(**options: object) -> Config:
    # No second tries: the emulator is on this machine, and a failure should be seen at once.
    return Config(retries={"total_max_attempts": 1}, proxies={}, read_timeout=120, **options)  # type: ignore[arg-type]
