"""The platform on one machine: emulator, deployer, seed."""
