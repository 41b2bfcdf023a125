"""What the firewall turned away, so that an attack can be looked into."""

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.kept_log_group import KeptLogGroup
from infra.constructs.web_acl import WebAcl

_NEVER_LOGGED = ("authorization", "cookie", "x-api-key")


class FirewallLog(Construct):
    """Requests that a regional access list blocked, without credentials and query; others are not logged."""

    def __init__(self, scope: Construct, construct_id: str, *, config: PlatformConfig, acl: WebAcl) -> None:
        super().__init__(scope, construct_id)
        # AWS accepts only log groups whose name begins so.
        name = f"aws-waf-logs-{config.name('api')}"
        group = KeptLogGroup(self, "Blocked", config=config, log_group_name=name)
        waf.CfnLoggingConfiguration(
            self,
            "Logging",
            resource_arn=acl.arn,
            log_destination_configs=[group.log_group.log_group_arn.removesuffix(":*")],
            redacted_fields=[
                *(_field(single_header={"Name": name}) for name in _NEVER_LOGGED),
                _field(query_string={}),
            ],
            logging_filter={
                "DefaultBehavior": "DROP",
                "Filters": [
                    {
                        "Behavior": "KEEP",
                        "Requirement": "MEETS_ANY",
                        "Conditions": [{"ActionCondition": {"Action": "BLOCK"}}],
                    }
                ],
            },
        )


def _field(**matched: object) -> waf.CfnLoggingConfiguration.FieldToMatchProperty:
    return waf.CfnLoggingConfiguration.FieldToMatchProperty(**matched)
