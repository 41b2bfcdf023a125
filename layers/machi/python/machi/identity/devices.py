"""Where a citizen is signed in, and how a citizen puts an end to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from machi.core.ids import ApplicationId, CitizenId

_LONGEST = 512  # characters of a user agent that are looked at

# What comes later claims to be what came before: every Edge says Chrome, every Chrome says Safari.
_BROWSERS = (
    ("Edge", re.compile(r"\bEdg(?:e|A|iOS)?/")),
    ("Opera", re.compile(r"\bOPR/|\bOpera\b")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("LINE", re.compile(r"\bLine/")),
    ("Yahoo! JAPAN", re.compile(r"\bYJApp-|\bYahooMobile|\bYJTop")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"\b(?:Chrome|CriOS|HeadlessChrome|Chromium)/")),
    ("Safari", re.compile(r"\bSafari/")),
)
_SYSTEMS = (
    ("Android", re.compile(r"\bAndroid\b")),
    ("iPhone", re.compile(r"\biPhone\b")),
    ("iPad", re.compile(r"\biPad\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("Mac", re.compile(r"\bMac OS X\b|\bMacintosh\b")),
    ("Linux", re.compile(r"\bLinux\b|\bX11\b")),
)
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Device:
    """One sign-in that goes on."""

    session: str
    application: ApplicationId
    name: str
    """As its user knows it: `Chrome / Android`. Nothing else of the user agent is kept."""
    first_seen_at: datetime
    last_seen_at: datetime


class DeviceRepository(Protocol):
    """Where sign-ins are kept; the citizen stands in every key."""

    def all_of(self, citizen: CitizenId) -> Sequence[Device]:
        """Those that go on, newest first."""

    def see(self, citizen: CitizenId, device: Device) -> bool:
        """Keep it, or that it was seen again; True if it is new. One that was signed out stays so."""

    def sign_out(self, citizen: CitizenId, session: str, at: datetime) -> bool:
        """End one, from the next request on; False if there is none. Repeatable."""

    def sign_out_all(self, citizen: CitizenId, at: datetime, but: str | None) -> None:
        """End all that began before now, known here or not, except one. Repeatable."""


def device_name(user_agent: str) -> str:
    """Browser and system that a user agent names, in words of a closed list."""
    seen = user_agent[:_LONGEST]
    browser = next((name for name, pattern in _BROWSERS if pattern.search(seen)), UNKNOWN)
    system = next((name for name, pattern in _SYSTEMS if pattern.search(seen)), UNKNOWN)
    return f"{browser} / {system}"
