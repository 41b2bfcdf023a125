"""cdk-nag and cfn-lint find nothing, and what is accepted has a decision record."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App
from aws_cdk import aws_s3 as s3

from infra.config import load
from infra.exceptions import Decision
from infra.platform import Platform
from tests.infra.assembly import Assembly
from tests.infra.conftest import CACHE, ROOT

_CITED = re.compile(r"\((docs/adr/\d{4}-[a-z0-9-]+\.md)\)$")


def acknowledged(assembly: Assembly) -> list[tuple[str, str]]:
    """Every accepted finding with its reason, as the assembly's metadata keep it."""
    found = []
    for path in assembly.folder.glob("*.metadata.json"):
        for entries in json.loads(path.read_text()).values():
            for entry in entries:
                if "acknowledged" in entry["type"].lower():
                    found += list(entry["data"].items())
    return found


@pytest.mark.parametrize("stage", ["production", "delegated"])
def test_synthesis_passes_the_security_rules(stage: str, request: pytest.FixtureRequest) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    report = json.loads((assembly.folder / "validation-report.json").read_text())
    plugins = {plugin["pluginName"]: plugin for plugin in report["pluginReports"]}

    assert "AwsSolutions" in plugins
    for plugin in plugins.values():
        assert plugin["conclusion"] == "success"


def test_a_broken_security_rule_stops_synthesis(tmp_path: Path) -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = App(outdir=str(tmp_path), context={**context, "stage": "production"})
    platform = Platform(app, config=load(ROOT, {"stage": "production"}), root=ROOT, cache=CACHE)
    s3.Bucket(platform.data, "Careless")

    with pytest.raises(RuntimeError, match=r"Careless[^\n]*\n[^\n]*AwsSolutions-S1"):
        app.synth()


@pytest.mark.parametrize("stage", ["production", "delegated"])
def test_each_accepted_finding_cites_a_decision_record_that_exists(
    stage: str, request: pytest.FixtureRequest
) -> None:
    found = acknowledged(request.getfixturevalue(stage))

    assert len(found) >= 20
    for rule, reason in found:
        cited = _CITED.search(reason)
        assert cited, f"{rule} is accepted without a decision record"
        assert (ROOT / cited.group(1)).is_file(), f"{rule} cites {cited.group(1)}, which does not exist"


def test_every_decision_record_named_in_the_code_exists_and_names_its_findings() -> None:
    for decision in Decision:
        assert (ROOT / decision).is_file()


def test_findings_about_the_edge_vanish_once_names_are_delegated(
    production: Assembly, delegated: Assembly
) -> None:
    def edge(assembly: Assembly) -> set[str]:
        return {rule for rule, _ in acknowledged(assembly) if "-CFR" in rule}

    assert {rule.rsplit("-", 1)[-1] for rule in edge(production)} == {"CFR1", "CFR2", "CFR4"}
    assert {rule.rsplit("-", 1)[-1] for rule in edge(delegated)} == {"CFR1"}


@pytest.mark.parametrize("stage", ["production", "delegated", "local"])
def test_cfn_lint_finds_nothing(stage: str, request: pytest.FixtureRequest) -> None:
    assembly: Assembly = request.getfixturevalue(stage)
    by_region: dict[str, list[str]] = {}
    for name, region in assembly.regions.items():
        regions = "us-east-1" if region == "us-east-1" else "ap-northeast-1,ap-northeast-3"
        by_region.setdefault(regions, []).append(
            str(assembly.folder / f"{assembly.prefix}{name}.template.json")
        )

    for regions, templates in by_region.items():
        # W3005: CDK writes both a reference and the dependency that it implies (ADR 0006).
        command = [
            str(Path(sys.executable).with_name("cfn-lint")),
            "--ignore-checks",
            "W3005",
            "--regions",
            *regions.split(","),
        ]
        done = subprocess.run([*command, "--", *templates], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "")
