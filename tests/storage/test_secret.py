"""A secret is asked for once, and only if it is needed."""

from typing import Any

import boto3
import pytest
from moto import mock_aws

from machi.storage.secret import Secret


class _Counting:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def get_secret_value(self, **request: str) -> dict[str, str]:
        self.asked.append(request["SecretId"])
        if len(self.asked) == 1:
            raise TimeoutError
        return {"SecretString": "秘密"}


def test_a_secret_is_read_at_its_first_use_and_kept() -> None:
    client: Any = _Counting()
    secret = Secret(client, "arn:secret")

    assert client.asked == []
    with pytest.raises(TimeoutError):
        _ = secret.value
    assert [secret.value, secret.value] == ["秘密".encode()] * 2
    assert client.asked == ["arn:secret"] * 2
    assert "秘密" not in repr(secret)


def test_secrets_manager_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        client = boto3.client("secretsmanager", region_name="ap-northeast-1")
        arn = client.create_secret(Name="sector", SecretString="0" * 64)["ARN"]

        assert Secret(client, arn).value == b"0" * 64
