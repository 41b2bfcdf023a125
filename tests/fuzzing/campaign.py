"""Sends generated requests to every operation of the description, and counts what comes back."""

import json
import time
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.errors import UnsupportedSchema
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from tests.fuzzing import documents
from tests.fuzzing.description import read_description
from tests.fuzzing.permitted import permitted

TENANT = "fuzz"
_UNUSED = "no-such-tenant"
_JSON, _JSON_LD = "application/json", "application/ld+json"
_OK, _REFUSED = 200, 400
_HEADERS = {"NGSILD-Tenant": TENANT, "Content-Type": _JSON}
_PATIENCE_SECONDS = 40.0
_MOST_REMEMBERED = 50


@dataclass
class Found:
    """An answer that is none of those foreseen."""

    command: str
    """Sends it again."""
    answer: str
    reason: str
    times: int = 1


Operation = APIOperation[Any, Any, Any, Any]
AnyCase = Case[Operation]
Findings = dict[tuple[str, str, int, str], Found]
"""By operation, what is wrong, status and type of the problem; the first of each kind."""


@dataclass
class Tally:
    """What a campaign has seen."""

    calls: int = 0
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    permitted: Counter[str] = field(default_factory=Counter)
    wrong: Findings = field(default_factory=dict)
    """Server errors and undocumented statuses."""
    shapes: Findings = field(default_factory=dict)
    """Bodies that do not fit the description's schemas: for information, it has errors of its own."""
    slowest: tuple[float, str] = (0.0, "")


class Memory:
    """Ids that earlier answers gave out, for the paths of later requests."""

    def __init__(self) -> None:
        self._known: dict[str, list[str]] = {
            "entityId": list(documents.ENTITIES),
            "attrId": list(documents.NAMES),
            "type": list(documents.TYPES),
            "contextId": ["none"],
            "entityMapId": ["urn:ngsi-ld:entitymap:none"],
            "instanceId": ["urn:ngsi-ld:instance:1"],
        }

    def choose(self, name: str, number: int) -> str:
        """One of those known by that name; newer ones more often."""
        known = self._known[name]
        return known[-1 - number % min(len(known), 12)] if number % 3 else known[number % len(known)]

    def learn(self, operation: str, response: Response) -> None:
        """Take what an answer names."""
        for header in ("location", "ngsild-entitymap"):
            for value in response.headers.get(header, ()):
                kind, _, name = urlsplit(value).path.rpartition("/")
                self._add({"jsonldContexts": "contextId"}.get(kind.rpartition("/")[2], ""), name)
                self._add("entityMapId" if header == "ngsild-entitymap" else "", name)
        if operation.startswith("GET /temporal/entities") and response.status_code == _OK:
            for instance in _instance_ids(response.json()):
                self._add("instanceId", instance)

    def _add(self, name: str, value: str) -> None:
        if name:
            self._known[name] = [*self._known[name], value][-_MOST_REMEMBERED:]


