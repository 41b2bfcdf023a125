"""The embedded AWS and the platform's doors in one process; runs in the emulator's environment (ADR 0020).

Nothing here may import packages that only the project's own environment has.
"""
