"""A synthesised assembly, read as plain JSON: what would really be deployed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

Resource = dict[str, Any]
Statement = dict[str, Any]


@dataclass(frozen=True)
class Assembly:
    """One stage as it was written to a folder."""

    folder: Path
    prefix: str
    """What every stack's name begins with, for example `machi-ichinomiya-local-`."""

    @cached_property
    def stacks(self) -> dict[str, dict[str, Any]]:
        """Templates by the short name of their stack."""
        return {
            path.name.removeprefix(self.prefix).removesuffix(".template.json"): json.loads(path.read_text())
            for path in sorted(self.folder.glob("*.template.json"))
        }

    @cached_property
    def regions(self) -> dict[str, str]:
        """The Region of each stack by its short name."""
        artifacts = json.loads((self.folder / "manifest.json").read_text())["artifacts"]
        return {
            name.removeprefix(self.prefix): artifact["environment"].rsplit("/", 1)[-1]
            for name, artifact in artifacts.items()
            if artifact["type"] == "aws:cloudformation:stack"
        }

    @property
    def folder_texts(self) -> Iterator[tuple[str, str]]:
        """Every JSON document of the assembly itself, assets apart."""
        for path in sorted(self.folder.glob("*.json")):
            yield path.name, path.read_text()

    def resources(self, kind: str, stack: str | None = None) -> dict[str, Resource]:
        """Resources of a type by logical id, in one stack or in all."""
        return {
            key: resource
            for name, template in self.stacks.items()
            if stack in {None, name}
            for key, resource in template["Resources"].items()
            if resource["Type"] == kind
        }

    def properties(self, kind: str, stack: str | None = None) -> list[dict[str, Any]]:
        """The properties of every resource of a type."""
        return [resource.get("Properties", {}) for resource in self.resources(kind, stack).values()]

    def functions(self) -> dict[str, Resource]:
        """Our own functions by folder name; CDK's helpers are left out."""
        return {
            resource["Properties"]["Handler"].split(".")[1]: resource
            for resource in self.resources("AWS::Lambda::Function").values()
            if resource["Properties"]["Handler"].startswith("functions.")
        }

    def statements_of(self, function: str) -> list[Statement]:
        """What the role of one of our functions may do."""
        role = self.functions()[function]["Properties"]["Role"]["Fn::GetAtt"][0]
        return [
            statement
            for policy in self.properties("AWS::IAM::Policy")
            if {"Ref": role} in policy["Roles"]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def asset(self, code: dict[str, Any]) -> Path:
        """The folder of an asset that a template's `S3Key` names."""
        key: str = code["S3Key"]
        return self.folder / f"asset.{key.removesuffix('.zip')}"


def listed(value: object) -> list[Any]:
    """CloudFormation writes one element without its list."""
    return value if isinstance(value, list) else [value]


def written(value: object) -> str:
    """A template fragment as text, for containment checks."""
    return json.dumps(value, ensure_ascii=False)
