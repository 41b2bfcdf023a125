"""What is told to a person when the local platform cannot go on."""


class PlatformFailure(Exception):
    """Something a person can act on; the message is one line saying what to do, never with a traceback."""
