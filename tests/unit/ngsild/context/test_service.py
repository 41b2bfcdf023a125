"""Clause 5.13: adding, listing, serving, deleting and reloading @contexts."""

import pytest

from machi.core.ids import DEFAULT_TENANT
from machi.ngsild.context import CORE_URL, ContextKind, ContextService, cached_id, link_to
from machi.ngsild.errors import (
    BadRequestData,
    InvalidRequest,
    LdContextNotAvailable,
    OperationNotSupported,
    ResourceNotFound,
)
from tests.unit.ngsild.context.doubles import API_URL, EXAMPLE, USER_URL, Setting

BODY = {"@context": [USER_URL, {"brand": f"{EXAMPLE}brand"}]}


@pytest.fixture
def setting() -> Setting:
    return Setting()


@pytest.fixture
def service(setting: Setting) -> ContextService:
    return ContextService(setting.contexts, setting.repository, setting.watch)


def test_an_added_context_is_served_as_it_was_and_can_be_used(
    setting: Setting, service: ContextService
) -> None:
    stored = service.add(DEFAULT_TENANT, BODY)

    assert stored.kind is ContextKind.HOSTED
    assert stored.url == f"{API_URL}/ngsi-ld/v1/jsonldContexts/{stored.id}"
    assert service.serve(DEFAULT_TENANT, stored.id) == BODY
    assert setting.contexts.load(DEFAULT_TENANT, stored.url).expand_term("brand") == f"{EXAMPLE}brand"


@pytest.mark.parametrize("document", [[], {}, "x", None, {"context": {}}])
def test_a_body_of_the_wrong_shape_is_an_invalid_request(service: ContextService, document: object) -> None:
    with pytest.raises(InvalidRequest):
        service.add(DEFAULT_TENANT, document)


@pytest.mark.parametrize("source", [5, {"a": 5}, [[]], {"a": {"@id": f"{EXAMPLE}a", "@context": {}}}])
def test_an_invalid_context_is_not_added(setting: Setting, service: ContextService, source: object) -> None:
    with pytest.raises(BadRequestData):
        service.add(DEFAULT_TENANT, {"@context": source})

    assert setting.repository.kept == {}


def test_the_list_names_every_context_by_its_url(setting: Setting, service: ContextService) -> None:
    hosted = service.add(DEFAULT_TENANT, {"@context": {"a": f"{EXAMPLE}a"}})
    setting.watch.pass_by(seconds=1)
    setting.contexts.load(DEFAULT_TENANT, USER_URL)
    setting.watch.pass_by(seconds=1)
    link = setting.contexts.link_header(
        DEFAULT_TENANT, setting.contexts.load(DEFAULT_TENANT, {"b": EXAMPLE + "b"})
    )

    urls = service.list(DEFAULT_TENANT)

    assert urls[:2] == [hosted.url, USER_URL]
    assert link == link_to(str(urls[2]))


@pytest.mark.parametrize("kind", list(ContextKind))
def test_the_list_can_be_of_one_kind(setting: Setting, service: ContextService, kind: ContextKind) -> None:
    service.add(DEFAULT_TENANT, {"@context": {"a": f"{EXAMPLE}a"}})
    setting.contexts.load(DEFAULT_TENANT, USER_URL)
    setting.contexts.link_header(DEFAULT_TENANT, setting.contexts.load(DEFAULT_TENANT, {"b": EXAMPLE + "b"}))

    (details,) = service.list(DEFAULT_TENANT, details=True, kind=kind.value)

    assert isinstance(details, dict)
    assert details["kind"] == kind.value


def test_there_is_no_other_kind(service: ContextService) -> None:
    with pytest.raises(BadRequestData):
        service.list(DEFAULT_TENANT, kind="hosted")


def test_details_tell_origin_times_and_uses(setting: Setting, service: ContextService) -> None:
    setting.internet.fresh_for = 3_600
    for _ in range(3):
        setting.contexts.load(DEFAULT_TENANT, USER_URL)

    assert service.serve(DEFAULT_TENANT, cached_id(USER_URL), details=True) == {
        "URL": USER_URL,
        "localId": cached_id(USER_URL),
        "kind": "Cached",
        "createdAt": "2026-11-24T05:00:00.000Z",
        "timestamp": "2026-11-24T05:00:00.000Z",
        "expiresAt": "2026-11-24T06:00:00.000Z",
        "lastUsage": "2026-11-24T05:00:00.000Z",
        "numberOfHits": 2,
    }


