"""Clauses 5.5.5, 5.13.1 and 6.3.5: the @context of a request, and what is kept of it."""

from collections.abc import Sequence

import pytest

from machi.core.ids import DEFAULT_TENANT, Tenant
from machi.ngsild.context import CORE_URL, BodyKind, ContextKind, cached_id, link_to
from machi.ngsild.context.documents import MAX_DOCUMENTS
from machi.ngsild.entity import DEFAULT_VOCABULARY
from machi.ngsild.errors import BadRequestData, LdContextNotAvailable
from tests.unit.ngsild.context.doubles import API_URL, EXAMPLE, USER_URL, Setting

OTHER = Tenant("other")
LINK = [link_to(USER_URL)]
EMBEDDED = {"Vehicle": f"{EXAMPLE}Vehicle"}


@pytest.fixture
def setting() -> Setting:
    return Setting()


def meaning(
    setting: Setting, kind: BodyKind, links: Sequence[str] = (), body: object = None, name: str = "Vehicle"
) -> str:
    return setting.contexts.for_request(DEFAULT_TENANT, kind, links=links, body=body).expand_term(name)


@pytest.mark.parametrize(("kind", "body"), [(BodyKind.NONE, None), (BodyKind.JSON, {}), (BodyKind.JSON, [])])
def test_without_a_link_the_core_is_the_context(setting: Setting, kind: BodyKind, body: object) -> None:
    assert meaning(setting, kind, body=body) == DEFAULT_VOCABULARY + "Vehicle"
    assert setting.internet.asked == []


@pytest.mark.parametrize("kind", [BodyKind.NONE, BodyKind.JSON])
def test_a_link_names_the_context(setting: Setting, kind: BodyKind) -> None:
    assert meaning(setting, kind, LINK, {}) == f"{EXAMPLE}Vehicle"


def test_a_json_body_must_not_bring_a_context(setting: Setting) -> None:
    with pytest.raises(BadRequestData, match="Link"):
        meaning(setting, BodyKind.JSON, body={"@context": USER_URL})


@pytest.mark.parametrize("source", [USER_URL, [USER_URL, CORE_URL], EMBEDDED, [EMBEDDED]])
def test_a_json_ld_body_brings_its_context(setting: Setting, source: object) -> None:
    assert meaning(setting, BodyKind.JSON_LD, body={"@context": source}) == f"{EXAMPLE}Vehicle"


@pytest.mark.parametrize("body", [{}, {"@context": None}, [], None, "text"])
def test_a_json_ld_body_without_context_is_refused(setting: Setting, body: object) -> None:
    with pytest.raises(BadRequestData, match="must contain"):
        meaning(setting, BodyKind.JSON_LD, body=body)


def test_a_json_ld_body_and_a_link_do_not_go_together(setting: Setting) -> None:
    with pytest.raises(BadRequestData, match="Link"):
        meaning(setting, BodyKind.JSON_LD, LINK, {"@context": USER_URL})


def test_other_links_do_not_disturb_a_json_ld_body(setting: Setting) -> None:
    links = ['<https://example.org/next>; rel="next"']

    assert meaning(setting, BodyKind.JSON_LD, links, {"@context": USER_URL}) == f"{EXAMPLE}Vehicle"


def test_a_context_is_downloaded_once_for_all_requests_and_processes(setting: Setting) -> None:
    for contexts in (setting.contexts, setting.contexts, setting.new_process()):
        contexts.load(DEFAULT_TENANT, USER_URL)

    assert setting.internet.asked == [USER_URL]
    kept = setting.repository.get(DEFAULT_TENANT, cached_id(USER_URL))
    assert kept is not None
    assert (kept.kind, kept.url) == (ContextKind.CACHED, USER_URL)


def test_tenants_keep_their_contexts_apart(setting: Setting) -> None:
    setting.contexts.load(DEFAULT_TENANT, USER_URL)
    setting.contexts.load(OTHER, USER_URL)

    assert {tenant for tenant, _ in setting.repository.kept} == {DEFAULT_TENANT, OTHER}


@pytest.mark.parametrize(
    ("fresh_for", "hours", "downloads"), [(None, 23, 1), (None, 25, 2), (3600, 2, 2), (7200, 1, 1)]
)
def test_a_copy_is_asked_for_again_when_its_origin_says_so(
    setting: Setting, fresh_for: int | None, hours: int, downloads: int
) -> None:
    setting.internet.fresh_for = fresh_for
    setting.contexts.load(DEFAULT_TENANT, USER_URL)

    setting.watch.pass_by(hours=hours)
    setting.contexts.load(DEFAULT_TENANT, USER_URL)

    assert len(setting.internet.asked) == downloads


def test_what_its_origin_forbids_to_keep_is_not_kept(setting: Setting) -> None:
    setting.internet.fresh_for = 0

    setting.contexts.load(DEFAULT_TENANT, USER_URL)
    setting.contexts.load(DEFAULT_TENANT, USER_URL)

    assert len(setting.internet.asked) == 2
    assert setting.repository.kept == {}


def test_an_old_copy_stands_in_for_an_origin_out_of_reach(setting: Setting) -> None:
    setting.contexts.load(DEFAULT_TENANT, USER_URL)
    setting.internet.documents.clear()

    setting.watch.pass_by(days=2)

    assert setting.contexts.load(DEFAULT_TENANT, USER_URL).expand_term("Vehicle") == f"{EXAMPLE}Vehicle"


