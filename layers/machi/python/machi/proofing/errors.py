"""How an identity proofing can end without a comparison."""

from machi.core.errors import MachiError


class ProofingError(MachiError):
    """The root. Messages say what is wrong with the exchange, never anything of the person."""


class AttemptOver(ProofingError):
    """The attempt or the ticket is unknown, was used, or is older than it may be."""


class AnotherBrowser(ProofingError):
    """The answer came to a browser that did not begin this attempt."""


class Declined(ProofingError):
    """The service answers with an error in the place of a code."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__("the service did not authenticate")
        self.error, self.description = error, description


class CodeRefused(ProofingError):
    """The service does not exchange this code: it is used, or too old."""


class ServiceUnavailable(ProofingError):
    """The service, or the key that signs for us, cannot be reached or answers nothing usable."""


class AnswerRefused(ProofingError):
    """An answer does not hold: it is forged, for another client, or of another attempt."""
