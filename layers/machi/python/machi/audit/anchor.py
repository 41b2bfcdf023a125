"""Anchors: the ends of chains on one day, signed, each naming the anchor before it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from machi.consent.disclosure import START, ChainHead
from machi.core.errors import MachiError
from machi.core.ids import CitizenId
from machi.signing.jws import SignatureRefused, signed, verified
from machi.signing.signer import Signer

TYP = "audit-anchor+jwt"


class AnchorBroken(MachiError):
    """An anchor is not what was signed; the message says how."""


@dataclass(frozen=True, slots=True)
class AnchoredEnd:
    """Where a citizen's chain stood when the anchor was made."""

    subject: CitizenId
    head: ChainHead


@dataclass(frozen=True, slots=True)
class Anchor:
    """One day's ends. `previous` is the digest of the anchor before, `START` for the first."""

    day: date
    previous: str
    ends: tuple[AnchoredEnd, ...]

    @property
    def body(self) -> bytes:
        """The ends as lines of JSON, in the order of subjects."""
        rows = sorted((end.subject, end.head.sequence, end.head.digest) for end in self.ends)
        return "".join(f"{json.dumps(row, separators=(',', ':'))}\n" for row in rows).encode()

    @property
    def digest(self) -> str:
        """SHA-256 over day, previous anchor and body, in hexadecimal."""
        head = f"{self.day.isoformat()}\n{self.previous}\n"
        return sha256(head.encode() + self.body).hexdigest()


def sealed(anchor: Anchor, signer: Signer) -> bytes:
    """The anchor as it is kept: one line with the signature, then the ends.

    Raises:
        SigningFailed: nothing was signed.
    """
    claims = {
        "day": anchor.day.isoformat(),
        "previous": anchor.previous,
        "ends": len(anchor.ends),
        "digest": anchor.digest,
    }
    return signed(claims, signer, typ=TYP).encode() + b"\n" + anchor.body


def opened(kept: bytes, keys: Mapping[str, Mapping[str, str]]) -> Anchor:
    """The anchor as it was signed.

    Args:
        keys: the platform's public keys by `kid`, retired ones too.

    Raises:
        AnchorBroken: it was not signed by us, or not like this.
    """
    seal, _, body = kept.partition(b"\n")
    try:
        claims = verified(seal.decode(), keys, typ=TYP)
        ends = tuple(_end(line) for line in body.splitlines())
        anchor = Anchor(date.fromisoformat(claims["day"]), claims["previous"], ends)
    except (SignatureRefused, UnicodeDecodeError):
        raise AnchorBroken("the signature does not hold") from None
    except (ValueError, KeyError, TypeError):
        raise AnchorBroken("it cannot be read") from None
    if anchor.digest != claims["digest"] or len(ends) != claims["ends"]:
        raise AnchorBroken("its lines are not those that were signed")
    return anchor


def first_gap(anchors: Sequence[Anchor]) -> date | None:
    """The first day whose anchor does not follow the one before it; None if all do."""
    previous = START
    for anchor in anchors:
        if anchor.previous != previous:
            return anchor.day
        previous = anchor.digest
    return None


def last_ends(anchors: Iterable[Anchor]) -> Mapping[CitizenId, tuple[ChainHead, ...]]:
    """Every end ever anchored, by citizen, oldest first."""
    ends: dict[CitizenId, tuple[ChainHead, ...]] = {}
    for anchor in anchors:
        for end in anchor.ends:
            ends[end.subject] = (*ends.get(end.subject, ()), end.head)
    return ends


def _end(line: bytes) -> AnchoredEnd:
    subject, sequence, digest = json.loads(line)
    return AnchoredEnd(CitizenId(subject), ChainHead(int(sequence), str(digest)))
