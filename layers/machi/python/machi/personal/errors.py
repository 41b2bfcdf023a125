"""How requests for personal entities can fail."""

from machi.ngsild.errors import NgsiLdError


class NotConsented(NgsiLdError):
    """Nothing covers this write: no such citizen, no consent, or not for this.

    One answer for all three, so that it tells nothing about the citizen.
    """

    type = "https://uri.etsi.org/ngsi-ld/errors/OperationNotSupported"
    title = "Not consented"
    status = 403
