"""Registering partners and their agreements on AWS, after a deployment. Every command is repeatable.

    python -m operations register-applications --stage production
    python -m operations propose-agreements --stage production --as first.person@city.example
    python -m operations approve-agreements --stage production --as second.person@city.example

The account and the Region come from the ordinary AWS environment of whoever runs it.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import boto3

from infra.config import ConfigurationInvalid, PlatformConfig, load, load_agreements
from machi.applications import ApplicationState, Registry
from machi.consent.agreement import ApprovalRefused
from machi.core.clock import utc_now
from machi.core.errors import MachiError
from machi.core.ids import ApplicationId
from machi.storage.agreement_table import AgreementTable
from machi.storage.application_table import ApplicationTable
from operations.parties import approve, partner_application, portal_application, propose

ROOT = Path(__file__).resolve().parent.parent


class OperationFailed(Exception):
    """Something the operator can act on, in one line."""


@dataclass(frozen=True)
class Stage:
    """A stage that stands: what the city file says, and what its stacks say."""

    config: PlatformConfig
    outputs: Mapping[str, str]
    applications: ApplicationTable
    agreements: AgreementTable

    def output(self, key: str) -> str:
        """One output of the stacks.

        Raises:
            OperationFailed: the stage has none such.
        """
        if key not in self.outputs:
            raise OperationFailed(
                f"the stacks of stage {self.config.stage} have no output {key}: deploy first"
            )
        return self.outputs[key]


def main(arguments: list[str]) -> int:
    """Run one command; what the operator can mend is one line on the error output and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m operations", description=__doc__)
    commands = ("register-applications", "propose-agreements", "approve-agreements")
    parser.add_argument("command", choices=commands)
    parser.add_argument("--stage", required=True, choices=("staging", "production"))
    parser.add_argument("--city", default="ichinomiya")
    parser.add_argument("--as", dest="person", default="", help="mail address of who proposes or approves")
    given = parser.parse_args(arguments)
    if given.command != "register-applications" and not given.person:
        sys.stderr.write("error: --as is missing: proposals and approvals are signed\n")
        return 1
    try:
        stage = _stage(load(ROOT, {"stage": given.stage, "city": given.city}))
        if given.command == "register-applications":
            register_applications(stage)
        elif given.command == "propose-agreements":
            propose_agreements(stage, given.person)
        else:
            approve_agreements(stage, given.person)
    except (OperationFailed, ConfigurationInvalid, MachiError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def register_applications(stage: Stage) -> None:
    """Enter portal and partners, or bring them up to date. A new partner begins in the sandbox."""
    config, registry = stage.config, Registry(stage.applications, clock=utc_now)
    clients = {name: stage.output(f"{name.title()}ClientId") for name in ("portal", "app", "connect")}
    registry.register(portal_application(config, clients, stage.output("ApiUrl")))
    _say("portal")
    for partner, addresses in config.partners:
        client_id = stage.output(f"PartnerClientId{partner.id.title().replace('-', '')}")
        registry.register(partner_application(partner, addresses, client_id, ApplicationState.SANDBOX))
        _say(partner.id)


def propose_agreements(stage: Stage, author: str) -> None:
    """Propose each agreement whose newest revision differs from its file."""
    for file in load_agreements(ROOT, stage.config.city.slug):
        revision = propose(stage.agreements, file, author)
        _say(f"{file.application}: {f'revision {revision.revision} proposed' if revision else 'unchanged'}")


def approve_agreements(stage: Stage, approver: str) -> None:
    """Approve each newest revision that waits; its author cannot.

    Raises:
        ApprovalRefused: the approver is the author of one.
    """
    for file in load_agreements(ROOT, stage.config.city.slug):
        try:
            revision = approve(stage.agreements, ApplicationId(file.application), approver)
        except ApprovalRefused as error:
            raise OperationFailed(f"{file.application}: {error}") from None
        _say(
            f"{file.application}: {f'revision {revision.revision} approved' if revision else 'nothing waits'}"
        )


def _stage(config: PlatformConfig) -> Stage:
    formation = boto3.client("cloudformation", region_name=config.region)
    outputs: dict[str, str] = {}
    for part in ("data", "identity", "api"):
        (stack,) = formation.describe_stacks(StackName=config.name(part))["Stacks"]
        outputs |= {found["OutputKey"]: found["OutputValue"] for found in stack.get("Outputs", ())}
    dynamodb = boto3.client("dynamodb", region_name=config.region)
    table = outputs["CityTable"]
    return Stage(config, outputs, ApplicationTable(dynamodb, table), AgreementTable(dynamodb, table))


def _say(line: str) -> None:
    sys.stdout.write(f"  {line}\n")
