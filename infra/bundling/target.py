"""The machine that code is built for."""

import platform
import sys
from dataclasses import dataclass

from aws_cdk import aws_lambda as lambda_

_LAMBDA_SYSTEM = "manylinux_2_28"
"""Lambda's Amazon Linux 2023 has glibc 2.34; google-re2 has no wheels for the older manylinux2014."""


@dataclass(frozen=True, slots=True)
class Target:
    """A Python version on an architecture, as the installer and Lambda each call it."""

    python: str
    """Major and minor version, for example `3.13`."""
    machine: str
    """`aarch64` or `x86_64`."""
    is_host: bool
    """Built for, and compiled by, the Python that runs this."""

    @property
    def runtime(self) -> lambda_.Runtime:
        """Lambda's name for the Python version."""
        return lambda_.Runtime(
            f"python{self.python}", lambda_.RuntimeFamily.PYTHON, supports_inline_code=True
        )

    @property
    def architecture(self) -> lambda_.Architecture:
        """Lambda's name for the machine."""
        return lambda_.Architecture.ARM_64 if self.machine == "aarch64" else lambda_.Architecture.X86_64

    @property
    def installer_options(self) -> tuple[str, ...]:
        """What tells uv which wheels to take."""
        if self.is_host:
            return ("--python", sys.executable)
        return ("--python-platform", f"{self.machine}-{_LAMBDA_SYSTEM}", "--python-version", self.python)


AWS = Target(python="3.13", machine="aarch64", is_host=False)
"""Graviton: a fifth cheaper, and as fast for this work."""


def host() -> Target:
    """This machine; the emulator runs functions on the interpreter it was itself started with."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    machine = {"arm64": "aarch64", "amd64": "x86_64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    return Target(python=version, machine=machine, is_host=True)
