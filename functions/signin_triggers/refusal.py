"""How a trigger says no: the pool shows the message to whoever is signing in, so it tells nothing more."""


class Refused(Exception):
    """The pool shall not go on. The message is fixed, and may be read by anybody."""


class OutOfService(Refused):
    """The application is stopped, or the account may not be used with it."""

    def __init__(self) -> None:
        super().__init__("This service cannot be used at the moment.")


class RegisterElsewhere(Refused):
    """Nobody signs up past our own registration."""

    def __init__(self) -> None:
        super().__init__("Please register in the citizen portal.")


class Unavailable(Refused):
    """Something we need does not answer; nothing is decided without it."""

    def __init__(self) -> None:
        super().__init__("This is not possible at the moment. Please try again later.")
