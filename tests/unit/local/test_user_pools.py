"""The emulator's user pools do what AWS's do, where the product counts on it (ADR 0134)."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
EMULATOR_PYTHON = ROOT / ".local" / "emulator-venv" / "bin" / "python"

pytestmark = pytest.mark.skipif(
    not EMULATOR_PYTHON.exists(), reason="the emulator's environment is not installed here"
)


Seen = dict[str, Any]


@pytest.fixture(scope="module")
def seen() -> Seen:
    """What each scenario of the script saw."""
    script = Path(__file__).with_name("sign_in_script.py")
    done = subprocess.run([EMULATOR_PYTHON, script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_a_refresh_does_not_make_the_sign_in_later_and_tells_the_trigger_who_it_is(seen: Seen) -> None:
    assert 1000 <= seen["refreshing"]["age"] <= 1005
    assert len(set(seen["refreshing"]["same"])) == 1
    assert seen["refreshing"]["told"] == [True, True]


def test_a_refusing_trigger_means_no_token(seen: Seen) -> None:
    assert seen["refusing"]["status"] == 400
    assert seen["refusing"]["error"] == "invalid_grant"
    assert "access_token" not in seen["refusing"]


def test_a_client_reads_only_what_it_may_read(seen: Seen) -> None:
    assert not {"email", "email_verified", "preferred_username"} & set(seen["reading"]["id_token"])
    assert seen["reading"]["userinfo"] == ["sub", "username"]


def test_codes_cannot_be_known_beforehand_and_prove_the_address(seen: Seen) -> None:
    registering = seen["registering"]

    assert registering["wrong"] == [400, "CodeMismatchException"]
    assert registering["right"] == 200
    assert registering["verified"] == "true"
    assert registering["reset"] == 200
    assert all(len(code) == 6 and code.isdecimal() for code in registering["codes"])
    assert not {"123456", "654321"} & set(registering["codes"])
    assert len(set(registering["codes"])) == 2


def test_the_pools_own_function_words_each_mail_in_the_language_of_the_call(seen: Seen) -> None:
    assert seen["registering"]["messages"] == [
        ["CustomMessage_SignUp", {"language": "en"}],
        ["CustomMessage_ResendCode", {}],
        ["CustomMessage_SignUp", {"language": "en"}],
        ["CustomMessage_ForgotPassword", {}],
    ]


def test_an_address_and_a_log_in_id_belong_to_one_user(seen: Seen) -> None:
    assert seen["registering"]["taken"] == "AliasExistsException"
    assert seen["registering"]["login id taken"] == "AliasExistsException"


def test_a_browser_that_is_signed_in_is_not_asked_again_unless_it_is_to_be(seen: Seen) -> None:
    remembering = seen["remembering"]

    assert remembering["without"] == 200
    assert remembering["again"] == [302, 200]
    assert remembering["silent"] == 302
    assert remembering["asked"] == 200
    assert remembering["stranger"] == ["login_required"]
    assert remembering["cleared"] is True
    assert remembering["after"] == 200


def test_a_refresh_token_is_taken_back_by_its_own_client_only(seen: Seen) -> None:
    revoking = seen["revoking"]

    assert revoking["stranger"] == [400, {"error": "invalid_client"}]
    assert (revoking["still"], revoking["owner"]) == (200, 200)
    assert revoking["after"][1]["error"] == "invalid_grant"


def test_the_way_by_another_provider_keeps_the_applications_challenge(seen: Seen) -> None:
    federating = seen["federating"]

    assert federating["status"] == 302
    assert federating["remembered"] is True
    assert (federating["wrong verifier"], federating["right verifier"]) == (400, 200)
    assert federating["offered"] is True


def test_only_mapped_claims_become_attributes(seen: Seen) -> None:
    assert seen["federating"]["attributes"] == {
        "custom:idp_email": "hanako@line.example",
        "custom:idp_email_verified": "true",
    }


def test_a_provider_that_refuses_sends_the_browser_back_to_the_application(seen: Seen) -> None:
    assert seen["federating"]["refused"] == {"error": ["access_denied"], "state": ["s"]}
