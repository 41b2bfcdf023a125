"""Signatures that the platform gives: client assertions, logout tokens, consent receipts, audit anchors.

Private keys never leave KMS; whoever verifies finds the public ones at `/connect/jwks.json`.
"""
