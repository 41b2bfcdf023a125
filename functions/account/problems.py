"""Which problems the account API has beside the common ones."""

from collections.abc import Mapping
from dataclasses import replace

from functions.account.identities import IDENTITY_PROBLEMS
from machi.http.problem import Problem, ProblemOf, problem
from machi.identity.account import AccountClosing
from machi.identity.attempts import TooManyAttempts
from machi.identity.directory import NameTaken, NoSuchUser, TooManyTries
from machi.identity.faults import FormInvalid
from machi.identity.recent import ReauthenticationRequired
from machi.identity.registration import LoginIdTaken, RegistrationOver

_LATER = {"Retry-After": "900"}


def _of_form(error: FormInvalid) -> Problem:
    faults = tuple(
        {"pointer": f"#/{each.member}" if each.member else "#", "code": each.code} for each in error.faults
    )
    return replace(problem("invalid", str(error)), errors=faults)


def _of_attempts(error: TooManyAttempts) -> Problem:
    return problem("too-many-requests", str(error), {"Retry-After": str(error.retry_after_seconds)})


PROBLEMS: Mapping[type[Exception], ProblemOf] = {
    FormInvalid: _of_form,
    TooManyAttempts: _of_attempts,
    TooManyTries: lambda error: problem("too-many-requests", str(error), _LATER),
    LoginIdTaken: lambda error: Problem("login-id-taken", "The login ID is taken", 409, str(error)),
    RegistrationOver: lambda error: Problem("registration-over", "The registration is over", 410, str(error)),
    ReauthenticationRequired: lambda error: Problem(
        "reauthentication-required", "A recent sign-in is needed", 403, str(error)
    ),
    AccountClosing: lambda error: Problem("account-closing", "The account is closing", 409, str(error)),
    NameTaken: lambda _error: problem("conflict"),
    NoSuchUser: lambda _error: problem("not-found"),
    **IDENTITY_PROBLEMS,
}
