"""The synthesised assembly, deployed to the embedded AWS; only stacks whose template changed are touched.

The templates name their assets by content hash, so a changed function is a changed template.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from local import assets
from local.assembly import Assembly, Stack
from local.aws import Aws
from local.failure import PlatformFailure
from local.fingerprint import fingerprint

_STAMP = "stacks.json"
_SETTLED = ("_COMPLETE", "_FAILED")
_BOOTSTRAP_VERSION = "/cdk-bootstrap/hnb659fds/version"
_POLL_SECONDS = 0.1
_STACK_SECONDS = 300

Note = Callable[[str], None]


class Deployer:
    """Brings the stacks of one emulator to what an assembly says."""

    def __init__(self, aws: Aws, generation: Path) -> None:
        """`generation` keeps the stamps, so that they fall back together with the state they describe."""
        self._aws = aws
        self._stamp = generation / _STAMP

    def deploy(self, assembly: Assembly, note: Note) -> list[str]:
        """Create, update and delete stacks; gives the names of those that changed.

        Raises:
            PlatformFailure: a stack failed; says which resource and why.
        """
        deployed = self._deployed()
        changed = [stack for stack in assembly.stacks if deployed.get(stack.name) != _digest(stack)]
        gone = [name for name in deployed if name not in {stack.name for stack in assembly.stacks}]
        if changed:
            note("publishing assets")
            assets.publish(self._aws, assembly.assets)
        for stack in changed:
            note(stack.name)
            self._bring_up(stack)
            deployed[stack.name] = _digest(stack)
            self._stamp.write_text(json.dumps(deployed))
        for name in reversed(gone):
            note(f"deleting {name}")
            self._delete(self._aws, name)
            del deployed[name]
            self._stamp.write_text(json.dumps(deployed))
        return [stack.name for stack in changed] + gone

    def outputs(self, assembly: Assembly) -> dict[str, str]:
        """The outputs of all stacks in one map."""
        found: dict[str, str] = {}
        for stack in assembly.stacks:
            described = self._describe(self._aws.in_region(stack.region), stack.name) or {}
            found |= {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", ())}
        return found

    def _deployed(self) -> dict[str, str]:
        return dict(json.loads(self._stamp.read_text())) if self._stamp.exists() else {}

    def _bring_up(self, stack: Stack) -> None:
        aws = self._aws.in_region(stack.region)
        self._bootstrap(aws)
        present = self._describe(aws, stack.name)
        if present and not present["StackStatus"].endswith(
            ("CREATE_COMPLETE", "UPDATE_COMPLETE", "ROLLBACK_COMPLETE")
        ):
            self._delete(aws, stack.name)
            present = None
        if present and present["StackStatus"] == "ROLLBACK_COMPLETE":
            # A creation that was rolled back holds nothing and cannot be updated.
            self._delete(aws, stack.name)
            present = None
        began = time.time()
        request: dict[str, Any] = {
            "StackName": stack.name,
            "TemplateURL": f"{self._aws.endpoint}/{stack.template_url_path}",
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in stack.parameters.items()
            ],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
            "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
        }
        try:
            if present:
                aws.cloudformation.update_stack(**request)
            else:
                aws.cloudformation.create_stack(**request)
        except ClientError as error:
            if "No updates are to be performed" in str(error):
                return
            raise PlatformFailure(
                f"Stack {stack.name} is refused: {error.response['Error']['Message']}"
            ) from error
        self._wait(aws, stack.name, began)

    def _bootstrap(self, aws: Aws) -> None:
        """What `cdk bootstrap` leaves behind and every template asks for."""
        aws.ssm.put_parameter(Name=_BOOTSTRAP_VERSION, Value="30", Type="String", Overwrite=True)

    def _wait(self, aws: Aws, name: str, began: float) -> None:
        deadline = time.monotonic() + _STACK_SECONDS
        while time.monotonic() < deadline:
            described = self._describe(aws, name)
            status = described["StackStatus"] if described else "DELETE_COMPLETE"
            if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
                return
            if status.endswith(_SETTLED) and "CLEANUP" not in status:
                raise PlatformFailure(f"Stack {name} failed: {self._reason(aws, name, began)}")
            time.sleep(_POLL_SECONDS)
        raise PlatformFailure(
            f"Stack {name} did not settle within {_STACK_SECONDS} s: {self._reason(aws, name, began)}"
        )

    def _delete(self, aws: Aws, name: str) -> None:
        aws.cloudformation.delete_stack(StackName=name)
        deadline = time.monotonic() + _STACK_SECONDS
        while (described := self._describe(aws, name)) and time.monotonic() < deadline:
            if described["StackStatus"] == "DELETE_FAILED":
                raise PlatformFailure(f"Stack {name} cannot be deleted: run `make reset`.")
            time.sleep(_POLL_SECONDS)

    def _describe(self, aws: Aws, name: str) -> dict[str, Any] | None:
        try:
            stacks = aws.cloudformation.describe_stacks(StackName=name)["Stacks"]
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        return dict(stacks[0]) if stacks and stacks[0]["StackStatus"] != "DELETE_COMPLETE" else None

    def _reason(self, aws: Aws, name: str, began: float) -> str:
        """The first failure since the operation began: later ones only follow from it."""
        events = aws.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        for event in reversed(events):
            failed = event.get("ResourceStatus", "").endswith("_FAILED")
            if failed and event["Timestamp"].timestamp() >= int(began) and event.get("ResourceStatusReason"):
                return (
                    f"{event['LogicalResourceId']} ({event['ResourceType']}): {event['ResourceStatusReason']}"
                )
        return "no reason given; see the emulator's log"


def _digest(stack: Stack) -> str:
    return fingerprint([stack.template], dict(stack.parameters), dict(stack.tags), stack.region)
