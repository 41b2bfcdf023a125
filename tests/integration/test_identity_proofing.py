"""Identity proofing on the running platform: KMS signs, the simulator asks for our keys, the account says."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.platform import Platform
from tests.security.signing_in import sign_in

SCOPES = "openid machi/profile.read machi/profile.write machi/account.read machi/account.write"
TOLD = {
    "familyName": "一宮",
    "givenName": "花子",
    "birthDate": "1990-04-01",
    "prefecture": "愛知県",
    "municipality": "一宮市",
    "street": "本町2-5-6",
}


class Citizen:
    """The demo citizen in a browser of its own."""

    def __init__(self, platform: Platform) -> None:
        self._outputs = platform.outputs
        token = sign_in(platform.outputs, platform.outputs.demo_citizens[0], SCOPES).access
        self._api = httpx.Client(
            base_url=platform.outputs.api_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=60,
            trust_env=False,
        )
        self._browser = httpx.Client(timeout=60, trust_env=False, follow_redirects=True)

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()
        self._browser.close()

    def proves(self, card: str) -> httpx.Response:
        """The whole way with a test card."""
        begun = self._api.post("/account/v1/proofing", json={"language": "ja"})
        assert begun.is_success, begun.text
        start = self._browser.get(begun.json()["url"])
        found = re.search(r'href="(http[^"]+/protocol/openid-connect/auth[^"]+)"', start.text)
        assert found is not None, start.text
        service = found[1].replace("&amp;", "&")
        assert "テストカード" in self._browser.get(service).text
        return self._browser.post(service, data={"card": card})

    def tells(self, told: dict[str, str]) -> None:
        """Change the profile in these members."""
        read = self._api.get("/citizen/v1/profile")
        profile = {name: value for name, value in read.json().items() if name != "updatedAt"}
        version = {"If-Match": read.headers["ETag"]}
        answer = self._api.put("/citizen/v1/profile", json=profile | told, headers=version)
        assert answer.is_success, answer.text

    def assurance(self) -> object:
        """What the account says."""
        answer = self._api.get("/account/v1/account")
        assert answer.is_success, answer.text
        return answer.json()["assurance"]


@pytest.fixture(scope="module")
def citizen(platform: Platform) -> Iterator[Citizen]:
    made = Citizen(platform)
    yield made
    made.close()


def test_a_declined_proof_ends_on_its_page(citizen: Citizen) -> None:
    page = citizen.proves("cancel")

    assert page.status_code == 200
    assert "本人確認を取りやめました" in page.text


def test_a_card_of_somebody_else_proves_nothing(citizen: Citizen) -> None:
    before = citizen.assurance()

    assert "一致しない項目があります" in citizen.proves("mismatch").text
    assert citizen.assurance() == before


def test_the_citizen_s_own_card_proves_the_citizen(citizen: Citizen, platform: Platform) -> None:
    citizen.tells(TOLD)

    page = citizen.proves("normal")

    assert "本人確認ができました" in page.text
    assurance = citizen.assurance()
    assert isinstance(assurance, dict)
    assert (assurance["level"], assurance["method"]) == ("ial2", "my-number-card")
    citizen.tells({"street": "本町3-1"})
    assert citizen.assurance() is None
    logged = platform.log_of("Connect")
    assert [word for word in ("花子", "本町", "1990-04-01", "19900401") if word in logged] == []