def test_a_new_version_at_the_origin_is_noticed(setting: Setting) -> None:
    setting.contexts.load(DEFAULT_TENANT, USER_URL)
    setting.internet.documents[USER_URL] = {"@context": {"Vehicle": f"{EXAMPLE}Car"}}

    setting.watch.pass_by(days=2)

    assert setting.contexts.load(DEFAULT_TENANT, USER_URL).expand_term("Vehicle") == f"{EXAMPLE}Car"


def test_a_dead_origin_is_not_asked_at_every_request(setting: Setting) -> None:
    for _ in range(3):
        with pytest.raises(LdContextNotAvailable):
            setting.contexts.load(DEFAULT_TENANT, "https://gone.example/c.jsonld")
    setting.watch.pass_by(seconds=11)
    with pytest.raises(LdContextNotAvailable):
        setting.contexts.load(DEFAULT_TENANT, "https://gone.example/c.jsonld")

    assert len(setting.internet.asked) == 2


def test_a_broken_document_is_neither_used_nor_kept(setting: Setting) -> None:
    for text in ("{", "[]", '"x"', "{}"):
        setting.internet.documents["https://broken.example/" + str(len(text))] = text

    for url in list(setting.internet.documents)[1:]:
        with pytest.raises(LdContextNotAvailable):
            setting.contexts.load(DEFAULT_TENANT, url)

    assert setting.repository.kept == {}


def test_a_context_may_refer_to_a_few_documents_but_not_to_many(setting: Setting) -> None:
    urls = [f"https://example.org/{number}" for number in range(MAX_DOCUMENTS + 1)]
    setting.internet.documents |= {url: {"@context": {}} for url in urls}

    setting.contexts.load(DEFAULT_TENANT, urls[:-1])
    with pytest.raises(LdContextNotAvailable):
        setting.contexts.load(DEFAULT_TENANT, urls)


def test_all_documents_of_a_context_share_one_time_limit(setting: Setting) -> None:
    urls = [f"https://example.org/{number}" for number in range(3)]
    setting.internet.documents |= {url: {"@context": {}} for url in urls}
    real, watch = setting.internet.fetch, setting.watch

    def slow(url: str, seconds: float) -> object:
        watch.pass_by(seconds=1)
        return real(url, seconds)

    setting.internet.fetch = slow  # type: ignore[method-assign, assignment]  # the same, but a second later
    setting.contexts.load(DEFAULT_TENANT, urls)

    assert setting.internet.seconds == [2.5, 1.5, 0.5]


def test_an_answer_in_json_links_the_context_of_the_request(setting: Setting) -> None:
    contexts = setting.contexts

    assert contexts.link_header(DEFAULT_TENANT, contexts.core) == link_to(CORE_URL)
    assert contexts.link_header(DEFAULT_TENANT, contexts.load(DEFAULT_TENANT, USER_URL)) == link_to(USER_URL)


def test_an_embedded_context_gets_a_url_once_and_means_the_same_there(setting: Setting) -> None:
    contexts = setting.contexts
    embedded = contexts.load(DEFAULT_TENANT, EMBEDDED)

    links = {contexts.link_header(DEFAULT_TENANT, embedded) for _ in range(3)}
    links.add(setting.new_process().link_header(DEFAULT_TENANT, embedded))

    (link,) = links
    (stored,) = setting.repository.kept.values()
    assert stored.kind is ContextKind.IMPLICIT
    assert stored.url.startswith(f"{API_URL}/ngsi-ld/v1/jsonldContexts/")
    assert link == link_to(stored.url)
    again = setting.new_process().for_request(DEFAULT_TENANT, BodyKind.NONE, links=[link])
    assert again.expand_term("Vehicle") == f"{EXAMPLE}Vehicle"
    assert again.json == [stored.url, CORE_URL]
    assert setting.internet.asked == []


def test_a_context_of_the_default_tenant_can_be_used_by_every_tenant(setting: Setting) -> None:
    contexts = setting.contexts
    link = contexts.link_header(DEFAULT_TENANT, contexts.load(DEFAULT_TENANT, EMBEDDED))

    context = contexts.for_request(OTHER, BodyKind.NONE, links=[link])

    assert context.expand_term("Vehicle") == f"{EXAMPLE}Vehicle"


def test_a_context_of_one_tenant_cannot_be_used_by_another(setting: Setting) -> None:
    contexts = setting.contexts
    link = contexts.link_header(OTHER, contexts.load(OTHER, EMBEDDED))

    with pytest.raises(LdContextNotAvailable):
        contexts.for_request(DEFAULT_TENANT, BodyKind.NONE, links=[link])


def test_uses_of_kept_contexts_are_counted_in_few_writes(setting: Setting) -> None:
    for _ in range(5):
        setting.contexts.load(DEFAULT_TENANT, USER_URL)
    setting.watch.pass_by(seconds=61)
    setting.contexts.load(DEFAULT_TENANT, USER_URL)

    kept = setting.repository.get(DEFAULT_TENANT, cached_id(USER_URL))
    assert kept is not None
    assert kept.hits == 5
    assert kept.last_used == "2026-11-24T05:01:01.000Z"
