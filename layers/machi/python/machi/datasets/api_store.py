"""Loading entities through any broker's public NGSI-LD API, with an API key.

The standard library's client, because the platform's functions never call out over HTTP this way and only
the command needs it (ADR 0034).
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, NoReturn
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from machi.datasets.entities import Entity
from machi.datasets.loading import Action, Outcome, Plan, StoreUnavailable, plan

_BATCH = 100
_ATTEMPTS = 6
_TIMEOUT_SECONDS = 60
_LONGEST_PAUSE_SECONDS = 60.0
_TRY_AGAIN = frozenset((429, 500, 502, 503, 504))


class NgsiLdApi:
    """An `EntityStore` behind an NGSI-LD API (ETSI GS CIM 009, clauses 6.5, 6.14 and 6.23)."""

    def __init__(self, url: str, key: str, pause: Callable[[float], None] = time.sleep) -> None:
        """`url` is what stands before `/ngsi-ld/v1`; `pause` waits that many seconds before another try.

        Raises:
            ValueError: the URL is not an http or https one, or the key cannot stand in a header.
        """
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
            raise ValueError("APIのURLはhttp://かhttps://で始めてください")
        if not key or not key.isascii() or not key.isprintable():
            raise ValueError("APIキーに使えない文字があります")
        self._base = url.rstrip("/") + "/ngsi-ld/v1"
        self._key = key
        self._pause = pause
        self._opener: OpenerDirector = build_opener(_NoRedirect)

    def load(self, entities: Sequence[Entity]) -> Sequence[Outcome]:
        """See `EntityStore`. Writes only what differs, so that nothing is modified without a change."""
        outcomes: list[Outcome] = []
        for start in range(0, len(entities), _BATCH):
            outcomes += self._load_batch(entities[start : start + _BATCH])
        return outcomes

    def _load_batch(self, entities: Sequence[Entity]) -> list[Outcome]:
        stored = self._stored(entities)
        plans = [plan(entity, stored.get(entity["id"])) for entity in entities]
        refused = self._write([one.write for one in plans if one.write is not None])
        for one in plans:
            if one.outcome.entity_id not in refused:
                self._remove(one)
        return [refused.get(one.outcome.entity_id, one.outcome) for one in plans]

    def _stored(self, entities: Sequence[Entity]) -> dict[str, Entity]:
        selectors = [{"id": entity["id"], "type": entity["type"]} for entity in entities]
        query = {"type": "Query", "entities": selectors}
        answer = self._ask("POST", f"/entityOperations/query?limit={_BATCH}", query)
        if not isinstance(answer, list):
            _not_ngsi_ld()
        return {entity["id"]: entity for entity in answer if isinstance(entity, dict) and "id" in entity}

    def _write(self, entities: Sequence[Entity]) -> dict[str, Outcome]:
        if not entities:
            return {}
        answer = self._ask("POST", "/entityOperations/upsert?options=update", list(entities))
        errors = answer.get("errors", []) if isinstance(answer, dict) else []
        return {error["entityId"]: _refusal(error) for error in errors}

    def _remove(self, one: Plan) -> None:
        for name in one.remove:
            path = f"/entities/{quote(one.outcome.entity_id, safe=':')}/attrs/{quote(name)}?deleteAll=true"
            self._ask("DELETE", path, None, absent_is_fine=True)

    def _ask(self, method: str, path: str, body: object, *, absent_is_fine: bool = False) -> object:
        """The parsed answer, None if it has no body."""
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._once(method, path, data)
            except HTTPError as error:
                with error:
                    if absent_is_fine and error.code == HTTPStatus.NOT_FOUND:
                        return None
                    if error.code not in _TRY_AGAIN or attempt == _ATTEMPTS:
                        raise StoreUnavailable(_reason(error.code)) from None
                    self._pause(_seconds(error.headers.get("Retry-After"), attempt))
            except (URLError, HTTPException, TimeoutError, ConnectionError):
                if attempt == _ATTEMPTS:
                    raise StoreUnavailable("APIに接続できません。URLと稼働状況を確かめてください") from None
                self._pause(_seconds(None, attempt))
        raise AssertionError("the last attempt answers or raises")

    def _once(self, method: str, path: str, data: bytes | None) -> object:
        headers = {"Accept": "application/json", "X-Api-Key": self._key}
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = Request(self._base + path, data, headers, method=method)  # noqa: S310 - scheme checked above
        with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as response:
            text = response.read()
        try:
            return json.loads(text) if text else None
        except ValueError:
            _not_ngsi_ld()


class _NoRedirect(HTTPRedirectHandler):
    """A redirect would carry the key to a host that nobody named."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _refusal(error: Mapping[str, Any]) -> Outcome:
    problem = error.get("error")
    title = problem.get("title") if isinstance(problem, dict) else None
    return Outcome(
        error["entityId"], Action.REFUSED, f"APIが受け付けませんでした({title or '理由の記載なし'})"
    )


def _seconds(retry_after: str | None, attempt: int) -> float:
    asked = float(retry_after) if retry_after and retry_after.isdecimal() else float(2 ** (attempt - 1))
    return min(asked, _LONGEST_PAUSE_SECONDS)


def _reason(status: int) -> str:
    reasons: dict[int, str] = {
        HTTPStatus.UNAUTHORIZED: "APIキーが正しくありません",
        HTTPStatus.FORBIDDEN: "このAPIキーには書き込みの権限がありません",
        HTTPStatus.TOO_MANY_REQUESTS: "APIの利用回数の上限に達しました。時間をおいてやり直してください",
    }
    return reasons.get(status, f"APIがエラー({status})を返しました")


def _not_ngsi_ld() -> NoReturn:
    raise StoreUnavailable("NGSI-LDのAPIではないようです。URLを確かめてください")
