"""What all stacks have in common: name, place, tags and how they say what others need to know."""

from aws_cdk import CfnOutput, DefaultStackSynthesizer, Environment, Stack, Tags
from constructs import Construct

from infra.config import PlatformConfig


class CityStack(Stack):
    """A stack of one stage of one city, in one Region."""

    def __init__(
        self, scope: Construct, part: str, *, config: PlatformConfig, region: str, description: str
    ) -> None:
        account = config.on_aws.account if config.on_aws else None
        super().__init__(
            scope,
            config.name(part),
            stack_name=config.name(part),
            description=f"{config.city.name.en}, {config.stage}: {description}",
            env=Environment(account=account, region=region),
            termination_protection=not config.is_local,
            # The emulator has no bootstrap stack whose version could be asked for.
            synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=not config.is_local),
        )
        Tags.of(self).add("machi:city", config.city.code)
        Tags.of(self).add("machi:stage", config.stage)

    def say(self, key: str, value: str) -> None:
        """A stack output. Keys are the camel-case form of those in `.local/outputs.json`."""
        CfnOutput(self, key, value=value)
