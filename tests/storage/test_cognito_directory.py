"""The directory of users on the emulator's Cognito, as the local platform has it: it checks codes and rights.

moto knows neither codes nor aliases; what it does know it is asked too.
"""

import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from moto import mock_aws

from machi.core.language import Language
from machi.directory.cognito import CognitoDirectory, cognito_client
from machi.identity.directory import (
    AlreadyConfirmed,
    NoSuchUser,
    PasswordRefused,
    User,
    UserState,
    WrongCode,
)
from machi.identity.faults import FormInvalid
from machi.identity.login_id import LoginId
from machi.identity.passwords import check_password
from tests.storage.conftest import EMULATOR_PYTHON, wait_for

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

PASSWORD, OTHER = "Kawaii-Tanuki-7", "Another-pass-9"
_REGION = "ap-northeast-1"
_numbers = count(1)


@pytest.fixture(scope="module")
def strict_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an emulator that checks codes and rights, as the local platform runs it."""
    if not EMULATOR_PYTHON.exists():
        pytest.skip("the emulator's environment is not installed here")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(__file__).with_name("emulator.py")
    command = [str(part) for part in (EMULATOR_PYTHON, script, port, tmp_path_factory.mktemp("cognito"))]
    process = subprocess.Popen(command, env={**os.environ, "AUTH": "true"})
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


class Pool:
    """A pool cut like the citizens' one."""

    def __init__(self, client: "CognitoIdentityProviderClient", mails: str | None) -> None:
        self._mails = mails
        self.id = client.create_user_pool(
            PoolName="citizens",
            AliasAttributes=["email", "preferred_username"],
            AutoVerifiedAttributes=["email"],
            UsernameConfiguration={"CaseSensitive": False},
            Policies={
                "PasswordPolicy": {
                    "MinimumLength": 10,
                    "RequireUppercase": True,
                    "RequireLowercase": True,
                    "RequireNumbers": True,
                    "RequireSymbols": True,
                }
            },
        )["UserPool"]["Id"]
        app = client.create_user_pool_client(
            UserPoolId=self.id,
            ClientName="account",
            ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
            PreventUserExistenceErrors="ENABLED",
        )["UserPoolClient"]
        self.directory = CognitoDirectory(client, pool_id=self.id, client_id=app["ClientId"])

    def code_for(self, address: str) -> str:
        """The code in the newest mail to an address."""
        with urllib.request.urlopen(f"{self._mails}/_ministack/ses/messages") as answer:
            accounts = json.load(answer)["messages"]
        mails = [mail for account in accounts.values() for mail in account if mail["To"] == [address]]
        newest = max(mails, key=lambda mail: mail["Timestamp"])
        return "".join(each for each in newest["BodyText"] + newest["BodyHtml"] if each.isdigit())

    def mails_to(self, address: str) -> int:
        """How many there were."""
        with urllib.request.urlopen(f"{self._mails}/_ministack/ses/messages") as answer:
            accounts = json.load(answer)["messages"]
        return sum(mail["To"] == [address] for account in accounts.values() for mail in account)

    def confirmed(self) -> tuple[User, str]:
        """A user who has proved the address."""
        name, address = new_names()
        self.directory.sign_up(name, address, PASSWORD, Language.JAPANESE)
        self.directory.confirm(name, self.code_for(address))
        self.directory.establish(name, None)
        found = self.directory.find(name)
        assert found is not None
        return found, address


def new_names() -> tuple[str, str]:
    """A username and an address that nobody has."""
    number = next(_numbers)
    return f"reg_{number:026}", f"citizen{number}@example.jp"


@pytest.fixture
def pool(strict_emulator: str, monkeypatch: pytest.MonkeyPatch) -> Pool:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return Pool(cognito_client(region=_REGION, endpoint=strict_emulator), strict_emulator)


@pytest.fixture
def moto_pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pool]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with mock_aws():
        yield Pool(cognito_client(region=_REGION), None)


def test_before_the_code_a_user_is_unconfirmed_and_found_by_its_name_alone(pool: Pool) -> None:
    name, address = new_names()
    pool.directory.sign_up(name, address, PASSWORD, Language.JAPANESE)

    found = pool.directory.find(name)
    assert found is not None
    assert (found.state, found.email, found.is_email_verified) == (UserState.UNCONFIRMED, address, False)
    assert pool.directory.find(address) is None
    assert not pool.directory.is_password(name, PASSWORD)


def test_with_the_mailed_code_it_signs_in_by_address_and_login_id(pool: Pool) -> None:
    user, address = pool.confirmed()
    pool.directory.establish(user.username, LoginId("sakura"))

    for name in (user.username, address, "sakura"):
        found = pool.directory.find(name)
        assert found is not None
        assert (found.subject, found.state, found.login_id) == (user.subject, UserState.CONFIRMED, "sakura")
        assert pool.directory.is_password(name, PASSWORD)
        assert not pool.directory.is_password(name, OTHER)
    assert pool.directory.find_subject(user.subject) == pool.directory.find(address)


def test_a_wrong_code_and_an_unknown_user_are_told_apart_by_nobody(pool: Pool) -> None:
    name, address = new_names()
    pool.directory.sign_up(name, address, PASSWORD, Language.JAPANESE)

    for asked in (name, "reg_nobody"):
        with pytest.raises(WrongCode):
            pool.directory.confirm(asked, "0000000")