def test_a_cached_context_is_not_served(setting: Setting, service: ContextService) -> None:
    setting.contexts.load(DEFAULT_TENANT, USER_URL)

    with pytest.raises(OperationNotSupported):
        service.serve(DEFAULT_TENANT, cached_id(USER_URL))


@pytest.mark.parametrize("details", [True, False])
def test_what_is_not_there_is_not_served(service: ContextService, *, details: bool) -> None:
    with pytest.raises(ResourceNotFound):
        service.serve(DEFAULT_TENANT, "urn:nothing", details=details)


def test_a_deleted_context_is_gone_for_every_use(setting: Setting, service: ContextService) -> None:
    stored = service.add(DEFAULT_TENANT, BODY)
    setting.contexts.load(DEFAULT_TENANT, stored.url)

    service.delete(DEFAULT_TENANT, stored.id)

    with pytest.raises(ResourceNotFound):
        service.serve(DEFAULT_TENANT, stored.id)
    with pytest.raises(LdContextNotAvailable):
        setting.contexts.load(DEFAULT_TENANT, stored.url)
    with pytest.raises(ResourceNotFound):
        service.delete(DEFAULT_TENANT, stored.id)


@pytest.mark.parametrize("name", [USER_URL, cached_id(USER_URL)])
def test_a_cached_context_is_deleted_by_its_origin_too(
    setting: Setting, service: ContextService, name: str
) -> None:
    setting.contexts.load(DEFAULT_TENANT, USER_URL)

    service.delete(DEFAULT_TENANT, name)

    assert service.list(DEFAULT_TENANT) == []


def test_a_hosted_context_is_found_by_the_url_that_serves_it(service: ContextService) -> None:
    stored = service.add(DEFAULT_TENANT, BODY)

    assert service.serve(DEFAULT_TENANT, stored.url) == BODY


def test_a_reload_brings_what_the_origin_has_now(setting: Setting, service: ContextService) -> None:
    setting.contexts.load(DEFAULT_TENANT, USER_URL)
    setting.internet.documents[USER_URL] = {"@context": {"Vehicle": f"{EXAMPLE}Car"}}

    service.delete(DEFAULT_TENANT, cached_id(USER_URL), reload=True)

    assert setting.contexts.load(DEFAULT_TENANT, USER_URL).expand_term("Vehicle") == f"{EXAMPLE}Car"


@pytest.mark.parametrize(
    "now", [None, "{", {"x": 1}, {"@context": {"a": 5}}, {"@context": {"a": {"@context": {}}}}]
)
def test_a_reload_that_fails_leaves_the_copy(setting: Setting, service: ContextService, now: object) -> None:
    setting.contexts.load(DEFAULT_TENANT, USER_URL)
    setting.internet.documents = {} if now is None else {USER_URL: now}

    with pytest.raises(LdContextNotAvailable):
        service.delete(DEFAULT_TENANT, cached_id(USER_URL), reload=True)

    assert setting.new_process().load(DEFAULT_TENANT, USER_URL).expand_term("Vehicle") == f"{EXAMPLE}Vehicle"


def test_only_cached_contexts_can_be_reloaded(service: ContextService) -> None:
    stored = service.add(DEFAULT_TENANT, BODY)

    for name in (stored.id, "urn:nothing"):
        with pytest.raises(BadRequestData):
            service.delete(DEFAULT_TENANT, name, reload=True)


@pytest.mark.parametrize(
    "url", [CORE_URL, "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.6.jsonld"]
)
def test_the_core_is_neither_served_nor_deleted_nor_reloaded(service: ContextService, url: str) -> None:
    with pytest.raises(OperationNotSupported):
        service.serve(DEFAULT_TENANT, url)
    for reload in (True, False):
        with pytest.raises(BadRequestData):
            service.delete(DEFAULT_TENANT, url, reload=reload)
