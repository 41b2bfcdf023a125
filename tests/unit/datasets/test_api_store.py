"""Loading over a broker's public API."""

from collections.abc import Iterator

import pytest

from machi.datasets.api_store import NgsiLdApi
from machi.datasets.loading import Action, StoreUnavailable
from tests.unit.datasets.builders import site_row, sites_of
from tests.unit.datasets.fake_api import KEY, FakeApi, serving


@pytest.fixture
def api() -> Iterator[FakeApi]:
    with serving(FakeApi()) as served:
        yield served


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def store(api: FakeApi, pauses: list[float]) -> NgsiLdApi:
    return NgsiLdApi(api.url + "/", KEY, pause=pauses.append)


ENTITIES = sites_of(*(site_row(number) for number in range(1, 251))).entities()


def test_entities_arrive_in_batches_and_a_second_time_nothing_is_written(
    store: NgsiLdApi, api: FakeApi
) -> None:
    first = store.load(ENTITIES)
    assert {outcome.action for outcome in first} == {Action.CREATED}
    assert [outcome.entity_id for outcome in first] == [entity["id"] for entity in ENTITIES]
    assert list(api.entities.values()) == ENTITIES
    api.requests.clear()

    second = store.load(ENTITIES)

    assert {outcome.action for outcome in second} == {Action.UNCHANGED}
    assert {path.partition("?")[0] for _, path in api.requests} == {"/ngsi-ld/v1/entityOperations/query"}


def test_only_what_differs_is_written_and_a_value_gone_is_deleted(store: NgsiLdApi, api: FakeApi) -> None:
    store.load(sites_of(site_row(1, 備考="改修中"), site_row(2)).entities())
    changed = sites_of(site_row(1), site_row(2)).entities()
    api.entities[changed[0]["id"]]["openingState"] = {"type": "Property", "value": "open"}

    outcomes = store.load(changed)

    assert [outcome.action for outcome in outcomes] == [Action.REPLACED, Action.UNCHANGED]
    assert "remark" not in api.entities[changed[0]["id"]]
    assert "openingState" in api.entities[changed[0]["id"]]


def test_an_entity_the_api_refuses_does_not_stop_the_others(store: NgsiLdApi, api: FakeApi) -> None:
    entities = sites_of(site_row(1), site_row(2)).entities()
    api.refused = {entities[0]["id"]}

    outcomes = store.load(entities)

    assert [outcome.action for outcome in outcomes] == [Action.REFUSED, Action.CREATED]
    assert outcomes[0].reason == "APIが受け付けませんでした(Bad Request)"


def test_a_limit_is_waited_for_as_long_as_the_api_asks(
    store: NgsiLdApi, api: FakeApi, pauses: list[float]
) -> None:
    api.failures = [(429, {"Retry-After": "7"}), (503, {}), (429, {"Retry-After": "9999"})]

    outcomes = store.load(ENTITIES[:1])

    assert outcomes[0].action is Action.CREATED
    assert pauses == [7.0, 2.0, 60.0]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, "APIキーが正しくありません"),
        (403, "権限がありません"),
        (400, r"エラー\(400\)"),
        (599, r"エラー\(599\)"),
    ],
)
def test_a_refusal_of_the_whole_call_is_said_at_once(
    store: NgsiLdApi, api: FakeApi, pauses: list[float], status: int, reason: str
) -> None:
    api.failures = [(status, {})]

    with pytest.raises(StoreUnavailable, match=reason):
        store.load(ENTITIES[:1])
    assert pauses == []


def test_an_api_that_stays_down_is_given_up(store: NgsiLdApi, api: FakeApi, pauses: list[float]) -> None:
    api.failures = [(502, {})] * 20

    with pytest.raises(StoreUnavailable, match=r"エラー\(502\)"):
        store.load(ENTITIES[:1])
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_an_api_that_is_not_there_is_given_up() -> None:
    with serving(FakeApi()) as gone:
        url = gone.url

    with pytest.raises(StoreUnavailable, match="接続できません"):
        NgsiLdApi(url, KEY, pause=lambda _: None).load(ENTITIES[:1])


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_the_key_never_follows_a_redirect(store: NgsiLdApi, api: FakeApi, status: int) -> None:
    with serving(FakeApi()) as elsewhere:
        api.failures = [
            (status, {"Location": elsewhere.url + "/ngsi-ld/v1/entityOperations/query?limit=100"})
        ]

        with pytest.raises(StoreUnavailable, match=rf"エラー\({status}\)"):
            store.load(ENTITIES[:1])
        assert elsewhere.requests == []


@pytest.mark.parametrize("url", ["file:///etc/passwd", "localhost:8701", "http://", ""])
def test_only_a_web_address_is_an_api(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        NgsiLdApi(url, KEY)


@pytest.mark.parametrize("key", ["", "鍵", "a\r\nX-Other: b"])
def test_only_what_can_stand_in_a_header_is_a_key(key: str) -> None:
    with pytest.raises(ValueError, match="キー"):
        NgsiLdApi("http://localhost", key)
