"""The Lambda function of the public API."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from machi.http.cold_start import quick_imports

with quick_imports():
    from functions.public.app import app
    from functions.public.settings import Settings
    from machi.core.log import logger_for
    from machi.core.settings import read_settings
    from machi.http.lambda_entry import LambdaHandler, entry


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request from API Gateway."""
    return build()(event, context)


@cache
def build() -> LambdaHandler:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    keys = cache(lambda: _public_keys(settings.signing_key_ids))
    return entry(app(keys, portal_url=settings.portal_url, logger=logger_for("public")))


def _public_keys(key_ids: tuple[str, ...]) -> Mapping[str, Mapping[str, str]]:
    """The platform's public keys by `kid`, once in the life of the process."""
    import boto3  # noqa: PLC0415  # half a second that only a receipt is worth

    from machi.signing.kms import KmsSigner  # noqa: PLC0415

    client = boto3.client("kms")
    return {signer.key_id: signer.public_jwk() for signer in (KmsSigner(client, key) for key in key_ids)}
