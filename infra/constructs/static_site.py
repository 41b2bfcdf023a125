"""A site of static files at the edge, from a bucket that only the edge can read."""

from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.config import PlatformConfig
from infra.constructs.private_bucket import PrivateBucket
from infra.constructs.site_headers import SiteHeaders
from infra.exceptions import Decision, accept

_CLEAN_URLS = Path(__file__).with_name("clean_urls.js")

_ERROR_PAGES = {
    # A reader who may not list the bucket is told 403 for what is not there.
    403: (404, "/errors/404.html"),
    404: (404, "/errors/404.html"),
    500: (500, "/errors/500.html"),
    503: (503, "/errors/500.html"),
}


class StaticSite(Construct):
    """Bucket and distribution of the portal. Nothing personal is ever in it or passes it (design rule 5)."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: PlatformConfig,
        api_origin: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self._config = config
        logs = self._log_bucket()
        self.bucket = PrivateBucket(
            self, "Files", config=config, logs=logs, logs_prefix="files/", noncurrent_days=30
        ).bucket
        headers = SiteHeaders(self, "Headers", config=config, api_origin=api_origin)
        self.distribution = self._distribution(headers, logs)

    def _log_bucket(self) -> s3.Bucket:
        bucket = PrivateBucket(
            self,
            "AccessLogs",
            config=self._config,
            expire_days=self._config.file.retention.logs_days,
            # CloudFront's standard logs are written with an access list.
            ownership=s3.ObjectOwnership.BUCKET_OWNER_PREFERRED,
        ).bucket
        accept(
            bucket, "AwsSolutions-S1", Decision.SECURITY_FINDINGS, "It holds the access logs of the others"
        )
        return bucket

    def _distribution(self, headers: SiteHeaders, logs: s3.Bucket) -> cloudfront.Distribution:
        stage = self._config.on_aws
        certificate = stage.certificates.portal if stage else None
        distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"Portal of {self._config.city.name.en}, {self._config.stage}",
            domain_names=[stage.domains.portal] if stage and certificate else None,
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", certificate)
            if certificate
            else None,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021 if certificate else None,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_200,
            default_root_object="index.html",
            web_acl_id=stage.edge_web_acl_arn if stage else None,
            enable_logging=True,
            log_bucket=logs,
            log_file_prefix="edge/",
            log_includes_cookies=False,
            default_behavior=cloudfront.BehaviorOptions(
                origin=origins.S3BucketOrigin.with_origin_access_control(
                    self.bucket, origin_access_levels=[cloudfront.AccessLevel.READ]
                ),
                allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
                cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
                compress=True,
                viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
                response_headers_policy=headers.policy,
                function_associations=[self._clean_urls()],
            ),
            error_responses=[
                cloudfront.ErrorResponse(
                    http_status=origin,
                    response_http_status=shown,
                    response_page_path=page,
                    ttl=Duration.minutes(1),
                )
                for origin, (shown, page) in _ERROR_PAGES.items()
            ],
        )
        accept(distribution, "AwsSolutions-CFR1", Decision.EDGE, "Residents abroad may read public pages")
        if stage is None or stage.edge_web_acl_arn is None:
            accept(
                distribution,
                "AwsSolutions-CFR2",
                Decision.EDGE,
                "The edge stack must stand before it can be named",
            )
        if not certificate:
            accept(
                distribution, "AwsSolutions-CFR4", Decision.EDGE, "The city has not delegated its domain yet"
            )
        return distribution

    def _clean_urls(self) -> cloudfront.FunctionAssociation:
        function = cloudfront.Function(
            self,
            "CleanUrls",
            code=cloudfront.FunctionCode.from_file(file_path=str(_CLEAN_URLS)),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )
        return cloudfront.FunctionAssociation(
            function=function, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST
        )
