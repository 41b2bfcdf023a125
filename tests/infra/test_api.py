"""The gateway: who is asked what before a request reaches a function, and what it answers by itself."""

import json
from typing import Any

import pytest
from aws_cdk import aws_apigateway as apigateway

from infra.config import load
from machi.http.problem import PREFIX, TYPES
from tests.infra.assembly import Assembly, written
from tests.infra.conftest import ROOT


def methods(assembly: Assembly) -> dict[tuple[str, str], dict[str, Any]]:
    """Methods by verb and first part of the path."""
    resources = {
        key: found["Properties"] for key, found in assembly.resources("AWS::ApiGateway::Resource").items()
    }

    def path(key: str) -> str:
        parent = resources[key]["ParentId"]
        above = path(parent["Ref"]) if "Ref" in parent else ""
        return f"{above}/{resources[key]['PathPart']}"

    return {
        (method["HttpMethod"], path(method["ResourceId"]["Ref"])): method
        for method in assembly.properties("AWS::ApiGateway::Method")
    }


def gateway_responses(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """Gateway responses by type."""
    return {found["ResponseType"]: found for found in assembly.properties("AWS::ApiGateway::GatewayResponse")}


PATHS = (
    "/ngsi-ld/v1/{proxy+}",
    "/citizen/v1/{proxy+}",
    "/public/v1/{proxy+}",
    "/account/v1/{proxy+}",
    "/connect/{proxy+}",
    "/partner/v1/{proxy+}",
    "/staff/v1/{proxy+}",
)
FOR_STRANGERS = tuple(
    f"/account/v1/{part}{below}"
    for part in ("registrations", "password-resets")
    for below in ("", "/{proxy+}")
)
"""Throttled on their own: nobody has to be signed in, and each does costly work."""


def test_every_route_is_one_of_those_agreed_and_asks_the_authorizer(production: Assembly) -> None:
    (authorizer,) = production.resources("AWS::ApiGateway::Authorizer")
    found = methods(production)

    assert set(found) == {
        *((verb, path) for path in PATHS for verb in ("ANY", "OPTIONS")),
        *((verb, path) for path in FOR_STRANGERS for verb in ("POST", "OPTIONS")),
    }
    for verb, path in (*(("ANY", path) for path in PATHS), *(("POST", path) for path in FOR_STRANGERS)):
        method = found[verb, path]
        assert method["AuthorizationType"] == "CUSTOM"
        assert method["AuthorizerId"] == {"Ref": authorizer}
        assert method["Integration"]["Type"] == "AWS_PROXY"
        wanted = {"method.request.path.proxy": True} if "{proxy+}" in path else None
        assert method.get("RequestParameters") == wanted
        assert method["RequestValidatorId"]


def test_only_the_broker_asks_for_a_key(production: Assembly) -> None:
    found = methods(production)

    assert [found["ANY", path]["ApiKeyRequired"] for path in PATHS] == [
        path.startswith("/ngsi-ld") for path in PATHS
    ]
    assert not any(found["POST", path]["ApiKeyRequired"] for path in FOR_STRANGERS)


def test_the_authorizer_is_asked_each_time(production: Assembly) -> None:
    (authorizer,) = production.properties("AWS::ApiGateway::Authorizer")

    assert authorizer["Type"] == "REQUEST"
    assert authorizer["AuthorizerResultTtlInSeconds"] == 0
    assert not authorizer.get("IdentitySource")


def test_preflights_are_answered_for_the_portal_and_for_partners_pages_where_they_call(
    production: Assembly,
) -> None:
    for path in (*PATHS, *FOR_STRANGERS):
        method = methods(production)["OPTIONS", path]
        (answer,) = method["Integration"]["IntegrationResponses"]
        assert method["Integration"]["Type"] == "MOCK"
        origin = answer["ResponseParameters"]["method.response.header.Access-Control-Allow-Origin"]
        anywhere = path.startswith(("/connect/", "/partner/"))
        site = "staff" if path.startswith("/staff/") else "my"
        assert origin == ("'*'" if anywhere else f"'https://{site}.city.ichinomiya.aichi.jp'")
        credentials = "method.response.header.Access-Control-Allow-Credentials"
        assert credentials not in answer["ResponseParameters"]


def test_every_type_of_gateway_response_is_a_problem(production: Assembly) -> None:
    known = {
        getattr(apigateway.ResponseType, name).response_type
        for name in dir(apigateway.ResponseType)
        if name.isupper()
    }
    found = gateway_responses(production)

    assert set(found) == known
    for response in found.values():
        headers = response["ResponseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert headers["gatewayresponse.header.Cache-Control"] == "'no-store'"
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        assert problem["type"].startswith("urn:machi:problem:")
        assert problem["title"]
        assert problem.get("status") == (int(response["StatusCode"]) if "StatusCode" in response else None)


def test_gateway_and_functions_speak_of_the_same_problem_in_the_same_words(production: Assembly) -> None:
    shared = set()
    for response in gateway_responses(production).values():
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        slug = problem["type"].removeprefix(PREFIX)
        if known := TYPES.get(slug):
            shared.add(slug)
            assert problem["title"] == known.title
            assert problem.get("status", known.status) == known.status

    assert {
        "unauthenticated",
        "forbidden",
        "not-found",
        "too-large",
        "too-many-requests",
        "timeout",
    } <= shared


def test_gateway_responses_repeat_nothing_of_the_request(production: Assembly) -> None:
    for response in gateway_responses(production).values():
        body = response["ResponseTemplates"]["application/json"].replace("$context.requestId", "")
        assert "$" not in body
        assert all(value.startswith("'") for value in response["ResponseParameters"].values())


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("UNAUTHORIZED", "401"),
        ("INVALID_API_KEY", "401"),
        ("ACCESS_DENIED", "403"),
        ("MISSING_AUTHENTICATION_TOKEN", "404"),
        ("REQUEST_TOO_LARGE", "413"),
        ("THROTTLED", "429"),
        ("QUOTA_EXCEEDED", "429"),
        ("INTEGRATION_TIMEOUT", "504"),
    ],
)
def test_the_gateway_answers_with_the_status_that_was_agreed(
    production: Assembly, kind: str, status: str
) -> None:
    assert gateway_responses(production)[kind]["StatusCode"] == status


