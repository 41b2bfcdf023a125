"""Finding a place with JavaScript: by distance, by name, on the map; what is said when something fails."""

import math

import pytest
from playwright.sync_api import Page, Route, expect

from machi.datasets import Hazard
from portal_site.places import Facility
from portal_site.site import Site
from tests.e2e.conftest import NewPage

STATION = {"latitude": 35.3030, "longitude": 136.7976}
"""尾張一宮駅."""
NAGOYA = {"latitude": 35.1709, "longitude": 136.8815}
NEAR_ME = "現在地から近い順に並べる"


def metres(here: dict[str, float], there: Facility) -> float:
    """Haversine on the mean earth, written down a second time."""
    p1, p2 = math.radians(here["latitude"]), math.radians(there.latitude)
    half = (
        math.sin((p2 - p1) / 2) ** 2
        + math.cos(p1) * math.cos(p2) * math.sin(math.radians(there.longitude - here["longitude"]) / 2) ** 2
    )
    return 2 * 6371008.8 * math.asin(math.sqrt(half))


def names(page: Page, kind: str = "site") -> list[str]:
    """The facilities shown, in the order of the list."""
    return page.locator(f"[data-kind={kind}]:visible .facility__name").all_inner_texts()


def status(page: Page) -> str:
    """What the page told a screen reader last."""
    return page.locator(".shelter-finder__status").inner_text()


@pytest.fixture
def at_station(new_page: NewPage) -> Page:
    """A phone near the station whose owner lets the page know."""
    return new_page(width=375, geolocation=STATION, permissions=["geolocation"])


