"""Profiles and access records in memory, with the promises that the table makes."""

from machi.core.ids import CitizenId
from machi.identity.profiles import AccessRecord, ProfileChanged, StoredProfile


class MemoryProfiles:
    """Implements `machi.identity.profiles.ProfileRepository`."""

    def __init__(self) -> None:
        self.kept: dict[CitizenId, StoredProfile] = {}
        self.records: list[AccessRecord] = []
        self.broken = False
        """No record can be kept."""

    def find(self, citizen: CitizenId) -> StoredProfile | None:
        return self.kept.get(citizen)

    def record(self, record: AccessRecord) -> None:
        if self.broken:
            raise TimeoutError("no answer")
        self.records.append(record)

    def latest_records(
        self, citizen: CitizenId, *, before: str | None, limit: int
    ) -> tuple[AccessRecord, ...]:
        own = [record for record in self.records if record.subject == citizen]
        older = [record for record in own if before is None or record.id < before]
        return tuple(sorted(older, key=lambda record: record.id, reverse=True)[:limit])

    def save(self, citizen: CitizenId, stored: StoredProfile, record: AccessRecord) -> None:
        before = self.kept.get(citizen)
        if (before.version if before else 0) != stored.version - 1:
            raise ProfileChanged("changed")
        self.record(record)
        self.kept[citizen] = stored
