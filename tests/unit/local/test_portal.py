"""Which files of the portal travel to its bucket."""

import json
from pathlib import Path

import pytest

from local import portal
from local.deployed import Deployed
from local.settings import LocalSettings, Ports
from tests.unit.local.fake_aws import FakeAws

DEPLOYED = Deployed(
    "abc",
    "local",
    "portal-bucket",
    "d.cloudfront.net",
    "import",
    "context",
    "history",
    "people",
    "city",
    "ap-northeast-1_x",
    "client",
    "app",
    "connect",
    "account",
    "staff",
    "staff-client",
)


class Portal:
    """A portal whose build writes the pages it is told to."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.aws = FakeAws()
        self.aws.s3.create_bucket(Bucket="portal-bucket")
        self.pages: dict[str, str] = {}
        self._settings = LocalSettings(Ports(8700), folder)
        self._folder = folder
        self._edition = 0
        monkeypatch.setattr(portal, "_build", lambda *_: self._build())
        monkeypatch.setattr(portal, "fingerprint", self._fingerprint)

    def publish(self, **pages: str) -> list[str]:
        """Publish an edition with these pages; gives the keys that travelled."""
        self.pages = {f"{name}.html": content for name, content in pages.items()}
        self._edition += 1
        return self.publish_again()

    def publish_again(self) -> list[str]:
        self.aws.s3.put.clear()
        portal.publish_portal(self._settings, self.aws.as_aws(), DEPLOYED, self._folder)
        return sorted(self.aws.s3.put)

    def _build(self) -> None:
        site = self._settings.portal_dir
        site.mkdir(exist_ok=True)
        for path, content in self.pages.items():
            (site / path).write_text(content)
        files = [
            {"path": path, "content_type": "text/html; charset=utf-8", "cache_control": "no-store"}
            for path in self.pages
        ]
        (site / "upload-manifest.json").write_text(json.dumps({"files": files}))

    def _fingerprint(self, paths: list[Path], *_more: object) -> str:
        if paths and paths[0].is_relative_to(self._folder):
            return paths[0].read_text()
        return str(self._edition)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Portal:
    return Portal(tmp_path, monkeypatch)


def test_the_first_time_every_file_travels_with_its_headers(site: Portal) -> None:
    assert site.publish(index="one", shelters="one") == ["index.html", "shelters.html"]

    stored = site.aws.s3.buckets["portal-bucket"]["index.html"]
    assert stored == {"Body": b"one", "ContentType": "text/html; charset=utf-8", "CacheControl": "no-store"}


def test_only_files_that_changed_travel(site: Portal) -> None:
    site.publish(index="one", shelters="one")

    assert site.publish(index="one", shelters="two") == ["shelters.html"]


def test_nothing_is_built_when_no_source_changed(site: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    site.publish(index="one")
    monkeypatch.setattr(portal, "_build", lambda *_: pytest.fail("built"))

    assert site.publish_again() == []


def test_a_page_that_is_gone_is_removed(site: Portal) -> None:
    site.publish(index="one", old="one")
    site.publish(index="one")

    assert list(site.aws.s3.buckets["portal-bucket"]) == ["index.html"]
