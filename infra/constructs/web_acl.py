"""What is turned away before it reaches the platform."""

from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.config import PlatformConfig

_MANAGED_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)


class Scope(StrEnum):
    """Where an access list stands."""

    REGIONAL = "REGIONAL"
    CLOUDFRONT = "CLOUDFRONT"


_COUNTED_ONLY = {
    Scope.REGIONAL: {
        # Bodies of batches are far larger than 8 KB; the functions hold their own limits.
        "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",),
    },
    Scope.CLOUDFRONT: {},
}


class WebAcl(Construct):
    """AWS's rules against known attacks, a limit per address; before the API also the permitted countries."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: PlatformConfig,
        scope_of: Scope,
    ) -> None:
        super().__init__(scope, construct_id)
        rules = [_rate_rule(config)]
        if scope_of is Scope.REGIONAL:
            rules += [_country_rule(config), _strangers_rule(config)]
        rules += [_managed_rule(group, scope_of) for group in _MANAGED_GROUPS]
        self.resource = waf.CfnWebACL(
            self,
            "Acl",
            scope=scope_of.value,
            default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
            visibility_config=_visible(f"{construct_id}Acl"),
            rules=[_at(priority, rule) for priority, rule in enumerate(rules)],
        )
        self.arn = self.resource.attr_arn


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule before its priority is known; a managed group brings its own actions."""

    name: str
    statement: waf.CfnWebACL.StatementProperty
    is_managed: bool = False


def _at(priority: int, rule: _Rule) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=rule.name,
        priority=priority,
        statement=rule.statement,
        action=None if rule.is_managed else waf.CfnWebACL.RuleActionProperty(block={}),
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}) if rule.is_managed else None,
        visibility_config=_visible(rule.name),
    )


def _rate_rule(config: PlatformConfig) -> _Rule:
    limit = config.file.firewall.requests_per_address_5_minutes
    return _Rule(
        "RatePerAddress",
        waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                limit=limit, aggregate_key_type="IP", evaluation_window_sec=300
            )
        ),
    )


def _strangers_rule(config: PlatformConfig) -> _Rule:
    """Guessing codes, and filling mailboxes of others, goes through these paths."""
    paths = [
        waf.CfnWebACL.StatementProperty(
            byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
                field_to_match=waf.CfnWebACL.FieldToMatchProperty(uri_path={}),
                positional_constraint="CONTAINS",
                search_string=path,
                text_transformations=[
                    waf.CfnWebACL.TextTransformationProperty(priority=0, type="URL_DECODE")
                ],
            )
        )
        for path in ("/account/v1/registrations", "/account/v1/password-resets")
    ]
    return _Rule(
        "RegistrationsPerAddress",
        waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                limit=config.file.firewall.registrations_per_address_5_minutes,
                aggregate_key_type="IP",
                evaluation_window_sec=300,
                scope_down_statement=waf.CfnWebACL.StatementProperty(
                    or_statement=waf.CfnWebACL.OrStatementProperty(statements=paths)
                ),
            )
        ),
    )


def _country_rule(config: PlatformConfig) -> _Rule:
    permitted = waf.CfnWebACL.StatementProperty(
        geo_match_statement=waf.CfnWebACL.GeoMatchStatementProperty(
            country_codes=list(config.file.firewall.permitted_countries)
        )
    )
    return _Rule(
        "OutsidePermittedCountries",
        waf.CfnWebACL.StatementProperty(
            not_statement=waf.CfnWebACL.NotStatementProperty(statement=permitted)
        ),
    )


def _managed_rule(group: str, scope: Scope) -> _Rule:
    counted = _COUNTED_ONLY[scope].get(group, ())
    return _Rule(
        group,
        waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=group,
                rule_action_overrides=[
                    waf.CfnWebACL.RuleActionOverrideProperty(
                        name=name, action_to_use=waf.CfnWebACL.RuleActionProperty(count={})
                    )
                    for name in counted
                ]
                or None,
            )
        ),
        is_managed=True,
    )


def _visible(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True,
        metric_name=name,
        # Sampled requests would keep headers and addresses of people.
        sampled_requests_enabled=False,
    )
