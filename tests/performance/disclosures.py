"""Personal data leaving at a city's pace: 1,000 citizens with 20 consents each, 100 disclosures a second.

Straight against the emulator's DynamoDB, because it is storage and its transactions that must keep up.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from time import perf_counter

from local.aws import Aws
from machi.applications import ApplicationState
from machi.consent.disclosure import Way, first_fault
from machi.consent.record import ReleaseRequest
from machi.consent.releases import Releases
from machi.consent.remembered import RememberedAgreements, RememberedStates
from machi.consent.repositories import ConsentChange
from machi.core.clock import utc_now
from machi.core.ids import ApplicationId, CitizenId, ConsentId, new_id
from machi.storage.agreement_table import AgreementTable
from machi.storage.consent_table import ConsentTable
from machi.storage.disclosure_table import DisclosureTable
from machi.storage.timeline_table import TimelineTable
from tests.performance.measurement import Figure, p50_ms, p95_ms, sample
from tests.unit.consent.builders import ADVICE, agreement, consent_to, items

CITIZENS, APPLICATIONS, A_SECOND, SECONDS = 1_000, 20, 100, 60
_THREADS = 16


class _Running:
    def state_of(self, _application: ApplicationId) -> ApplicationState | None:
        return ApplicationState.PRODUCTION


@dataclass(frozen=True, slots=True)
class _Outcome:
    began: float
    took: float
    subject: CitizenId


def measure(endpoint: str, people: str, city: str, *, say: Callable[[str], None]) -> Iterator[Figure]:
    """Fill, release for a minute, and count what is on record."""
    client = Aws(endpoint).dynamodb
    agreements, consents = AgreementTable(client, city), ConsentTable(client, people)
    disclosures = DisclosureTable(client, people)
    applications = [ApplicationId(f"bench-{number}") for number in range(APPLICATIONS)]
    subjects = [CitizenId(f"bench-{number}") for number in range(CITIZENS)]
    for application in applications:
        agreements.add(replace(agreement(), application=application))
    say(f"{CITIZENS * APPLICATIONS:,} consents")
    _agree(consents, subjects, applications)
    releases = Releases(
        applications=RememberedStates(_Running()),
        agreements=RememberedAgreements(agreements),
        consents=consents,
        disclosures=disclosures,
        clock=utc_now,
    )
    say(f"{A_SECOND} disclosures a second for {SECONDS} seconds")
    outcomes, late = _release(releases, subjects, applications)
    expected = Counter(outcome.subject for outcome in outcomes)
    chains = {subject: disclosures.chain_of(subject) for subject in expected}
    kept = sum(len(records) for records, _ in chains.values())
    broken = sum(1 for records, head in chains.values() if first_fault(records, head) is not None)
    note = f"{A_SECOND} a second for {SECONDS} s, {CITIZENS:,} citizens"
    yield Figure("disclosures", "lost", len(outcomes) - kept, "records", note, limit=0)
    yield Figure("disclosures", "chains that do not hold", broken, "chains", limit=0)
    yield Figure("disclosures", "released", len(outcomes), "records")
    yield Figure("disclosures", "behind the clock at the end", late, "s", limit=1)
    yield Figure("disclosures", "decision, record, hand-over, p50", p50_ms([o.took for o in outcomes]), "ms")
    yield Figure("disclosures", "decision, record, hand-over, p95", p95_ms([o.took for o in outcomes]), "ms")
    timeline, busiest = TimelineTable(client, people), expected.most_common(1)[0][0]
    seconds = sample(lambda: timeline.latest(busiest, before=None, limit=50), times=50)
    yield Figure("disclosures", "first screen of the history, p50", p50_ms(seconds), "ms", "one query")


def _agree(consents: ConsentTable, subjects: list[CitizenId], applications: list[ApplicationId]) -> None:
    given, now = consent_to(agreement(), "name", "birthDate", at=utc_now()), utc_now()

    def agree(pair: tuple[CitizenId, ApplicationId]) -> None:
        subject, application = pair
        consent = replace(given, id=ConsentId(new_id("con", now)), subject=subject, application=application)
        consents.save(ConsentChange(None, consent, ()))

    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(agree, ((subject, app) for subject in subjects for app in applications)))


def _release(
    releases: Releases, subjects: list[CitizenId], applications: list[ApplicationId]
) -> tuple[list[_Outcome], float]:
    chance = random.Random(20261125)  # noqa: S311 - the same load each time
    start = perf_counter() + 0.5

    def release(number: int) -> _Outcome:
        subject, application = chance.choice(subjects), chance.choice(applications)
        time.sleep(max(0.0, start + number / A_SECOND - perf_counter()))
        began = perf_counter()
        request = ReleaseRequest(application, subject, items("name"), ADVICE)
        _, data = releases.release(
            request, way=Way.USERINFO, request_id=f"bench-{number}", hand_over=lambda _: subject
        )
        if data is None:
            raise RuntimeError("a consented release was refused")
        return _Outcome(began, perf_counter() - began, subject)

    with ThreadPoolExecutor(_THREADS) as threads:
        outcomes = list(threads.map(release, range(A_SECOND * SECONDS)))
    ended = max(outcome.began + outcome.took for outcome in outcomes)
    return outcomes, max(0.0, ended - start - SECONDS)
