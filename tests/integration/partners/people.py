"""Citizens who are new to every partner, and what they do at the citizen API."""

import secrets
from dataclasses import dataclass
from types import MappingProxyType

import httpx

from local.aws import Aws
from local.outputs import DemoCitizen
from local.seed.people import Kept, SeededCitizen, plant_citizen
from machi.core.clock import utc_now
from machi.identity.profile_form import Offered
from machi.identity.profiles import Profiles
from machi.identity.terms import Terms
from machi.storage.account_table import AccountTable
from machi.storage.profile_table import ProfileTable
from tests.platform import Platform
from tests.security.signing_in import sign_in

PASSWORD = "Machi-test-2026!"
SCOPES = "openid machi/consents.read machi/consents.write"
_PROFILE = MappingProxyType(
    {
        "familyName": "一宮",
        "givenName": "新",
        "nickname": "あらた",
        "birthDate": "1984-05-06",
        "ward": "miyanishi",
        "language": "ja",
    }
)


@dataclass(frozen=True)
class Newcomer:
    """A citizen with an account and a profile who has agreed to nothing yet."""

    platform: Platform
    account: DemoCitizen

    def api(self) -> httpx.Client:
        """The citizen API, as the portal calls it after signing in."""
        token = sign_in(self.platform.outputs, self.account, SCOPES).access
        return httpx.Client(
            base_url=f"{self.platform.outputs.api_url}/citizen/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            trust_env=False,
        )

    def withdraws(self, application: str) -> None:
        """Stop a service, as on the account page."""
        with self.api() as api:
            answer = api.post(f"/consents/{application}/withdrawal", json={})
        assert answer.status_code == 204, answer.text

    def history(self) -> list[tuple[str, str]]:
        """What happened at which service, newest first."""
        with self.api() as api:
            entries = api.get("/history").json()["entries"]
        return [(entry["kind"], entry["application"]) for entry in entries]


def newcomer(platform: Platform) -> Newcomer:
    """Somebody who was not there before."""
    name = f"newcomer-{secrets.token_hex(6)}"
    account = DemoCitizen(f"{name}@example.jp", PASSWORD, "一宮 新")
    aws = Aws(platform.outputs.emulator_url)
    profiles = ProfileTable(aws.dynamodb, platform.outputs.people_table)
    kept = Kept(
        profiles=Profiles(profiles, offered=Offered(frozenset({"miyanishi"}), frozenset()), clock=utc_now),
        profile_table=profiles,
        accounts=AccountTable(aws.dynamodb, platform.outputs.people_table),
        terms=Terms("test", "0" * 64),
    )
    plant_citizen(aws, platform.outputs.citizen_pool_id, SeededCitizen(name, account, _PROFILE), kept)
    return Newcomer(platform, account)
