"""The API's own name."""

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from constructs import Construct

from infra.config import PlatformConfig


class ApiDomain(Construct):
    """A regional domain with TLS 1.2 or newer, once there is a certificate; `origin` is None before that."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: PlatformConfig, api: apigateway.RestApi
    ) -> None:
        super().__init__(scope, construct_id)
        self.origin = config.addresses.api
        stage = config.on_aws
        if stage is None or stage.certificates.api is None:
            return
        domain = api.add_domain_name(
            "Name",
            domain_name=stage.domains.api,
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", stage.certificates.api),
            endpoint_type=apigateway.EndpointType.REGIONAL,
            security_policy=apigateway.SecurityPolicy.TLS_1_2,
        )
        if stage.hosted_zone is not None:
            zone = route53.HostedZone.from_hosted_zone_attributes(
                self, "Zone", hosted_zone_id=stage.hosted_zone.id, zone_name=stage.hosted_zone.name
            )
            route53.ARecord(
                self,
                "Address",
                zone=zone,
                record_name=f"{stage.domains.api}.",
                target=route53.RecordTarget.from_alias(targets.ApiGatewayDomain(domain)),
            )
