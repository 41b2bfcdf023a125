"""What tests and scripts read about a running platform."""

import json
import stat
from dataclasses import fields
from pathlib import Path

from local.keys import keep_keys
from local.outputs import DemoCitizen, DemoStaff, Outputs, read_outputs, write_outputs


def outputs() -> Outputs:
    texts = {field.name: field.name for field in fields(Outputs) if field.type == "str" or field.type is str}
    return Outputs(
        **texts,
        demo_citizens=(DemoCitizen("hanako@example.jp", "secret", "一宮 花子"),),
        demo_staff=(DemoStaff("staff@example.jp", "secret", "職員", "JBSWY3DP"),),
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
    }
    assert agreed <= document.keys()
    assert document["demo_citizens"][0]["name"] == "一宮 花子"


def test_keys_are_made_up_once_and_for_their_owner_only(tmp_path: Path) -> None:
    first = keep_keys(tmp_path / "state" / "keys.json")

    assert keep_keys(tmp_path / "state" / "keys.json") == first
    assert first.api_key != first.conformance_key
    assert stat.S_IMODE((tmp_path / "state" / "keys.json").stat().st_mode) == 0o600


def test_outputs_are_for_their_owner_only(tmp_path: Path) -> None:
    write_outputs(tmp_path / "outputs.json", outputs())
    write_outputs(tmp_path / "outputs.json", outputs())

    assert stat.S_IMODE((tmp_path / "outputs.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["outputs.json"]
