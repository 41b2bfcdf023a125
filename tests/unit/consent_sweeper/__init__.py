"""The sweep over consents."""