class Campaign:
    """One series of requests against a running broker."""

    def __init__(self, file: Path, api_url: str, key: str, *, number: int) -> None:
        self.tally, self._memory, self._seed = Tally(), Memory(), number
        self._schema = schemathesis.openapi.from_dict(read_description(file))
        self._root = f"{api_url}/ngsi-ld/v1"
        self._schema.config.update(base_url=self._root)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["X-Api-Key"] = key

    def operations(self) -> list[Operation]:
        """All that are asked."""
        return [found.ok() for found in self._schema.get_all_operations() if isinstance(found, Ok)]

    def run(self, calls: int) -> Iterator[str]:
        """Ask each operation equally often, in rounds so that each meets the others' data.

        Yields:
            the operation that was just asked.
        """
        operations = self.operations()
        rounds = max(1, calls // (len(operations) * 40))
        share = -(-calls // (len(operations) * rounds))
        for turn in range(rounds):
            for operation in operations:
                self._lay_out()
                self._ask(operation, share, self._seed + turn)
                yield operation.label

    def _lay_out(self) -> None:
        """Something there to be found, changed and deleted."""
        for path, body in documents.GROUND:
            answer = self._session.post(
                self._root + path, data=json.dumps(body), headers=_HEADERS, timeout=60
            )
            answer.raise_for_status()
            self._memory.learn(f"POST {path}", Response.from_requests(answer, verify=True))
        for path in (f"/temporal/entities/{documents.ENTITIES[0]}", "/entities?local=true&entityMap=true"):
            answer = self._session.get(self._root + path, headers={"NGSILD-Tenant": TENANT}, timeout=60)
            answer.raise_for_status()
            self._memory.learn(f"GET {path}", Response.from_requests(answer, verify=True))

    def _ask(self, operation: Operation, times: int, number: int) -> None:
        good = times - times // 3
        self._ask_in(operation, GenerationMode.POSITIVE, good, number)
        self._ask_in(operation, GenerationMode.NEGATIVE, times - good, number)

    def _ask_in(self, operation: Operation, mode: GenerationMode, times: int, number: int) -> None:
        until = time.monotonic() + _PATIENCE_SECONDS
        cases = operation.as_strategy(generation_mode=mode)

        @seed(number)
        @settings(
            max_examples=times,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def ask(data: st.DataObject) -> None:
            try:
                case = data.draw(cases)
            except (
                UnsupportedSchema
            ):  # some negations are beyond the generator; it tells only when it meets one
                reject()
            self._dress(case, data)
            if time.monotonic() < until:
                self._send(case)

        ask()

    def _dress(self, case: AnyCase, data: st.DataObject) -> None:
        """Let a request meet what is there: mostly this tenant, its entities and bodies that can be read."""
        chance = zlib.crc32(b"%d" % data.draw(st.integers(0, 2**31)))  # generators prefer small numbers
        if case.path_parameters and chance % 8:
            for at, name in enumerate(case.path_parameters):
                chosen = self._memory.choose(name, (chance >> 4 * at) & 0xFFF)
                case.path_parameters[name] = quote(chosen, safe="")
        if "instanceId" in case.path_parameters and chance % 3:
            case.path_parameters |= {"entityId": quote(documents.ENTITIES[0], safe=""), "attrId": "speed"}
        headers = case.headers
        for name in ("Link", "NGSILD-EntityMap"):
            if chance % 20 > 1:
                headers.pop(name, None)
        if chance % 30:
            headers["NGSILD-Tenant"] = TENANT if chance % 25 else _UNUSED
        headers["Accept"] = ("*/*", _JSON, _JSON_LD, "application/geo+json")[(chance >> 5) % 4]
        self._ask_for(case, data, chance)
        if case.operation.label in documents.BODIES and chance % 3:
            self._fill(case, data, chance)

    def _ask_for(self, case: AnyCase, data: st.DataObject, chance: int) -> None:
        known = [parameter.name for parameter in case.operation.query]
        known = [name for name in known if name in documents.PARAMETERS]
        if not known or chance % 4 == 0:
            return
        names = data.draw(st.lists(st.sampled_from(known), max_size=4, unique=True))
        if "local" in known and chance % 5:
            names.append("local")
        kept = {name: value for name, value in case.query.items() if name in {"options", "format"}}
        case.query.clear()
        case.query.update(kept if chance % 3 else {})
        case.query.update({name: data.draw(documents.PARAMETERS[name]) for name in names})
        given_together = documents.TOGETHER[chance % 13 % len(documents.TOGETHER)]
        declared = {parameter.name for parameter in case.operation.query}
        if given_together.keys() <= declared and (
            chance % 13 < len(documents.TOGETHER) or "timerel" in declared
        ):
            case.query.update({name: data.draw(values) for name, values in given_together.items()})

    def _fill(self, case: AnyCase, data: st.DataObject, chance: int) -> None:
        bodies = documents.BODIES[case.operation.label]
        body = data.draw(bodies if chance % 9 < 5 else documents.spoilt(bodies))
        case.media_type = _JSON
        if (chance >> 7) % 3 == 0:
            case.media_type = _JSON_LD
            context = data.draw(documents.context_values)
            body = _with_context(body, context)
        case.headers["Content-Type"] = case.media_type
        case.body = json.dumps(body).encode()  # bytes: lone surrogates stay escaped

    def _send(self, case: AnyCase) -> None:
        label = case.operation.label
        response = case.call(session=self._session, timeout=60)
        self.tally.calls += 1
        self.tally.statuses[label, response.status_code] += 1
        self._memory.learn(label, response)
        seconds = response.elapsed
        if seconds > self.tally.slowest[0]:
            self.tally.slowest = (seconds, _command(case))
        self._judge(case, response)

    def _judge(self, case: AnyCase, response: Response) -> None:
        problem = _problem(response)
        entry = permitted(case.operation.label, response.status_code, problem)
        if entry is not None:
            self.tally.permitted[str(entry)] += 1
            return
        for checks, into in (
            ([not_a_server_error, status_code_conformance], self.tally.wrong),
            ([response_schema_conformance], self.tally.shapes),
        ):
            try:
                case.validate_response(response, checks=checks)
            except (Failure, FailureGroup) as failure:
                self._note(into, case, response, failure)

    def _note(
        self, into: Findings, case: AnyCase, response: Response, failure: Failure | FailureGroup
    ) -> None:
        parts = failure.exceptions if isinstance(failure, FailureGroup) else [failure]
        for part in parts:
            key = (case.operation.label, part.title, response.status_code, _problem(response))
            if key in into:
                into[key].times += 1
            else:
                text = str(response.text)[:600]
                into[key] = Found(_command(case), text, str(part)[:600])


def _with_context(body: object, context: object) -> object:
    if isinstance(body, list):
        return [_with_context(part, context) for part in body]
    return {"@context": context, **body} if isinstance(body, dict) else body


def _instance_ids(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for inner in part:
            yield from _instance_ids(inner)
    elif isinstance(part, dict):
        found = part.get("instanceId")
        if isinstance(found, str):
            yield found
        for inner in part.values():
            yield from _instance_ids(inner)


def _problem(response: Response) -> str:
    try:
        body = response.json()
    except ValueError:
        return ""
    return str(body.get("type", "")) if isinstance(body, dict) and response.status_code >= _REFUSED else ""


def _command(case: AnyCase) -> str:
    return case.as_curl_command()[:4_000]
