"""The Lambda function that a schedule calls each day."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3

from functions.audit.settings import Settings
from machi.audit.anchoring import Anchoring
from machi.core.clock import utc_now
from machi.core.log import logger_for
from machi.core.settings import read_settings
from machi.signing.kms import KmsSigner
from machi.storage.anchor_bucket import AnchorBucket
from machi.storage.client import dynamodb_client
from machi.storage.disclosure_table import DisclosureTable


def handler(_event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Anchor every day that is due. Raises if one cannot be; the next run takes it up again."""
    days = [day.isoformat() for day in build().run()]
    logger_for("audit").info("anchored", extra={"days": days})
    return {"anchored": days}


@cache
def build() -> Anchoring:
    """Everything that lasts for the life of the process."""
    settings = read_settings(Settings, os.environ)
    kms = boto3.client("kms")
    signers = [KmsSigner(kms, key) for key in settings.signing_key_ids]
    return Anchoring(
        DisclosureTable(dynamodb_client(), settings.people_table),
        AnchorBucket(boto3.client("s3"), settings.anchor_bucket),
        signers[0],
        {signer.key_id: signer.public_jwk() for signer in signers},
        clock=utc_now,
    )
