"""What every function is watched for."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from infra.constructs.alarms import Alarms
from infra.constructs.python_function import PythonFunction

_PERIOD = Duration.minutes(5)


def watch_function(function: PythonFunction, alarms: Alarms) -> None:
    """Errors, throttles, and calls that come near their time-out."""
    name = function.node.id
    timeout = function.function.timeout or Duration.seconds(3)
    alarms.when(f"{name}Errors", function.function.metric_errors(period=_PERIOD), threshold=0)
    alarms.when(f"{name}Throttles", function.function.metric_throttles(period=_PERIOD), threshold=0)
    alarms.when(
        f"{name}Slow",
        function.function.metric_duration(period=_PERIOD, statistic=cloudwatch.Stats.percentile(99)),
        threshold=timeout.to_milliseconds() * 0.8,
        periods=2,
    )
