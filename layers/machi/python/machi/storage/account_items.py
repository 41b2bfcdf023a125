"""How accounts and login IDs look as items of the `people` table.

| item | pk | sk |
|---|---|---|
| account | `CITIZEN#{subject}` | `ACCOUNT` |
| login ID, held or owned | `LOGIN#{skeleton}` | `LOGIN` |
| what the sweep looks at | `DUE#{what}` | `{when}#{id}` |

A login ID that is only held has `expires`; who owns one keeps it until it is given back. The skeleton stands
in the key, so of all that look alike one alone can be written.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from machi.core.clock import to_iso
from machi.core.ids import CitizenId
from machi.core.language import Language
from machi.identity.account import Account, AccountState
from machi.identity.login_id import LoginId, skeleton
from machi.identity.terms import Acceptance, Terms
from machi.storage.people_keys import citizen_key, iso, key, moment, optional_moment, text

ACCOUNT = "ACCOUNT"
NAMES = {"#state": "state", "#expires": "expires"}
"""Words that DynamoDB keeps for itself, or may."""


def account_key(citizen: CitizenId) -> dict[str, Any]:
    """The key of an account."""
    return citizen_key(citizen, ACCOUNT)


def login_key(login_id: LoginId) -> dict[str, Any]:
    """The key under which everything that looks like this login ID stands."""
    return key(f"LOGIN#{skeleton(login_id)}", "LOGIN")


def due_key(what: str, when: datetime, which: str) -> dict[str, Any]:
    """The key of a note for the sweep."""
    return key(f"DUE#{what}", f"{to_iso(when)}#{which}")


def acceptance_values(acceptance: Acceptance) -> dict[str, Any]:
    """Members of an item that say what was accepted."""
    return {
        "termsVersion": text(acceptance.terms.version),
        "termsHash": text(acceptance.terms.text_hash),
        "acceptedAt": iso(acceptance.at),
        "language": text(acceptance.language.value),
    }


def acceptance_of(item: dict[str, Any]) -> Acceptance | None:
    """What an item says was accepted."""
    if "termsVersion" not in item:
        return None
    terms = Terms(item["termsVersion"]["S"], item["termsHash"]["S"])
    return Acceptance(terms, moment(item, "acceptedAt"), Language(item["language"]["S"]))


def update_of_account(
    table: str, citizen: CitizenId, acceptance: Acceptance, at: datetime, login_id: LoginId | None
) -> dict[str, Any]:
    """The update that makes an account or, where there is one, changes what it says."""
    values = acceptance_values(acceptance)
    sets = [f"#{name} = :{name}" for name in values]
    names = {f"#{name}": name for name in values}  # `language` is a word of DynamoDB's own
    given = {f":{name}": value for name, value in values.items()}
    if login_id is not None:
        sets.append("loginId = :loginId")
        given[":loginId"] = text(login_id)
    sets += [
        "createdAt = if_not_exists(createdAt, :at)",
        "#state = if_not_exists(#state, :active)",
        "dataClass = :closed",
    ]
    return {
        "TableName": table,
        "Key": account_key(citizen),
        "UpdateExpression": "SET " + ", ".join(sets),
        "ExpressionAttributeNames": {"#state": "state", **names},
        "ExpressionAttributeValues": {
            **given,
            ":at": iso(at),
            ":active": text(AccountState.ACTIVE.value),
            ":closed": text("closed"),
        },
    }


def account_of(citizen: CitizenId, item: dict[str, Any]) -> Account:
    """The account an item says."""
    return Account(
        subject=citizen,
        state=AccountState(item["state"]["S"]) if "state" in item else AccountState.ACTIVE,
        login_id=LoginId(item["loginId"]["S"]) if "loginId" in item else None,
        acceptance=acceptance_of(item),
        created_at=optional_moment(item, "createdAt"),
        closes_at=optional_moment(item, "closesAt"),
    )
