"""The city file is read strictly, and whatever is wrong with it is said in one line."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from infra.config import ConfigurationInvalid, PlatformConfig, check_digit, load, load_agreements
from machi.identity.data_items import RECORDED, WORDED
from operations.parties import proposed

ROOT = Path(__file__).resolve().parents[2]
CITY_FILE = ROOT / "infra" / "cities" / "ichinomiya.toml"

Load = Callable[..., PlatformConfig]


@pytest.fixture
def changed(tmp_path: Path) -> Load:
    """Loads the city file with one text replaced, which must occur."""

    def load_changed(before: str, after: str, context: Mapping[str, str] | None = None) -> PlatformConfig:
        text = CITY_FILE.read_text(encoding="utf-8")
        assert before in text
        cities = tmp_path / "infra" / "cities"
        cities.mkdir(parents=True, exist_ok=True)
        (cities / "ichinomiya").symlink_to(CITY_FILE.with_suffix(""))
        (cities / "ichinomiya.toml").write_text(text.replace(before, after, 1), encoding="utf-8")
        return load(tmp_path, context or {})

    return load_changed


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('code = "232033"', 'code = "232034"', "city.code: the check digit of 23203 is 3, not 4"),
        ('code = "232033"', "", "city.code: is missing"),
        ('prefecture_code = "23"', 'prefecture_code = "24"', "city: code 232033 does not begin with"),
        ('vi = "Thành phố Ichinomiya"', "", "city.name.vi: is missing"),
        ('ja-easy = "いちのみやし"', 'ja-easy = ""', "city.name.ja-easy: String should have at least 1"),
        ("latitude = 35.30389", "latitude = 136.80306", "city.hall.latitude: Input should be less than"),
        ('second = "ap-northeast-3"', 'second = "us-east-1"', "regions.second: Input should be 'ap-n"),
        ('second = "ap-northeast-3"', 'second = "ap-northeast-1"', "regions: primary and second must differ"),
        ('id = "kifune"', 'id = "miyanishi"', "city: ward id miyanishi occurs twice"),
        ('web = "https://kencom.jp/"', 'web = "http://kencom.jp/"', "partners.0.web: URL scheme should be"),
        ('web = "https://kencom.jp/"', 'web = "kencom"', "partners.0.web: Input should be a valid URL"),
        ("daily_quota = 5000", "daily_quota = 0", "plans.trial.daily_quota: Input should be greater than 0"),
        ("rate_per_second = 5\n", 'rate_per_second = "many"\n', "plans.trial.rate_per_second: Input should"),
        ("daily_quota = 5000", "dayly_quota = 5000", "plans.trial.dayly_quota: is not a known key"),
        ("logs_days = 365", "logs_days = 366", "retention.logs_days: Input should be"),
        ("child_age = 16", "child_age = 160", "citizens.child_age: Input should be less than"),
        ('permitted_countries = ["JP"]', "permitted_countries = []", "firewall.permitted_countries: Tuple"),
        ('auth = "ichinomiya-machi"', 'auth = "Ichi.nomiya"', "stages.production.domains.auth: String"),
        ('sector = "kencom.jp"', 'sector = "mchh.jp"', "partners.0: kencom: redirect URI https://stag"),
        (
            '["https://kencom.jp/auth/',
            '["http://kencom.jp/auth/',
            "partners.0.stages.production.redirect_uris",
        ),
        ('ichinomiya/callback"]', 'ichinomiya/*"]', "partners.0.stages.staging.redirect_uris.0: String"),
        ("port = 6", "port = 5", "port of a partner 5 occurs twice"),
        ("session_hours = 720 }", "session_hours = 1000 }", "partners.0.session.session_hours: Input should"),
        (
            "access_minutes = 15, session_hours = 12",
            "access_minutes = 1, session_hours = 12",
            "sessions.portal",
        ),
        ('id = "disaster"', 'id = "health"', "interest id health occurs twice"),
        ('version = "2026-12-01"', 'version = "2020-01-01"', "terms.version: there is no text of 2020-01-01"),
        ('version = "2026-12-01"', 'version = "newest"', "terms.version: String should match"),
        ('"mayor", ', '"Mayor!", ', "login_id.reserved.4: String should match"),
        ('issuer = "https://access.line.me"\n', "", "identity provider line: an issuer belongs to kind OIDC"),
        ('name = "LINE"', 'name = "LINE!"', "identity_providers.0.name: String should match"),
        (
            'host = "https://auth-and-sign.go.jp"',
            'host = "http://auth-and-sign.go.jp"',
            "stages.production.proof",
        ),
        ('scheme = "jp.lg.ichinomiya.my"', 'scheme = "my"', "phone_app.scheme: String should match"),
        ('keys = ["key-2026"]', "keys = []", "signing.keys: Tuple should have at least 1"),
        ("deletion_grace_days = 30", "deletion_grace_days = 0", "citizens.deletion_grace_days: Input should"),
        ('from_name = "', 'from_name = "<', "mail.from_name: String should match"),
        ('alarm_mail = "machi@city', 'alarm_mail = "machi.city', "stages.production.alarm_mail: String"),
    ],
)
def test_a_wrong_value_is_named_with_file_key_and_reason(
    changed: Load, before: str, after: str, complaint: str
) -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        changed(before, after)

    said = str(refused.value).removeprefix("infra/cities/ichinomiya.toml: ")
    assert said.startswith(complaint)
    assert str(refused.value).startswith("infra/cities/ichinomiya.toml: ")
    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_toml_is_refused_in_one_line(changed: Load) -> None:
    with pytest.raises(
        ConfigurationInvalid, match=r"^infra/cities/ichinomiya.toml: not readable as TOML: [^\n]+$"
    ):
        changed("[city]", "[city")


def test_further_mistakes_are_counted(changed: Load) -> None:
    with pytest.raises(ConfigurationInvalid, match=r"\(and 1 more\)$"):
        changed("[city.name]", "[city.names]")


@pytest.mark.parametrize(
    ("context", "complaint"),
    [
        ({"stage": "prod"}, "CDK context: stage: 'prod' is none of local, staging, production"),
        ({"city": "nagoya"}, "infra/cities/nagoya.toml: there is no such city file"),
        ({"city": "../../etc"}, "CDK context: city: '../../etc' is no name of a city file"),
        ({"local_port": "http"}, "CDK context: local_port: Input should be a valid integer"),
        ({"local_port": "80"}, "CDK context: local_port: Input should be greater than or equal to 1024"),
        (
            {"stage": "production", "edge_web_acl_arn": "arn:aws:wafv2:ap-northeast-1:1:regional/webacl/a/b"},
            "infra/cities/ichinomiya.toml: stages.production.edge_web_acl_arn: String should match",
        ),
    ],
)
def test_wrong_context_is_named(context: dict[str, str], complaint: str) -> None:
    with pytest.raises(ConfigurationInvalid) as refused:
        load(ROOT, context)

    assert str(refused.value).startswith(complaint)


@pytest.mark.parametrize("code", ["232033", "011002", "131016", "231002", "473502"])
def test_check_digits_of_known_municipalities_come_out(code: str) -> None:
    assert check_digit(code[:5]) == code[5]


def test_the_city_is_whole() -> None:
    config = load(ROOT, {"stage": "production"})

    assert config.city.code == "232033"
    assert len(config.city.wards) == 23
    assert {partner.id: str(partner.web) for partner in config.file.partners} == {
        "kencom": "https://kencom.jp/",
        "boshimo": "https://www.mchh.jp/",
    }
    assert set(config.city.name.model_dump(by_alias=True)) == {"ja", "ja-easy", "en", "pt-BR", "zh-CN", "vi"}


def test_configuration_cannot_be_changed_afterwards() -> None:
    config = load(ROOT, {})

    with pytest.raises(ValueError, match="frozen"):
        config.file.plans.trial.burst = 1_000_000


def test_local_addresses_follow_the_base_port() -> None:
    addresses = load(ROOT, {"local_port": "9000"}).addresses

    assert addresses.portal == "http://localhost:9000"
    assert addresses.api == "http://localhost:9001"
    assert addresses.auth == "http://localhost:9002"


def test_the_unlimited_plan_exists_only_on_the_emulator() -> None:
    assert "unlimited-local" in load(ROOT, {"stage": "local"}).plans
    assert set(load(ROOT, {"stage": "staging"}).plans) == {"trial", "standard", "internal"}


def test_the_edge_list_may_come_from_the_command_line() -> None:
    arn = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/StaticSite/0a1b-2c3d"
    stage = load(ROOT, {"stage": "staging", "edge_web_acl_arn": arn}).on_aws

    assert stage is not None
    assert stage.edge_web_acl_arn == arn


def test_partners_addresses_of_this_machine_follow_the_base_port() -> None:
    found = {partner.id: addresses for partner, addresses in load(ROOT, {"local_port": "9000"}).partners}

    assert found["kencom"].redirect_uris[0] == "http://localhost:9005/callback"
    assert found["boshimo"].back_channel_uri == "http://localhost:9006/back-channel-logout"


def test_the_hash_of_the_terms_is_that_of_the_text_that_is_shown() -> None:
    config = load(ROOT, {"stage": "production"})
    text = CITY_FILE.with_suffix("") / "terms" / config.file.terms.version / "ja.txt"

    assert config.terms_sha256 == sha256(text.read_bytes()).hexdigest()


def test_every_partner_has_an_agreement_that_the_domain_takes_and_whose_items_are_known() -> None:
    files = {file.application: file for file in load_agreements(ROOT, "ichinomiya")}

    assert set(files) == {partner.id for partner in load(ROOT, {}).file.partners}
    for file in files.values():
        agreement = proposed(file, 1, "somebody@example.jp")
        assert agreement.all_items <= set(WORDED)
        assert agreement.provides == agreement.all_items & set(RECORDED)
        assert agreement.required
        assert agreement.optional


def test_a_wrong_agreement_is_named_with_file_key_and_reason(tmp_path: Path) -> None:
    folder = tmp_path / "infra" / "cities" / "ichinomiya" / "agreements"
    folder.mkdir(parents=True)
    text = (CITY_FILE.with_suffix("") / "agreements" / "kencom.toml").read_text(encoding="utf-8")
    (folder / "kencom.toml").write_text(text.replace("validity_months = 12", "validity_months = 99"))
    with pytest.raises(ConfigurationInvalid, match=r"agreements/kencom.toml: validity_months: Input should"):
        load_agreements(tmp_path, "ichinomiya")

    (folder / "kencom.toml").rename(folder / "other.toml")
    (folder / "other.toml").write_text(text)
    with pytest.raises(ConfigurationInvalid, match=r"other.toml: application: is not other"):
        load_agreements(tmp_path, "ichinomiya")
