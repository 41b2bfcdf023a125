"""Which rights each group of the staff's user pool gives. A group that is not listed gives none.

Proposing and approving are two groups, so that a city can keep them apart; whoever is in both still cannot
approve what he or she proposed (`machi.consent.agreement`).
"""

from collections.abc import Iterable, Mapping

from machi.core.principal import Scope

GROUPS: Mapping[str, frozenset[Scope]] = {
    "agreement-authors": frozenset({Scope.AGREEMENTS_READ, Scope.AGREEMENTS_WRITE, Scope.CATALOGUE_READ}),
    "agreement-approvers": frozenset({Scope.AGREEMENTS_READ, Scope.AGREEMENTS_APPROVE, Scope.CATALOGUE_READ}),
    "data-stewards": frozenset({Scope.CATALOGUE_READ, Scope.CATALOGUE_WRITE}),
    "privacy-officers": frozenset({Scope.QUEUE_READ, Scope.REQUESTS_HANDLE, Scope.CITIZENS_VIEW}),
    "guardian-officers": frozenset({Scope.QUEUE_READ, Scope.GUARDIANS_HANDLE}),
    "application-managers": frozenset({Scope.APPLICATIONS_MANAGE}),
}


def scopes_of(groups: Iterable[object]) -> frozenset[Scope]:
    """All that the groups give together."""
    return frozenset(
        scope for group in groups if isinstance(group, str) for scope in GROUPS.get(group, frozenset())
    )