def test_a_code_confirms_once(pool: Pool) -> None:
    user, _ = pool.confirmed()

    with pytest.raises(AlreadyConfirmed):
        pool.directory.confirm(user.username, "123456")


def test_signing_up_again_under_the_same_name_changes_nothing(pool: Pool) -> None:
    name, address = new_names()
    pool.directory.sign_up(name, address, PASSWORD, Language.JAPANESE)
    pool.directory.sign_up(name, address, OTHER, Language.JAPANESE)

    assert pool.mails_to(address) == 1
    pool.directory.confirm(name, pool.code_for(address))
    assert pool.directory.is_password(name, PASSWORD)


def test_a_code_is_mailed_again_to_those_who_exist(pool: Pool) -> None:
    name, address = new_names()
    pool.directory.sign_up(name, address, PASSWORD, Language.JAPANESE)

    pool.directory.resend_code(name, Language.ENGLISH)
    pool.directory.resend_code("reg_nobody", Language.ENGLISH)

    assert pool.mails_to(address) == 2
    pool.directory.confirm(name, pool.code_for(address))


def test_a_forgotten_password_is_set_anew_with_the_mailed_code(pool: Pool) -> None:
    _, address = pool.confirmed()
    pool.directory.forgot_password(address)
    pool.directory.forgot_password("nobody@example.jp")

    with pytest.raises(WrongCode):
        pool.directory.reset_password(address, "0000000", OTHER)
    with pytest.raises(WrongCode):
        pool.directory.reset_password("nobody@example.jp", "0000000", OTHER)
    pool.directory.reset_password(address, pool.code_for(address), OTHER)

    assert pool.directory.is_password(address, OTHER)
    assert not pool.directory.is_password(address, PASSWORD)
    with pytest.raises(WrongCode):
        pool.directory.reset_password(address, pool.code_for(address), PASSWORD)


def test_a_password_is_set_and_a_weak_one_refused(pool: Pool) -> None:
    user, _ = pool.confirmed()

    with pytest.raises(PasswordRefused):
        pool.directory.set_password(user.username, "weak")
    pool.directory.set_password(user.username, OTHER)

    assert pool.directory.is_password(user.username, OTHER)


def test_a_login_id_is_given_and_taken_away(pool: Pool) -> None:
    user, _ = pool.confirmed()
    pool.directory.set_login_id(user.username, LoginId("momiji"))
    assert pool.directory.find("momiji") is not None

    pool.directory.set_login_id(user.username, None)
    pool.directory.set_login_id(user.username, None)

    found = pool.directory.find(user.username)
    assert found is not None
    assert found.login_id is None
    assert pool.directory.find("momiji") is None


def test_a_new_address_signs_in_and_the_old_one_no_longer(pool: Pool) -> None:
    user, address = pool.confirmed()
    _, newer = new_names()

    pool.directory.set_email(user.username, newer)

    found = pool.directory.find(newer)
    assert found is not None
    assert (found.username, found.is_email_verified) == (user.username, True)
    assert pool.directory.find(address) is None


def test_who_is_disabled_or_gone_signs_in_no_more(pool: Pool) -> None:
    user, address = pool.confirmed()
    pool.directory.sign_out(user.username)
    pool.directory.disable(user.username)
    assert not pool.directory.is_password(user.username, PASSWORD)

    for _ in range(2):
        pool.directory.delete(user.username)
        pool.directory.disable(user.username)
        pool.directory.sign_out(user.username)

    assert pool.directory.find(address) is None
    assert pool.directory.find_subject(user.subject) is None
    assert not pool.directory.is_password(user.username, PASSWORD)
    with pytest.raises(NoSuchUser):
        pool.directory.set_email(user.username, address)


def test_moto_agrees_as_far_as_it_goes(moto_pool: Pool) -> None:
    name, address = new_names()
    moto_pool.directory.sign_up(name, address, PASSWORD, Language.JAPANESE)
    moto_pool.directory.sign_up(name, address, OTHER, Language.JAPANESE)
    with pytest.raises(PasswordRefused):
        moto_pool.directory.sign_up(new_names()[0], address, "weak", Language.JAPANESE)
    with pytest.raises(WrongCode):
        moto_pool.directory.confirm("reg_nobody", "123456")
    moto_pool.directory.confirm(name, "123456")
    user = moto_pool.directory.find(name)
    assert user is not None
    moto_pool.directory.establish(name, LoginId("sakura"))

    found = moto_pool.directory.find_subject(user.subject)

    assert found is not None
    assert (found.username, found.login_id, found.is_email_verified) == (name, "sakura", True)
    assert not moto_pool.directory.is_password(name, OTHER)
    moto_pool.directory.delete(name)
    moto_pool.directory.delete(name)
    assert moto_pool.directory.find(name) is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("Kawaii-Tanuki-7")
@example("Kawaii Tanuki 7.")
@example("パスワードAbc-123")
@given(st.text(alphabet="abcXYZ019-_!~+=^$*. ぁé", min_size=9, max_size=16))
def test_the_pool_accepts_every_password_that_we_accept(pool: Pool, password: str) -> None:
    try:
        check_password(password)
    except FormInvalid:
        return
    name, address = new_names()

    pool.directory.sign_up(name, address, password, Language.JAPANESE)

    assert pool.directory.find(name) is not None
