"""The portal's bucket, its distribution and the headers of its pages."""

import json
import subprocess
from typing import Any

import pytest

from infra.constructs.site_headers import content_security_policy
from portal_site.config import SiteConfig
from portal_site.upload import security_headers
from tests.infra.assembly import Assembly, written
from tests.infra.conftest import EDGE_ACL, ROOT

CLEAN_URLS = ROOT / "infra" / "constructs" / "clean_urls.js"


def distribution(assembly: Assembly) -> dict[str, Any]:
    """The one distribution."""
    (found,) = assembly.properties("AWS::CloudFront::Distribution")
    return dict(found["DistributionConfig"])


def header_policy(assembly: Assembly) -> dict[str, Any]:
    """What is added to every answer."""
    (found,) = assembly.properties("AWS::CloudFront::ResponseHeadersPolicy")
    return dict(found["ResponseHeadersPolicyConfig"])


def test_only_the_distribution_reads_the_bucket(production: Assembly) -> None:
    (site,) = (
        policy["PolicyDocument"]["Statement"]
        for policy in production.properties("AWS::S3::BucketPolicy", "portal")
        if policy["Bucket"]["Ref"].startswith("SiteFiles")
    )
    allowed = [statement for statement in site if statement["Effect"] == "Allow"]

    assert [statement["Action"] for statement in allowed] == ["s3:GetObject"]
    assert allowed[0]["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "AWS:SourceArn" in written(allowed[0]["Condition"])
    (access,) = production.properties("AWS::CloudFront::OriginAccessControl")
    assert access["OriginAccessControlConfig"]["SigningBehavior"] == "always"
    (origin,) = distribution(production)["Origins"]
    assert origin["OriginAccessControlId"]


def test_pages_are_read_over_tls_and_nothing_is_sent(production: Assembly) -> None:
    behaviour = distribution(production)["DefaultCacheBehavior"]

    assert behaviour["ViewerProtocolPolicy"] == "redirect-to-https"
    assert behaviour["AllowedMethods"] == ["GET", "HEAD"]
    assert "CacheBehaviors" not in distribution(production)


def test_accesses_are_logged_without_cookies(production: Assembly) -> None:
    logging = distribution(production)["Logging"]

    assert logging["Prefix"] == "edge/"
    assert logging.get("IncludeCookies") is not True


def test_a_delegated_portal_takes_tls_1_2_and_stands_behind_the_edge_list(delegated: Assembly) -> None:
    config = distribution(delegated)

    assert config["Aliases"] == ["my.city.ichinomiya.aichi.jp"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
    assert config["WebACLId"] == EDGE_ACL
    names = {
        (record["Type"], record["Name"])
        for record in delegated.properties("AWS::Route53::RecordSet", "portal")
    }
    assert names == {("A", "my.city.ichinomiya.aichi.jp."), ("AAAA", "my.city.ichinomiya.aichi.jp.")}


def test_the_edge_list_writes_no_logs_and_keeps_no_samples(production: Assembly) -> None:
    (acl,) = production.properties("AWS::WAFv2::WebACL", "edge")

    assert acl["Scope"] == "CLOUDFRONT"
    assert not production.resources("AWS::WAFv2::LoggingConfiguration", "edge")
    visible = [acl["VisibilityConfig"], *(rule["VisibilityConfig"] for rule in acl["Rules"])]
    assert all(config["SampledRequestsEnabled"] is False for config in visible)
    assert set(production.stacks["edge"]["Resources"]) == set(
        production.resources("AWS::WAFv2::WebACL", "edge")
    )


def test_the_content_policy_is_the_one_the_pages_are_built_under(delegated: Assembly) -> None:
    site = SiteConfig(
        stage="production",
        portal_url="https://my.city.ichinomiya.aichi.jp",
        api_url="https://api.city.ichinomiya.aichi.jp",
        auth_url="https://ichinomiya-machi.auth.ap-northeast-1.amazoncognito.com",
        issuer="https://issuer.example",
        client_id="client",
    )
    wanted = security_headers(site)
    policy = header_policy(delegated)
    secure = policy["SecurityHeadersConfig"]
    custom = {item["Header"]: item["Value"] for item in policy["CustomHeadersConfig"]["Items"]}

    assert secure["ContentSecurityPolicy"]["ContentSecurityPolicy"] == wanted.pop("Content-Security-Policy")
    assert secure["ContentTypeOptions"]["Override"] is True
    assert wanted.pop("X-Content-Type-Options") == "nosniff"
    assert secure["ReferrerPolicy"]["ReferrerPolicy"] == wanted.pop("Referrer-Policy")
    hsts = secure["StrictTransportSecurity"]
    assert (
        wanted.pop("Strict-Transport-Security")
        == f"max-age={hsts['AccessControlMaxAgeSec']}; includeSubDomains"
    )
    assert hsts["IncludeSubdomains"] is True
    assert custom == wanted
    assert all(part["Override"] is True for part in secure.values())


def test_the_content_policy_starts_from_nothing_and_runs_nothing_inline() -> None:
    policy = content_security_policy("https://api.example", "https://auth.example")
    parts = dict(part.split(" ", 1) for part in policy.split("; "))

    assert parts["default-src"] == "'none'"
    assert parts["script-src"] == parts["style-src"] == "'self'"
    assert parts["img-src"].endswith("https://cyberjapandata.gsi.go.jp")
    assert parts["frame-ancestors"] == parts["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert "*" not in policy


def test_missing_pages_answer_404_with_the_page_for_it(production: Assembly) -> None:
    shown = {
        response["ErrorCode"]: (response["ResponseCode"], response["ResponsePagePath"])
        for response in distribution(production)["CustomErrorResponses"]
    }

    assert shown[403] == shown[404] == (404, "/errors/404.html")
    assert shown[500] == (500, "/errors/500.html")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("/", {"uri": "/index.html"}),
        ("/en/", {"uri": "/en/index.html"}),
        ("/en/shelters/", {"uri": "/en/shelters/index.html"}),
        ("/assets/site.0a1b.css", {"uri": "/assets/site.0a1b.css"}),
        ("/en", {"location": "/en/"}),
        ("/en/shelters", {"location": "/en/shelters/"}),
        ("//evil.example", {"uri": "//evil.example"}),
        ("//evil", {"uri": "//evil"}),
    ],
)
def test_addresses_need_no_file_names(asked: str, answer: dict[str, str]) -> None:
    program = (
        f"{CLEAN_URLS.read_text()}\n"
        f"const got = handler({{ request: {{ uri: {json.dumps(asked)}, headers: {{}} }} }});\n"
        "const { location } = got.headers;\n"
        "console.log(JSON.stringify(location ? { location: location.value } : { uri: got.uri }));"
    )
    done = subprocess.run(["node", "-e", program], capture_output=True, text=True, check=True)

    assert json.loads(done.stdout) == answer


def test_the_built_portal_is_deployed_with_fitting_caching(production: Assembly) -> None:
    deployed = production.properties("Custom::CDKBucketDeployment")
    caching = {part["SystemMetadata"]["cache-control"]: part for part in deployed}

    assert set(caching) == {
        "public, max-age=31536000, immutable",
        "public, max-age=60, must-revalidate",
        "no-store",
    }
    assert caching["public, max-age=31536000, immutable"]["Include"] == ["assets/*"]
    assert caching["public, max-age=60, must-revalidate"]["Exclude"] == ["assets/*"]
    assert all(part["Prune"] is False for part in deployed)
    pages = production.asset({"S3Key": caching["public, max-age=60, must-revalidate"]["SourceObjectKeys"][0]})
    assert (pages / "index.html").is_file()
    assert (pages / "errors" / "404.html").is_file()
    assert not (pages / "config.json").exists()


def test_the_emulator_gets_no_content_from_the_stack(local: Assembly) -> None:
    assert not local.resources("Custom::CDKBucketDeployment")
    assert not local.resources("AWS::Lambda::Function", "portal")


def test_local_pages_may_call_the_local_api_and_log_in(local: Assembly) -> None:
    secure = header_policy(local)["SecurityHeadersConfig"]
    policy = secure["ContentSecurityPolicy"]["ContentSecurityPolicy"]

    assert "connect-src 'self' http://localhost:9101 http://localhost:9102;" in policy
    assert "StrictTransportSecurity" not in secure


def test_cloudfront_functions_are_small_enough_for_the_edge() -> None:
    assert len(CLEAN_URLS.read_bytes()) <= 10 * 1024
