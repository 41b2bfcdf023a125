"""Where a citizen is signed in."""

import pytest

from machi.core.ids import ApplicationId
from machi.core.principal import Principal
from machi.identity.devices import device_name
from tests.unit.account.world import World

CHROME = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def hanako(world: World) -> Principal:
    return world.citizen("hanako")


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (CHROME, "Chrome / Android"),
        (SAFARI, "Safari / iPhone"),
        (SAFARI.replace("Version/17.5", "CriOS/126.0"), "Chrome / iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126 Safari/537.36 Edg/126", "Edge / Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Firefox/127.0", "Firefox / Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/126 Safari/537.36", "Chrome / Linux"),
        (CHROME + " Line/14.9.0", "LINE / Android"),
        ("curl/8.5", "? / ?"),
        ("", "? / ?"),
        ("<script>alert(1)</script>", "? / ?"),
        ("x" * 100_000 + "Chrome/1", "? / ?"),
    ],
)
def test_a_device_is_called_by_words_of_a_closed_list(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name


def test_where_one_is_signed_in_is_shown_newest_first(world: World, hanako: Principal) -> None:
    world.send("POST", "/devices", who=hanako, user_agent=CHROME)
    world.pass_time(minutes=5)
    phone = world.citizen("hanako", session="s-2")
    world.send("POST", "/devices", who=phone, user_agent=SAFARI)

    shown = world.send("GET", "/devices", who=hanako).json()["devices"]

    assert shown == [
        {
            "id": "s-2",
            "application": "portal-client",
            "name": "Safari / iPhone",
            "firstSeenAt": "2026-11-24T12:05:00.000Z",
            "lastSeenAt": "2026-11-24T12:05:00.000Z",
            "current": False,
        },
        {
            "id": "s-1",
            "application": "portal-client",
            "name": "Chrome / Android",
            "firstSeenAt": "2026-11-24T12:00:00.000Z",
            "lastSeenAt": "2026-11-24T12:00:00.000Z",
            "current": True,
        },
    ]
    assert world.send("GET", "/devices", who=world.citizen("taro")).json() == {"devices": []}


def test_seeing_a_device_again_moves_only_the_last_time(world: World, hanako: Principal) -> None:
    world.send("POST", "/devices", who=hanako, user_agent=CHROME)
    world.pass_time(minutes=5)
    world.send("POST", "/devices", who=hanako, user_agent=CHROME)

    (shown,) = world.send("GET", "/devices", who=hanako).json()["devices"]
    assert (shown["firstSeenAt"], shown["lastSeenAt"]) == (
        "2026-11-24T12:00:00.000Z",
        "2026-11-24T12:05:00.000Z",
    )


def test_of_a_new_kind_of_device_the_citizen_is_told_but_not_of_the_very_first(
    world: World, hanako: Principal
) -> None:
    world.send("POST", "/devices", who=hanako, user_agent=CHROME)
    world.send("POST", "/devices", who=hanako, user_agent=CHROME)
    assert world.notices.kinds == []

    world.send("POST", "/devices", who=world.citizen("hanako", session="s-2"), user_agent=CHROME)
    assert world.notices.kinds == []

    world.send("POST", "/devices", who=world.citizen("hanako", session="s-3"), user_agent=SAFARI)
    (notice,) = world.notices.handed_in.values()
    assert (notice.kind, dict(notice.values)) == (
        "new-device",
        {"device": "Safari / iPhone", "at": "2026-11-24T12:00:00.000Z"},
    )


def test_one_device_is_signed_out_and_stays_so(world: World, hanako: Principal) -> None:
    phone = world.citizen("hanako", session="s-2")
    world.send("POST", "/devices", who=hanako)
    world.send("POST", "/devices", who=phone)

    assert world.send("DELETE", "/devices/s-2", who=hanako).status == 204
    world.send("POST", "/devices", who=phone)

    assert [each["id"] for each in world.send("GET", "/devices", who=hanako).json()["devices"]] == ["s-1"]


def test_nobody_signs_out_the_device_of_another(world: World, hanako: Principal) -> None:
    world.send("POST", "/devices", who=hanako)

    assert world.send("DELETE", "/devices/s-1", who=world.citizen("taro", session="s-9")).status == 404
    assert len(world.send("GET", "/devices", who=hanako).json()["devices"]) == 1


def test_signing_out_everywhere_ends_devices_refresh_tokens_platform_sessions_and_tells_partners(
    world: World, hanako: Principal
) -> None:
    assert hanako.subject is not None
    world.connected[hanako.subject] = [ApplicationId("kencom"), ApplicationId("boshimo")]
    world.send("POST", "/devices", who=hanako)

    assert world.send("DELETE", "/devices", who=hanako).status == 204

    assert world.send("GET", "/devices", who=hanako).json() == {"devices": []}
    assert world.devices.cut[hanako.subject] == (world.now, None)
    assert world.directory.signed_out == ["hanako"]
    assert world.ended_sessions == [hanako.subject]
    told = [(each.kind, dict(each.values)) for each in world.notices.handed_in.values()]
    assert told == [
        ("back-channel-logout", {"application": "kencom", "event": "logout"}),
        ("back-channel-logout", {"application": "boshimo", "event": "logout"}),
    ]
