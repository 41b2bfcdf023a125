"""A process of its own that releases personal data and is killed on the way; run by `test_release_killed`.

python -m tests.storage.release_and_die ENDPOINT TABLE POINT
"""

import os
import signal
import sys

from machi.applications import ApplicationState
from machi.consent.decision import Decision
from machi.consent.disclosure import Disclosure, Way
from machi.consent.record import ReleaseRequest
from machi.consent.releases import Releases
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId, DataItem
from machi.storage.agreement_table import AgreementTable
from machi.storage.client import dynamodb_client
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from tests.unit.consent.builders import asks

POINTS = ("before the decision", "after the decision", "before the record", "after the record", "nowhere")
DATA = "the data itself"


class Running:
    """Every application runs."""

    def state_of(self, _application: ApplicationId) -> ApplicationState | None:
        return ApplicationState.PRODUCTION


class Mortal(Releases):
    """Dies, as by a power cut, at one point around the decision."""

    point = "nowhere"

    def decide(self, request: ReleaseRequest) -> Decision:
        dies(self.point == "before the decision")
        decision = super().decide(request)
        dies(self.point == "after the decision")
        return decision


class MortalDisclosures(DisclosureTable):
    """Dies at one point around the record."""

    point = "nowhere"

    def append(self, record: Disclosure) -> Disclosure:
        dies(self.point == "before the record")
        placed = super().append(record)
        dies(self.point == "after the record")
        return placed


def dies(now: bool) -> None:
    """The end of the process without any cleaning up, if now."""
    if now:
        os.kill(os.getpid(), signal.SIGKILL)


def main(endpoint: str, table: str, point: str) -> None:
    """Release once."""
    client = dynamodb_client(region="ap-northeast-1", endpoint=endpoint)
    Mortal.point = MortalDisclosures.point = point
    releases = Mortal(
        applications=Running(),
        agreements=AgreementTable(client, table),
        consents=ConsentTable(client, table),
        disclosures=MortalDisclosures(client, table),
        clock=utc_now,
    )

    def hand_over(_items: frozenset[DataItem]) -> None:
        os.write(1, DATA.encode())

    releases.release(asks("name"), way=Way.USERINFO, request_id="req", hand_over=hand_over)


if __name__ == "__main__":
    main(*sys.argv[1:])
