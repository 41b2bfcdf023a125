"""Bringing a platform up, step by step, and what is printed once it is there."""

from dataclasses import dataclass

from local.assembly import Assembly, Placeholders, read_assembly
from local.aws import Aws
from local.companion import Companion
from local.deployed import Deployed, read_deployed
from local.deployer import Deployer
from local.emulator import ACCOUNT, REGION, Emulator
from local.generations import Beginning
from local.keys import keep_keys
from local.outputs import Outputs, write_outputs
from local.portal import publish_portal
from local.progress import Progress
from local.seed.everything import Seed
from local.settings import LocalSettings
from local.synthesis import synthesise

_BEGINNINGS = {
    Beginning.NOTHING: "with nothing stored yet",
    Beginning.SAVED: "with the data of the last run",
    Beginning.FALLEN_BACK: "the last run was killed: back at the last whole state",
    Beginning.LOST: "the last run was killed before anything was saved: beginning anew",
}


@dataclass(frozen=True, slots=True)
class Started:
    """A platform that is up."""

    outputs: Outputs
    changed: bool
    """Whether anything was deployed or seeded."""


def start(settings: LocalSettings, emulator: Emulator, companion: Companion, progress: Progress) -> Started:
    """Run every step; emulator and simulators are left running, also when a step fails.

    Raises:
        PlatformFailure: a step cannot be done.
    """
    with progress.step("Synthesising the CDK app") as step:
        step.note("written" if synthesise(settings) else "unchanged")
        assembly = read_assembly(settings.assembly_dir, Placeholders(ACCOUNT, REGION))
    companion.start()
    with progress.step("Starting the embedded AWS") as step:
        step.note(_BEGINNINGS[emulator.start()])
    aws = Aws(f"http://127.0.0.1:{settings.ports.emulator}")
    deployed, changed = _deploy(assembly, aws, emulator, progress)
    with progress.step("Building the portal") as step:
        travelled = publish_portal(settings, aws, deployed, emulator.generation)
        step.note(f"{travelled} files uploaded" if travelled else "unchanged")
    keys = keep_keys(settings.keys_file)
    seed = Seed(settings, aws, deployed, keys, emulator.generation)
    with progress.step("Seeding") as step:
        planted = seed.plant(step.note)
    companion.wait()
    outputs = Outputs(
        portal_url=settings.portal_url,
        api_url=settings.api_url,
        auth_url=settings.emulator_url,
        mail_url=settings.mail_url,
        emulator_url=settings.emulator_url,
        region=REGION,
        api_key=keys.api_key,
        conformance_key=keys.conformance_key,
        demo_citizens=planted.citizens,
        demo_staff=planted.staff,
        import_bucket=deployed.import_bucket,
        context_table=deployed.context_table,
        history_table=deployed.history_table,
        people_table=deployed.people_table,
        city_table=deployed.city_table,
        citizen_pool_id=deployed.citizen_pool_id,
        portal_client_id=deployed.portal_client_id,
        connect_url=f"{settings.api_url}/connect",
        simulators_url=settings.simulators_url,
        app_client_id=deployed.app_client_id,
        connect_client_id=deployed.connect_client_id,
        account_client_id=deployed.account_client_id,
        partners=planted.partners,
        staff_pool_id=deployed.staff_pool_id,
        staff_client_id=deployed.staff_client_id,
    )
    changed = changed or bool(travelled) or planted.changed
    if changed:
        with progress.step("Saving this state to fall back to") as step:
            if not emulator.checkpoint():
                step.note(f"a function that reads changes fails, see {settings.log_dir / 'functions'}")
    write_outputs(settings.outputs_file, outputs)
    return Started(outputs, changed)


def _deploy(assembly: Assembly, aws: Aws, emulator: Emulator, progress: Progress) -> tuple[Deployed, bool]:
    deployer = Deployer(aws, emulator.generation)
    with progress.step("Deploying the stacks") as step:
        changed = deployer.deploy(assembly, step.note)
        step.note(", ".join(changed) or "unchanged")
    deployed = read_deployed(deployer.outputs(assembly))
    routes = {
        "api_id": deployed.api_id,
        "api_stage": deployed.api_stage,
        "distribution": deployed.portal_distribution_domain,
    }
    emulator.call("routes", routes)
    return deployed, bool(changed)


def summary(outputs: Outputs, seconds: float) -> str:
    """The box that a person reads."""
    citizens = [
        f"{citizen.email} / {citizen.password}  ({citizen.name})" for citizen in outputs.demo_citizens
    ]
    staff = [
        f"{member.email} / {member.password}  (TOTP {member.totp_secret})" for member in outputs.demo_staff
    ]
    rows = [
        ("Portal", outputs.portal_url),
        *((("Citizens" if number == 0 else ""), text) for number, text in enumerate(citizens)),
        *((("Staff" if number == 0 else ""), text) for number, text in enumerate(staff)),
        ("API", f"{outputs.api_url}/ngsi-ld/v1"),
        ("API key", outputs.api_key),
        ("Mail", outputs.mail_url),
        ("Partners", f"{outputs.connect_url}/.well-known/openid-configuration"),
    ]
    lines = [f"  {name:<9} {text}" for name, text in rows]
    rule = "─" * 72
    return "\n".join([rule, f"  Ready after {seconds:.0f} s", *lines, rule])