def test_whoever_asked_too_often_is_told_when_to_come_back(production: Assembly) -> None:
    told = {
        kind
        for kind, response in gateway_responses(production).items()
        if response["ResponseParameters"].get("gatewayresponse.header.Retry-After", "''").strip("'").isdigit()
    }

    assert told == {"THROTTLED", "QUOTA_EXCEEDED"}


def test_gateway_responses_are_part_of_the_deployment(production: Assembly) -> None:
    (deployment,) = production.resources("AWS::ApiGateway::Deployment").values()

    assert set(production.resources("AWS::ApiGateway::GatewayResponse")) <= set(deployment["DependsOn"])


def test_the_stage_is_throttled_traced_and_logged_without_bodies(production: Assembly) -> None:
    (stage,) = production.properties("AWS::ApiGateway::Stage")
    (settings,) = (found for found in stage["MethodSettings"] if found["ResourcePath"] == "/*")
    throttle = load(ROOT, {"stage": "production"}).throttle

    assert settings["HttpMethod"] == "*"
    assert settings["ThrottlingRateLimit"] == throttle.rate_per_second
    assert settings["ThrottlingBurstLimit"] == throttle.burst
    assert settings["LoggingLevel"] == "ERROR"
    assert settings["DataTraceEnabled"] is False
    assert stage["TracingEnabled"] is True


def test_what_strangers_may_call_has_a_throttle_of_its_own_and_no_data_in_its_log(
    production: Assembly,
) -> None:
    (stage,) = production.properties("AWS::ApiGateway::Stage")
    found = {each["ResourcePath"]: each for each in stage["MethodSettings"] if each["ResourcePath"] != "/*"}
    throttle = load(ROOT, {"stage": "production"}).strangers_throttle

    # CloudFormation wants slashes of a path written so.
    assert set(found) == {f"/{path.replace('/', '~1')}" for path in FOR_STRANGERS}
    for settings in found.values():
        assert settings["HttpMethod"] == "POST"
        assert settings["ThrottlingRateLimit"] == throttle.rate_per_second
        assert settings["ThrottlingBurstLimit"] == throttle.burst
        assert settings["DataTraceEnabled"] is False


def test_access_logs_are_json_that_names_no_person(production: Assembly) -> None:
    (stage,) = production.properties("AWS::ApiGateway::Stage")
    line = json.loads(stage["AccessLogSetting"]["Format"])

    assert {"requestId", "time", "method", "route", "status", "application"} <= set(line)
    for value in line.values():
        assert value.startswith("$context.")
        assert not any(
            word in value.lower()
            for word in ("sourceip", "useragent", "subject", "principalid", "claims", "user")
        )
        assert value != "$context.path"


@pytest.mark.parametrize("stage", ["production", "local"])
def test_usage_plans_are_those_of_the_city_file(stage: str, request: pytest.FixtureRequest) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    found = {plan["UsagePlanName"]: plan for plan in assembly.properties("AWS::ApiGateway::UsagePlan")}
    wanted = load(ROOT, {"stage": stage}).plans

    assert set(found) == set(wanted)
    for name, plan in wanted.items():
        assert found[name]["Throttle"] == {"RateLimit": plan.rate_per_second, "BurstLimit": plan.burst}
        quota = {"Limit": plan.daily_quota, "Period": "DAY"} if plan.daily_quota else None
        assert found[name].get("Quota") == quota
        assert len(found[name]["ApiStages"]) == 1


def test_no_key_is_in_a_template(production: Assembly, local: Assembly) -> None:
    for assembly in (production, local):
        assert not assembly.resources("AWS::ApiGateway::ApiKey")


