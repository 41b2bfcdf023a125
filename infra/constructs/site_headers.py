"""What the browser may do with the portal's pages."""

from aws_cdk import Duration
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from infra.config import PlatformConfig

TILES = "https://cyberjapandata.gsi.go.jp"
"""Origin of the map's pictures (国土地理院)."""

_HSTS = Duration.days(730)


def content_security_policy(api_url: str, auth_url: str) -> str:
    """No inline script or style, nothing from elsewhere but map tiles, no frame, no form to anywhere else.

    A test holds it equal to what the portal is built and tested under.
    """
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": f"'self' data: {TILES}",
        "connect-src": f"'self' {api_url} {auth_url}",
        "font-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in policy.items())


class SiteHeaders(Construct):
    """The response headers of every page and file of the portal."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: PlatformConfig,
        api_origin: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.policy = cloudfront.ResponseHeadersPolicy(
            self,
            "Policy",
            comment="Security headers of the portal",
            security_headers_behavior=cloudfront.ResponseSecurityHeadersBehavior(
                content_security_policy=cloudfront.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=content_security_policy(api_origin, config.addresses.auth),
                    override=True,
                ),
                content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
                referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                    referrer_policy=cloudfront.HeadersReferrerPolicy.STRICT_ORIGIN_WHEN_CROSS_ORIGIN,
                    override=True,
                ),
                strict_transport_security=None if config.is_local else _https_only(),
            ),
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(
                custom_headers=[
                    _header(
                        "Permissions-Policy",
                        "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
                    ),
                    _header("Cross-Origin-Opener-Policy", "same-origin"),
                ]
            ),
        )


def _https_only() -> cloudfront.ResponseHeadersStrictTransportSecurity:
    return cloudfront.ResponseHeadersStrictTransportSecurity(
        access_control_max_age=_HSTS, include_subdomains=True, override=True
    )


def _header(name: str, value: str) -> cloudfront.ResponseCustomHeader:
    return cloudfront.ResponseCustomHeader(header=name, value=value, override=True)
