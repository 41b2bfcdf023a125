"""What tests and scripts read about a running platform."""

import json
import stat
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from local.keys import keep_keys
from local.outputs import DemoCitizen, DemoPartner, DemoStaff, Outputs, read_outputs, write_outputs


def outputs() -> Outputs:
    texts: dict[str, Any] = {
        field.name: field.name for field in fields(Outputs) if field.type == "str" or field.type is str
    }
    return Outputs(
        **texts,
        demo_citizens=(DemoCitizen("hanako@example.jp", "secret", "一宮 花子"),),
        demo_staff=(DemoStaff("staff@example.jp", "secret", "職員", "JBSWY3DP"),),
        partners=(
            DemoPartner(
                "kencom",
                "client",
                "secret",
                ("http://localhost:8705/callback",),
                ("http://localhost:8705/signed-out",),
                "http://localhost:8705/back-channel-logout",
                "http://localhost:8705/consent-events",
                "machi_local_key",
            ),
        ),
    )


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    write_outputs(tmp_path / "outputs.json", outputs())

    assert read_outputs(tmp_path / "outputs.json") == outputs()


def test_a_script_finds_every_agreed_key(tmp_path: Path) -> None:
    write_outputs(tmp_path / "outputs.json", outputs())

    document = json.loads((tmp_path / "outputs.json").read_text())
    agreed = {
        "portal_url",
        "api_url",
        "api_key",
        "conformance_key",
        "mail_url",
        "auth_url",
        "emulator_url",
        "region",
        "connect_url",
        "simulators_url",
        "connect_client_id",
        "account_client_id",
        "app_client_id",
    }
    assert agreed <= document.keys()
    assert document["demo_citizens"][0]["name"] == "一宮 花子"
    assert document["partners"][0]["id"] == "kencom"


def test_a_partner_is_found_by_its_id() -> None:
    assert outputs().partner("kencom").client_secret == "secret"
    with pytest.raises(KeyError):
        outputs().partner("unknown")


def test_keys_are_made_up_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first = keep_keys(tmp_path / "state" / "keys.json")

    assert keep_keys(tmp_path / "state" / "keys.json") == first
    assert len({first.api_key, first.conformance_key, first.kencom_key, first.boshimo_key}) == 4
    assert first.of_partner("kencom") == first.kencom_key
    assert stat.S_IMODE((tmp_path / "state" / "keys.json").stat().st_mode) == 0o600


def test_a_key_that_an_older_version_did_not_know_is_made_up_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text('{"api_key": "a", "conformance_key": "b"}')

    keys = keep_keys(path)

    assert (keys.api_key, keys.conformance_key) == ("a", "b")
    assert keys.kencom_key
    assert keep_keys(path) == keys


def test_outputs_are_for_their_owner_only(tmp_path: Path) -> None:
    write_outputs(tmp_path / "outputs.json", outputs())
    write_outputs(tmp_path / "outputs.json", outputs())

    assert stat.S_IMODE((tmp_path / "outputs.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["outputs.json"]
