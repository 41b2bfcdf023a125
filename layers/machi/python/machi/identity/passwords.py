"""Which passwords are good enough: the rules of the citizens' pool, told before the pool is asked.

They must be known here, because the pool is asked only about addresses that have no account: a password that
it alone refused would tell which have.
"""

from machi.identity.faults import fault

SHORTEST, LONGEST = 10, 256
"""Characters; the longest is Cognito's own limit."""
SYMBOLS = frozenset("^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ")
"""What counts as a symbol for Cognito; a space only between other characters."""

_SHORTEST_PART = 4  # shorter parts of an address are found in good passwords by chance


def check_password(submitted: object, *personal: str | None, member: str = "password") -> str:
    """The password, which is never changed, so that it can be typed anywhere.

    Args:
        submitted: what the citizen sent.
        personal: addresses and login IDs that may not be all there is to it.
        member: in which it was sent.

    Raises:
        FormInvalid: `not-text`, `too-short`, `too-long`, `forbidden-character`, `needs-lower-case`,
            `needs-upper-case`, `needs-digit`, `needs-symbol` or `too-personal`.
    """
    if not isinstance(submitted, str):
        raise fault(member, "not-text")
    found = _fault_in(submitted) or _personal_fault_in(submitted, personal)
    if found is not None:
        raise fault(member, found)
    return submitted


def _fault_in(password: str) -> str | None:
    if len(password) < SHORTEST:
        return "too-short"
    if len(password) > LONGEST:
        return "too-long"
    if password != password.strip() or not password.isprintable():
        return "forbidden-character"
    kinds = {
        "needs-lower-case": any("a" <= character <= "z" for character in password),
        "needs-upper-case": any("A" <= character <= "Z" for character in password),
        "needs-digit": any("0" <= character <= "9" for character in password),
        "needs-symbol": not SYMBOLS.isdisjoint(password),
    }
    return next((code for code, found in kinds.items() if not found), None)


def _personal_fault_in(password: str, personal: tuple[str | None, ...]) -> str | None:
    folded = password.casefold()
    for known in personal:
        part = (known or "").partition("@")[0].casefold()
        if len(part) >= _SHORTEST_PART and len(folded.replace(part, "")) < SHORTEST // 2:
            return "too-personal"
    return None
