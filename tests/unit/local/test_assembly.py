"""Reading a synthesised cloud assembly."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.assembly import Placeholders, read_assembly
from local.failure import PlatformFailure

DEFAULTS = Placeholders("000000000000", "ap-northeast-1")


def stack(name: str, *needs: str, environment: str = "aws://000000000000/ap-northeast-1") -> dict[str, Any]:
    return {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "dependencies": list(needs),
        "properties": {
            "templateFile": f"{name}.template.json",
            "stackName": f"city-{name}",
            "stackTemplateAssetObjectUrl": f"s3://assets-${{AWS::AccountId}}-${{AWS::Region}}/{name}.json",
        },
    }


def write(folder: Path, artifacts: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"version": "40.0.0", "artifacts": artifacts}))
    return folder


def test_stacks_come_after_those_they_need(tmp_path: Path) -> None:
    artifacts = {
        "api": stack("api", "data", "identity"),
        "identity": stack("identity", "data"),
        "data": stack("data"),
    }

    assembly = read_assembly(write(tmp_path, artifacts), DEFAULTS)

    assert [found.name for found in assembly.stacks] == ["city-data", "city-identity", "city-api"]


def test_an_environment_that_was_left_open_is_filled_in(tmp_path: Path) -> None:
    artifacts = {"data": stack("data", environment="aws://unknown-account/unknown-region")}

    (found,) = read_assembly(write(tmp_path, artifacts), DEFAULTS).stacks

    assert found.region == "ap-northeast-1"
    assert found.template_url_path == "assets-000000000000-ap-northeast-1/data.json"


def test_a_stack_goes_to_the_region_it_names(tmp_path: Path) -> None:
    artifacts = {"data": stack("data", environment="aws://000000000000/ap-northeast-3")}

    (found,) = read_assembly(write(tmp_path, artifacts), DEFAULTS).stacks

    assert found.region == "ap-northeast-3"
    assert found.template_url_path.startswith("assets-000000000000-ap-northeast-3/")


def test_folders_are_published_as_archives_and_files_as_they_are(tmp_path: Path) -> None:
    destination = {"bucketName": "assets-${AWS::AccountId}", "objectKey": "abc.zip"}
    files = {
        "abc": {"source": {"path": "asset.abc", "packaging": "zip"}, "destinations": {"here": destination}},
        "def": {
            "source": {"path": "data.template.json", "packaging": "file"},
            "destinations": {"here": {**destination, "objectKey": "def.json"}},
        },
    }
    (tmp_path / "data.assets.json").write_text(json.dumps({"files": files}))
    artifacts = {"data.assets": {"type": "cdk:asset-manifest", "properties": {"file": "data.assets.json"}}}

    assets = read_assembly(write(tmp_path, artifacts), DEFAULTS).assets

    assert [(asset.key, asset.zipped, asset.bucket) for asset in assets] == [
        ("abc.zip", True, "assets-000000000000"),
        ("def.json", False, "assets-000000000000"),
    ]


def test_stacks_of_a_nested_assembly_belong_to_it(tmp_path: Path) -> None:
    write(tmp_path / "assembly-local", {"data": stack("data")})
    nested = {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-local"}}

    (found,) = read_assembly(write(tmp_path, {"local": nested}), DEFAULTS).stacks

    assert found.template == tmp_path / "assembly-local" / "data.template.json"


def test_container_images_are_refused_rather_than_left_out(tmp_path: Path) -> None:
    (tmp_path / "data.assets.json").write_text(json.dumps({"files": {}, "dockerImages": {"abc": {}}}))
    artifacts = {"data.assets": {"type": "cdk:asset-manifest", "properties": {"file": "data.assets.json"}}}

    with pytest.raises(PlatformFailure, match="container images"):
        read_assembly(write(tmp_path, artifacts), DEFAULTS)


def test_a_folder_without_a_manifest_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(PlatformFailure, match="cannot be read"):
        read_assembly(tmp_path, DEFAULTS)
