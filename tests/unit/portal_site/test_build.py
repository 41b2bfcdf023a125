"""Whether the build is repeatable, complete and honest about its input."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from portal_site.city import CityInvalid, read_city
from portal_site.command import main
from portal_site.config import ConfigInvalid, config_from, read_config
from portal_site.site import Site, build_site
from portal_site.upload import MANIFEST, cache_control, content_type, security_headers
from tests.unit.portal_site.conftest import CITY_FILE, CONFIG, REPOSITORY, new_site


def test_the_same_input_gives_the_same_files(files: dict[str, bytes]) -> None:
    assert build_site(new_site()) == files


def test_the_command_gives_the_same_files_in_another_process(files: dict[str, bytes], tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(CONFIG.for_browser())
    left_over = tmp_path / "out" / "old.html"
    left_over.parent.mkdir()
    left_over.write_text("from an earlier build")
    command = [sys.executable, "-m", "portal_site.build", "--out", "out", "--config", "config.json"]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "PYTHONPATH": str(REPOSITORY),
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
    }
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out"
    written = {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert written == files


def test_every_file_stands_in_the_manifest_with_its_headers(files: dict[str, bytes]) -> None:
    manifest = json.loads(files[MANIFEST])
    entries = {entry["path"]: entry for entry in manifest["files"]}
    assert set(entries) == set(files) - {MANIFEST}
    assert entries["index.html"]["content_type"] == "text/html; charset=utf-8"
    assert entries["config.json"]["cache_control"] == "no-store"


def test_only_files_whose_name_changes_with_their_content_are_kept_for_long(files: dict[str, bytes]) -> None:
    for path in files:
        for_ever = "immutable" in cache_control(path) if path != MANIFEST else False
        assert for_ever == path.startswith("assets/"), path
        assert content_type(path)


def test_a_changed_style_changes_the_address_in_every_page(tmp_path: Path, files: dict[str, bytes]) -> None:
    site = new_site()
    site.assets.__dict__["site_styles"] = site.assets.site_styles + ".changed{color:red}\n"
    changed = build_site(site)
    styles = {path for path in changed if path.startswith("assets/css/site.")}
    assert styles.isdisjoint(files)
    assert all(
        f"/{style}".encode() in content
        for style in styles
        for path, content in changed.items()
        if path.endswith(".html")
    )
    assert changed["sw.js"] != files["sw.js"], "what phones keep is replaced as well"


def test_the_browser_gets_the_addresses_and_nothing_else(files: dict[str, bytes]) -> None:
    assert json.loads(files["config.json"]) == {
        "stage": "staging",
        "portal_url": "https://portal.example",
        "api_url": "https://api.example",
        "auth_url": "https://login.example",
        "issuer": "https://issuer.example/pool",
        "client_id": "portal-client",
        "social_providers": "",
    }


def test_the_policy_allows_nothing_unsafe_and_only_the_stage_s_own_addresses() -> None:
    policy = dict(
        part.split(" ", 1) for part in security_headers(CONFIG)["Content-Security-Policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' https://api.example https://login.example"
    assert "unsafe" not in str(policy)
    assert "Strict-Transport-Security" in security_headers(CONFIG)
    local = replace(CONFIG, portal_url="http://localhost:8700")
    assert "Strict-Transport-Security" not in security_headers(local)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"client_id": ""}, "client_id"),
        ({"issuer": None}, "issuer"),
        ({"api_url": "https://api.example/v1"}, "api_url: must be an origin"),
        ({"portal_url": "http://portal.example"}, "portal_url: plain http"),
        ({"auth_url": "ftp://login.example"}, "auth_url"),
    ],
)
def test_a_wrong_address_stops_the_build_and_is_named(change: dict[str, object], message: str) -> None:
    values = {**json.loads(CONFIG.for_browser()), **change}
    with pytest.raises(ConfigInvalid, match=message):
        config_from(values)


def test_an_origin_may_end_in_a_slash() -> None:
    assert config_from({**json.loads(CONFIG.for_browser()), "api_url": "https://api.example/"}) == CONFIG


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(content)
    with pytest.raises(ConfigInvalid):
        read_config(path)


def test_the_command_says_what_is_wrong_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "config.json"
    path.write_text("{}")
    assert main(["--out", str(tmp_path / "out"), "--config", str(path)]) == 2
    assert capsys.readouterr().err == "portal: stage: must be a text that is not empty\n"
    assert not (tmp_path / "out").exists()


def test_a_city_file_without_what_the_portal_shows_is_refused(tmp_path: Path) -> None:
    text = CITY_FILE.read_text(encoding="utf-8").replace("[city.hall]", "[city.other]")
    path = tmp_path / "elsewhere.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CityInvalid, match="hall"):
        read_city(path)


def test_a_city_without_a_name_in_one_of_the_languages_is_refused() -> None:
    city = read_city(CITY_FILE)
    nameless = replace(city, names={code: name for code, name in city.names.items() if code != "vi"})
    with pytest.raises(CityInvalid, match="vi"):
        Site(CONFIG, nameless, REPOSITORY / "node_modules")


def test_another_city_is_another_file(files: dict[str, bytes]) -> None:
    city = read_city(CITY_FILE)
    names = dict.fromkeys(city.names, "高松市")
    other = build_site(
        Site(CONFIG, replace(city, names=names, web="https://www.example.jp/"), REPOSITORY / "node_modules")
    )
    assert "高松市市民ポータル" in other["index.html"].decode()
    for path, content in other.items():
        # The terms are that city's own text, which here is still the first one's.
        if path.endswith(".html") and not path.endswith("terms/index.html"):
            assert "一宮市市民" not in content.decode(), path
            assert "Ichinomiya" not in content.decode(), path
