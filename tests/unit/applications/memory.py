"""Applications in memory, with the promises that the table makes."""

from machi.applications import Application, ApplicationState, RegisteredApplication
from machi.core.errors import Conflict
from machi.core.ids import ApplicationId


class MemoryApplications:
    """Implements `machi.applications.ApplicationRepository`."""

    def __init__(self) -> None:
        self._kept: dict[ApplicationId, RegisteredApplication] = {}
        self.races = 0
        """How many changes shall be lost to somebody else."""

    def find(self, application: ApplicationId) -> RegisteredApplication | None:
        return self._kept.get(application)

    def find_by_key(self, digest: str) -> Application | None:
        for kept in self._kept.values():
            if any(key.digest == digest for key in kept.keys):
                return kept.application
        return None

    def find_by_client(self, client_id: str) -> Application | None:
        for kept in self._kept.values():
            sign_in = kept.application.sign_in
            if sign_in is not None and sign_in.client(client_id) is not None:
                return kept.application
        return None

    def state_of(self, application: ApplicationId) -> ApplicationState | None:
        kept = self._kept.get(application)
        return None if kept is None else kept.application.state

    def change(self, before: RegisteredApplication | None, after: RegisteredApplication) -> None:
        if self.races:
            self.races -= 1
            raise Conflict("lost a race")
        if self._kept.get(after.application.id) != before:
            raise Conflict("another version")
        for key in after.keys:
            holder = self.find_by_key(key.digest)
            if holder is not None and holder.id != after.application.id:
                raise Conflict("the key is taken")
        sign_in = after.application.sign_in
        for client in sign_in.clients if sign_in else ():
            holder = self.find_by_client(client.id)
            if holder is not None and holder.id != after.application.id:
                raise Conflict("the client is taken")
        self._kept[after.application.id] = after
