"""Makes the anchors that are due."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, timedelta

from machi.audit.anchor import Anchor, AnchoredEnd, opened, sealed
from machi.audit.repositories import AnchorExists, AnchorStore, ChainRepository
from machi.consent.disclosure import START
from machi.core.clock import Clock
from machi.signing.signer import Signer

FIRST_LOOK_BACK = timedelta(days=7)
"""How far the very first run looks back; later ones go on from the last anchor."""


class Anchoring:
    """Anchors every day that is over and not anchored. Repeatable: a day is anchored once."""

    def __init__(
        self,
        chains: ChainRepository,
        anchors: AnchorStore,
        signer: Signer,
        keys: Mapping[str, Mapping[str, str]],
        *,
        clock: Clock,
    ) -> None:
        """`keys` are the public keys by `kid`, those retired included."""
        self._chains = chains
        self._anchors = anchors
        self._signer = signer
        self._keys = keys
        self._clock = clock

    def run(self) -> list[date]:
        """Anchor what is due, oldest day first; the days that were anchored.

        Raises:
            AnchorBroken: the anchor to go on from is not ours; nothing is built on it.
            SigningFailed: the rest remains due.
        """
        done = self._anchors.days()
        yesterday = self._clock().date() - timedelta(days=1)
        day = done[-1] + timedelta(days=1) if done else yesterday - FIRST_LOOK_BACK
        previous = opened(self._anchors.read(done[-1]), self._keys).digest if done else START
        made: list[date] = []
        while day <= yesterday:
            anchor = Anchor(day, previous, self._ends(day))
            if anchor.ends or done or made:
                with suppress(AnchorExists):
                    self._anchors.keep(day, sealed(anchor, self._signer))
                    made.append(day)
                previous = opened(self._anchors.read(day), self._keys).digest
            day += timedelta(days=1)
        return made

    def _ends(self, day: date) -> tuple[AnchoredEnd, ...]:
        subjects = sorted(set(self._chains.grown_on(day)))
        return tuple(AnchoredEnd(subject, self._chains.head_of(subject)) for subject in subjects)