def test_nobody_is_asked_for_a_position_before_pressing(new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script("navigator.geolocation.getCurrentPosition = () => { document.title = 'asked'; };")
    page.goto("/shelters/")
    page.wait_for_load_state("networkidle")
    assert page.title() != "asked"
    page.get_by_role("button", name=NEAR_ME).click()
    assert page.title() == "asked"


@pytest.mark.parametrize("path", ["/shelters/", "/shelters/flood/"])
def test_the_nearest_place_comes_first(at_station: Page, site: Site, path: str) -> None:
    at_station.goto(path)
    at_station.get_by_role("button", name=NEAR_ME).click()
    expect(at_station.locator(".shelter-finder__status")).to_contain_text("近い順に並べました")
    facilities = site.places.sites_for(Hazard.FLOOD) if "flood" in path else site.places.sites
    expected = sorted(facilities, key=lambda facility: metres(STATION, facility))
    assert names(at_station) == [facility.name for facility in expected]
    nearest = metres(STATION, expected[0])
    distance = at_station.locator("[data-kind=site] .facility__distance").first.inner_text()
    assert distance == f"現在地から約{round(nearest / 10) * 10} m"
    assert expected[0].name in status(at_station)


def test_the_position_leaves_the_device_with_no_request(at_station: Page) -> None:
    sent: list[str] = []
    at_station.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
    at_station.goto("/shelters/")
    at_station.get_by_role("button", name=NEAR_ME).click()
    expect(at_station.locator(".shelter-finder__status")).to_contain_text("近い順に並べました")
    at_station.goto("/shelters/flood/")
    expect(at_station.locator(".shelter-finder__status")).to_contain_text("近い順に並べました")
    assert sent
    assert [each for each in sent if "35.30" in each or "136.79" in each] == []


def test_the_order_stays_when_another_danger_is_chosen_and_ends_when_asked(
    at_station: Page, site: Site
) -> None:
    at_station.goto("/shelters/")
    original = names(at_station)
    at_station.get_by_role("button", name=NEAR_ME).click()
    expect(at_station.locator(".shelter-finder__status")).to_contain_text("近い順")
    at_station.get_by_role("navigation", name="何から逃げますか").get_by_role("link", name="地震").click()
    expect(at_station.locator(".shelter-finder__status")).to_contain_text("近い順")
    expected = sorted(
        site.places.sites_for(Hazard.EARTHQUAKE), key=lambda facility: metres(STATION, facility)
    )
    assert names(at_station)[0] == expected[0].name

    at_station.get_by_role("button", name="元の順に戻す").click()
    assert at_station.locator(".facility__distance:visible").count() == 0
    at_station.goto("/shelters/")
    assert names(at_station) == original


def test_somebody_far_away_is_told_so(new_page: NewPage) -> None:
    page = new_page(geolocation={"latitude": 34.6937, "longitude": 135.5023}, permissions=["geolocation"])
    page.goto("/shelters/")
    page.get_by_role("button", name=NEAR_ME).click()
    expect(page.locator(".shelter-finder__status")).to_contain_text("遠く離れています")


@pytest.mark.parametrize(
    ("code", "message"),
    [(1, "許可されていません"), (2, "わかりませんでした"), (3, "時間がかかっています")],
)
def test_a_position_that_cannot_be_had_is_explained_and_the_list_stays(
    new_page: NewPage, code: int, message: str
) -> None:
    page = new_page()
    page.add_init_script(f"navigator.geolocation.getCurrentPosition = (yes, no) => no({{ code: {code} }});")
    page.goto("/shelters/")
    before = names(page)
    page.get_by_role("button", name=NEAR_ME).click()
    expect(page.locator(".shelter-finder__status")).to_contain_text(message)
    assert names(page) == before


def test_a_browser_without_positions_is_explained(new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'geolocation', { value: undefined });")
    page.goto("/shelters/")
    page.get_by_role("button", name=NEAR_ME).click()
    expect(page.locator(".shelter-finder__status")).to_contain_text("現在地を使えません")


def test_the_list_is_narrowed_by_name_or_town_whatever_the_width_of_the_letters(page: Page) -> None:
    page.goto("/shelters/")
    search = page.get_by_label("施設の名前・町の名前で絞り込む")
    search.fill("浅井町")
    expect(page.locator(".shelter-finder__status")).to_contain_text("施設が見つかりました")
    shown = names(page)
    assert "浅井中学校" in shown
    assert "大野極楽寺公園" in shown, "which lies in 浅井町"
    assert "奥小学校" not in shown
    search.fill("貴船１−６")
    assert names(page) == ["北部中学校"]
    search.fill("ない場所")
    expect(page.locator(".shelter-finder__status")).to_have_text(
        "見つかりませんでした。別のことばで試してください。"
    )
    search.fill("")
    assert len(names(page)) == 77


@pytest.fixture
def map_page(page: Page) -> Page:
    """The page for floods with its map open."""
    page.goto("/shelters/flood/")
    expect(page.locator(".leaflet-container")).to_be_visible()
    return page


def test_a_place_of_the_list_is_shown_on_the_map_and_leads_back(map_page: Page) -> None:
    place = map_page.locator(".facility", has_text="起小学校").first
    place.get_by_role("link", name="地図で見る").click()
    bubble = map_page.locator(".leaflet-popup")
    expect(bubble).to_contain_text("起小学校")
    expect(bubble).to_contain_text("洪水")
    assert "起小学校" in status(map_page)
    expect(place).to_have_class("facility facility--chosen")
    bubble.get_by_role("link", name="一覧で見る").click()
    assert map_page.url.endswith(f"#{place.get_attribute('id')}")
    expect(place).to_be_in_viewport()


def test_a_dot_pressed_on_the_map_marks_the_place_in_the_list(map_page: Page) -> None:
    place = map_page.locator(".facility", has_text="起小学校").first
    place.get_by_role("link", name="地図で見る").click()
    map_page.locator(".leaflet-popup-close-button").click()
    canvas = map_page.locator(".shelter-map__canvas")
    box = canvas.bounding_box()
    assert box is not None
    canvas.click(position={"x": box["width"] / 2, "y": box["height"] / 2})
    expect(map_page.locator(".leaflet-popup")).to_contain_text("起小学校")


def test_the_map_credits_its_maker_and_speaks_the_language_of_the_page(map_page: Page) -> None:
    expect(map_page.get_by_role("link", name="地理院タイル")).to_be_visible()
    expect(map_page.get_by_role("button", name="地図を拡大")).to_be_visible()
    map_page.goto("/en/shelters/")
    expect(map_page.get_by_role("button", name="Zoom in")).to_be_visible()


def test_the_map_brings_no_more_than_a_few_stops_for_the_keyboard(map_page: Page) -> None:
    stops = map_page.locator("shelter-map").locator("a, button, [tabindex='0']").count()
    assert stops <= 5


def test_no_library_leaves_a_global_behind(map_page: Page) -> None:
    assert (
        map_page.evaluate("[typeof window.L, typeof window.leaflet, typeof window.oidc]") == ["undefined"] * 3
    )


def test_pictures_that_do_not_come_are_explained_and_break_nothing(new_page: NewPage) -> None:
    page = new_page()
    page.route("https://cyberjapandata.gsi.go.jp/**", lambda route: route.abort())
    page.goto("/shelters/")
    expect(page.locator(".shelter-map__message")).to_have_text(
        "地図の画像を読みこめません。一覧はそのまま使えます。"
    )
    assert len(names(page)) == 77


def test_a_map_that_does_not_load_is_explained_and_breaks_nothing(new_page: NewPage) -> None:
    page = new_page()
    page.route("**/leaflet.*.js", lambda route: route.abort())
    page.goto("/shelters/")
    expect(page.locator(".shelter-map__message")).to_have_text(
        "地図を表示できません。一覧はそのまま使えます。"
    )
    page.get_by_label("施設の名前・町の名前で絞り込む").fill("浅井町")
    assert "浅井中学校" in names(page)


def test_readers_who_save_data_get_the_map_on_request_only(new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } });")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto("/shelters/")
    page.wait_for_load_state("networkidle")
    assert not any("leaflet" in url for url in loaded)
    page.get_by_role("button", name="地図を表示する").click()
    expect(page.locator(".leaflet-container")).to_be_visible()


def test_nothing_is_loaded_from_elsewhere_but_the_map_s_pictures(new_page: NewPage) -> None:
    page = new_page()
    elsewhere: set[str] = set()

    def note(route: Route) -> None:
        elsewhere.add(route.request.url.split("/xyz/")[0])
        route.abort()

    page.route(lambda url: not url.startswith("http://localhost:"), note)
    page.goto("/shelters/")
    expect(page.locator(".shelter-map__message")).not_to_be_empty()
    assert elsewhere == {"https://cyberjapandata.gsi.go.jp"}