def test_the_firewall_stands_before_the_api(production: Assembly) -> None:
    (association,) = production.properties("AWS::WAFv2::WebACLAssociation")
    (acl,) = production.properties("AWS::WAFv2::WebACL", "api")
    rules = {rule["Name"]: rule for rule in acl["Rules"]}

    assert "/stages/" in written(association["ResourceArn"])
    assert acl["Scope"] == "REGIONAL"
    assert len({rule["Priority"] for rule in acl["Rules"]}) == len(rules)
    assert rules["RatePerAddress"]["Action"] == {"Block": {}}
    assert rules["RatePerAddress"]["Statement"]["RateBasedStatement"]["Limit"] == 2000
    assert rules["OutsidePermittedCountries"]["Action"] == {"Block": {}}
    country = rules["OutsidePermittedCountries"]["Statement"]["NotStatement"]["Statement"]
    assert country == {"GeoMatchStatement": {"CountryCodes": ["JP"]}}
    registrations = rules["RegistrationsPerAddress"]["Statement"]["RateBasedStatement"]
    assert rules["RegistrationsPerAddress"]["Action"] == {"Block": {}}
    assert registrations["Limit"] == 100
    assert "/account/v1/password-resets" in written(registrations["ScopeDownStatement"])
    managed = {name for name, rule in rules.items() if "ManagedRuleGroupStatement" in rule["Statement"]}
    assert managed == {
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesCommonRuleSet",
        "AWSManagedRulesKnownBadInputsRuleSet",
    }
    assert all(rules[name]["OverrideAction"] == {"None": {}} for name in managed)


def test_the_firewall_logs_what_it_blocked_without_credentials(production: Assembly) -> None:
    (logging,) = production.properties("AWS::WAFv2::LoggingConfiguration")

    assert logging["LoggingFilter"]["DefaultBehavior"] == "DROP"
    redacted = written(logging["RedactedFields"])
    assert all(name in redacted for name in ("authorization", "cookie", "x-api-key", "QueryString"))
    assert written(logging["LogDestinationConfigs"]).count("Fn::GetAtt") == 1


def test_nobody_calls_the_api_in_the_clear(production: Assembly) -> None:
    (api,) = production.properties("AWS::ApiGateway::RestApi")
    denied = [statement for statement in api["Policy"]["Statement"] if statement["Effect"] == "Deny"]

    assert [statement["Condition"] for statement in denied] == [{"Bool": {"aws:SecureTransport": "false"}}]
    assert api["EndpointConfiguration"]["Types"] == ["REGIONAL"]
    assert "BinaryMediaTypes" not in api


def test_a_delegated_api_answers_under_its_own_name_only(delegated: Assembly) -> None:
    (api,) = delegated.properties("AWS::ApiGateway::RestApi")
    (domain,) = delegated.properties("AWS::ApiGateway::DomainName")
    (record,) = delegated.properties("AWS::Route53::RecordSet", "api")

    assert api["DisableExecuteApiEndpoint"] is True
    assert domain["SecurityPolicy"] == "TLS_1_2"
    assert domain["DomainName"] == "api.city.ichinomiya.aichi.jp"
    assert record["Name"] == "api.city.ichinomiya.aichi.jp."
    (broker,) = (found for name, found in delegated.functions().items() if name == "broker")
    assert (
        broker["Properties"]["Environment"]["Variables"]["MACHI_API_URL"]
        == "https://api.city.ichinomiya.aichi.jp"
    )


def test_the_operator_is_called_for_errors_throttles_latency_and_dead_letters(production: Assembly) -> None:
    alarms = production.properties("AWS::CloudWatch::Alarm")
    watched = {(alarm["Namespace"], alarm["MetricName"]) for alarm in alarms}

    assert watched == {
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/Lambda", "Duration"),
        ("AWS/ApiGateway", "5XXError"),
        ("AWS/ApiGateway", "4XXError"),
        ("AWS/ApiGateway", "Latency"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
    }
    assert all(alarm["AlarmActions"] for alarm in alarms)
    functions = len(production.functions())
    for metric in ("Errors", "Throttles", "Duration"):
        assert sum(alarm["MetricName"] == metric for alarm in alarms) == functions
    subscriptions = production.properties("AWS::SNS::Subscription")
    assert {found["Endpoint"] for found in subscriptions} == {"machi@city.ichinomiya.aichi.jp"}
    assert len(subscriptions) == len(production.resources("AWS::SNS::Topic"))


def test_no_log_is_kept_for_ever_or_by_chance(production: Assembly) -> None:
    groups = production.properties("AWS::Logs::LogGroup")

    assert groups
    assert all(group["RetentionInDays"] == 365 for group in groups)
    (stage,) = production.resources("AWS::ApiGateway::Stage").values()
    (errors,) = (
        key
        for key, group in production.resources("AWS::Logs::LogGroup").items()
        if "API-Gateway-Execution-Logs_" in written(group["Properties"].get("LogGroupName"))
    )
    # Made before the stage, or the gateway makes it and keeps it for ever.
    assert errors in stage["DependsOn"]
