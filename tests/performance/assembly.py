"""Which assets each function of a synthesised stage consists of, so that what is measured is what ships."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class ShippedFunction:
    """One function with the folders that Lambda lays on its path."""

    name: str
    module: str
    code: Path
    layers: tuple[Path, ...]

    @property
    def path(self) -> list[str]:
        """The import path, the function's own code first."""
        return [str(self.code), *(str(layer / "python") for layer in self.layers)]


def shipped_functions(assembly: Path) -> list[ShippedFunction]:
    """Every Python function of the stacks in a cloud assembly, by name."""
    templates = {path.name: json.loads(path.read_text()) for path in assembly.glob("*.template.json")}
    layers = {
        (name, logical): _asset(assembly, resource["Properties"]["Content"])
        for name, template in templates.items()
        for logical, resource in _of_type(template, "AWS::Lambda::LayerVersion")
    }
    found = []
    for name, template in templates.items():
        for _, resource in _of_type(template, "AWS::Lambda::Function"):
            properties = resource["Properties"]
            module = str(properties.get("Handler", "")).rpartition(".")[0]
            if module.startswith("functions."):
                own = [layers[name, reference["Ref"]] for reference in properties.get("Layers", [])]
                code = _asset(assembly, properties["Code"])
                found.append(ShippedFunction(module.split(".")[1], module, code, tuple(own)))
    return sorted(found, key=lambda each: each.name)


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _of_type(template: Mapping[str, Any], kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for logical, resource in template["Resources"].items():
        if resource["Type"] == kind:
            yield logical, resource


def _asset(assembly: Path, location: Mapping[str, Any]) -> Path:
    return assembly / f"asset.{str(location['S3Key']).removesuffix('.zip')}"
