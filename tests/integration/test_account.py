"""The life of an account on the running platform: as the portal calls it, with the mails that go out."""

import re
import secrets
import time
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import httpx
import pytest

from local.outputs import DemoCitizen
from local.settings import ROOT
from tests.platform import Platform
from tests.security.signing_in import sign_in

PASSWORD, OTHER = "Kawaii-Tanuki-7", "Another-pass-9"
SCOPES = "openid email profile machi/account.read machi/account.write"
_PATIENCE = 20.0  # seconds until a mail must be there


def terms() -> dict[str, str]:
    """Those in force: the newest version of the city."""
    newest = max((ROOT / "infra" / "cities" / "ichinomiya" / "terms").iterdir())
    return {"version": newest.name, "hash": sha256((newest / "ja.txt").read_bytes()).hexdigest()}


@dataclass
class Person:
    """Somebody at a browser, with a mailbox."""

    platform: Platform
    name: str = field(default_factory=lambda: f"p{secrets.token_hex(5)}")
    token: str | None = None

    @property
    def address(self) -> str:
        return f"{self.name}@example.jp"

    def calls(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        url = f"/account/v1{path}"
        if body is None:
            return self.platform.api.request(method, url, headers=headers)
        return self.platform.api.request(method, url, headers=headers, json=body)

    def registers(self, **members: Any) -> httpx.Response:  # noqa: ANN401
        form = {"email": self.address, "password": PASSWORD, "loginId": self.name, "terms": terms()}
        return self.calls("POST", "/registrations", {**form, **members})

    def becomes_a_citizen(self) -> None:
        begun = self.registers()
        assert begun.status_code == 202, begun.text
        path = f"/registrations/{begun.json()['id']}/confirmation"
        assert self.calls("POST", path, {"code": self.code()}).json() == {"state": "confirmed"}

    def signs_in(self, name: str | None = None, password: str = PASSWORD) -> None:
        citizen = DemoCitizen(email=name or self.address, password=password, name="")
        self.token = sign_in(self.platform.outputs, citizen, SCOPES).access

    def mails(self, address: str | None = None) -> list[dict[str, Any]]:
        return [mail for mail in self.platform.mail() if (address or self.address) in str(mail["To"])]

    def code(self, address: str | None = None, *, after: int = 0) -> str:
        """The code in the newest mail, once more mails than `after` are there."""
        ending = time.monotonic() + _PATIENCE
        while len(found := self.mails(address)) <= after:
            assert time.monotonic() < ending, "no mail came"
            time.sleep(0.1)
        text = f"{found[-1].get('BodyText') or ''} {found[-1].get('BodyHtml') or ''}"
        code = re.search(r"(?<![0-9#&])[0-9]{6}(?![0-9])", text)
        assert code is not None
        return code[0]


@pytest.fixture
def person(platform: Platform) -> Person:
    return Person(platform)


def test_who_registers_signs_in_with_the_login_id_and_sees_the_account(person: Person) -> None:
    person.becomes_a_citizen()
    person.signs_in(person.name)

    shown = person.calls("GET", "/account").json()

    assert (shown["email"], shown["loginId"], shown["emailVerified"]) == (person.address, person.name, True)
    assert shown["terms"]["current"] is True


def test_a_known_address_gets_the_same_answer_and_its_owner_a_mail(person: Person) -> None:
    person.becomes_a_citizen()
    before = len(person.mails())
    stranger = Person(person.platform)

    known, unknown = person.registers(loginId=None), stranger.registers()

    assert (known.status_code, known.json().keys()) == (unknown.status_code, unknown.json().keys())
    ending = time.monotonic() + _PATIENCE
    while len(person.mails()) == before:
        assert time.monotonic() < ending, "no mail came"
        time.sleep(0.1)


def test_a_forgotten_password_is_replaced_and_ends_the_old_session(person: Person) -> None:
    person.becomes_a_citizen()
    person.signs_in()
    mails = len(person.mails())
    assert person.calls("POST", "/password-resets", {"identifier": person.name}).json() == {}
    time.sleep(1)  # a token tells the second in which its citizen signed in, and no more

    form = {"identifier": person.name, "code": person.code(after=mails), "password": OTHER}
    assert person.calls("POST", "/password-resets/confirmation", form).status_code == 204

    assert person.calls("GET", "/account").status_code == 401
    person.signs_in(password=OTHER)
    assert person.calls("GET", "/account").status_code == 200


def test_address_and_login_id_are_changed(person: Person) -> None:
    person.becomes_a_citizen()
    person.signs_in()
    newer = f"new-{person.address}"

    assert person.calls("DELETE", "/login-id").status_code == 204
    assert person.calls("PUT", "/login-id", {"loginId": f"{person.name}.x"}).status_code == 204
    assert person.calls("PUT", "/email", {"email": newer}).status_code == 202
    assert person.calls("POST", "/email/confirmation", {"code": person.code(newer)}).status_code == 204

    shown = person.calls("GET", "/account").json()
    assert (shown["email"], shown["loginId"]) == (newer, f"{person.name}.x")
    person.signs_in(newer)


def test_data_are_handed_out_and_the_account_closes_and_stays_after_all(person: Person) -> None:
    person.becomes_a_citizen()
    person.signs_in()
    person.calls("POST", "/devices")

    data = person.calls("GET", "/data").json()
    table = person.calls("GET", "/data?format=csv")
    assert data["records"]["signIn"][0]["email"] == person.address
    assert {"account", "devices", "accessRecords"} <= data["records"].keys()
    assert person.address in table.text

    assert person.calls("POST", "/closure").status_code == 202
    assert person.calls("GET", "/account").json()["state"] == "closing"
    assert person.calls("DELETE", "/closure").status_code == 204
    assert person.calls("GET", "/account").json()["state"] == "active"


def test_who_signs_out_everywhere_is_refused_from_the_next_request_on(person: Person) -> None:
    person.becomes_a_citizen()
    person.signs_in()
    person.calls("POST", "/devices")

    assert person.calls("DELETE", "/devices").status_code == 204

    assert person.calls("GET", "/devices").status_code == 401
