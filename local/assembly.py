"""What the CDK app synthesised, read from its cloud assembly: stacks in an order that deploys, and assets."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from local.failure import PlatformFailure

_STACK, _ASSETS, _NESTED = "aws:cloudformation:stack", "cdk:asset-manifest", "cdk:cloud-assembly"


@dataclass(frozen=True, slots=True)
class Placeholders:
    """The account, region and partition that an assembly without an environment leaves open."""

    account: str
    region: str
    partition: str = "aws"

    def fill(self, text: str) -> str:
        """The text with every `${AWS::…}` replaced."""
        for name, value in (
            ("AccountId", self.account),
            ("Region", self.region),
            ("Partition", self.partition),
        ):
            text = text.replace(f"${{AWS::{name}}}", value)
        return text


@dataclass(frozen=True, slots=True)
class FileAsset:
    """A file or folder to be published to a bucket."""

    source: Path
    zipped: bool
    """A folder that is published as one ZIP file."""
    bucket: str
    key: str
    region: str


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack to deploy."""

    name: str
    template: Path
    template_url_path: str
    """`bucket/key` of the template once its assets are published."""
    parameters: Mapping[str, str]
    tags: Mapping[str, str]
    region: str


@dataclass(frozen=True, slots=True)
class Assembly:
    """A synthesised app."""

    stacks: tuple[Stack, ...]
    """In an order in which each comes after those it needs."""
    assets: tuple[FileAsset, ...]


def read_assembly(folder: Path, defaults: Placeholders) -> Assembly:
    """Read `manifest.json` and everything it names; nested assemblies (CDK stages) belong to it.

    Raises:
        PlatformFailure: the folder holds no assembly that this deployer understands.
    """
    try:
        artifacts = dict(_artifacts(folder))
        order = TopologicalSorter({key: artifact.needs for key, artifact in artifacts.items()}).static_order()
        ordered = [artifacts[key] for key in order if key in artifacts]
        stacks = tuple(_stack(artifact, defaults) for artifact in ordered if artifact.kind == _STACK)
        assets = tuple(
            asset for artifact in ordered if artifact.kind == _ASSETS for asset in _assets(artifact, defaults)
        )
    except (OSError, KeyError, ValueError) as error:
        raise PlatformFailure(
            f"The synthesised app in {folder} cannot be read ({error!r}); remove that folder."
        ) from error
    return Assembly(stacks, tuple({(asset.bucket, asset.key): asset for asset in assets}.values()))


@dataclass(frozen=True, slots=True)
class _Artifact:
    folder: Path
    name: str
    kind: str
    document: dict[str, Any]
    needs: tuple[tuple[Path, str], ...]


def _artifacts(folder: Path) -> Iterator[tuple[tuple[Path, str], _Artifact]]:
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, document in manifest["artifacts"].items():
        if document["type"] == _NESTED:
            yield from _artifacts(folder / document["properties"]["directoryName"])
            continue
        needs = tuple((folder, needed) for needed in document.get("dependencies", ()))
        yield (folder, name), _Artifact(folder, name, document["type"], document, needs)


def _stack(artifact: _Artifact, defaults: Placeholders) -> Stack:
    properties = artifact.document["properties"]
    region = _region(artifact.document.get("environment", ""), defaults)
    places = Placeholders(defaults.account, region)
    return Stack(
        name=properties.get("stackName", artifact.name),
        template=artifact.folder / properties["templateFile"],
        template_url_path=places.fill(properties["stackTemplateAssetObjectUrl"].removeprefix("s3://")),
        parameters=properties.get("parameters", {}),
        tags=properties.get("tags", {}),
        region=region,
    )


def _assets(artifact: _Artifact, defaults: Placeholders) -> Iterator[FileAsset]:
    manifest = json.loads((artifact.folder / artifact.document["properties"]["file"]).read_text())
    if manifest.get("dockerImages"):
        raise ValueError("container images cannot be published here")
    for asset in manifest.get("files", {}).values():
        source = asset["source"]
        for destination in asset["destinations"].values():
            places = Placeholders(
                defaults.account, defaults.fill(destination.get("region") or defaults.region)
            )
            yield FileAsset(
                source=artifact.folder / source["path"],
                zipped=source.get("packaging") == "zip",
                bucket=places.fill(destination["bucketName"]),
                key=places.fill(destination["objectKey"]),
                region=places.region,
            )


def _region(environment: str, defaults: Placeholders) -> str:
    """The region of `aws://account/region`."""
    region = environment.rsplit("/", 1)[-1]
    return defaults.region if region in {"", "unknown-region"} else region
