"""Calls from our functions to other parties' servers, without becoming a way into the network behind us."""

from machi.outbound.client import OutboundClient, OutboundFailed, Reply

__all__ = ["OutboundClient", "OutboundFailed", "Reply"]
