"""Which uploads an event tells of."""

from datetime import date

import pytest

from functions.importer.uploads import Upload, uploads_in
from tests.unit.importer.bucket import NAME, created, notified

KEY = "evacuation_space/2025-10-27/避難場所 一覧+1.csv"


def test_events_of_eventbridge_and_of_s3_itself_tell_the_same() -> None:
    assert [upload.key for upload in uploads_in(created(KEY), NAME)] == [KEY]
    assert [upload.key for upload in uploads_in(notified(KEY, "evacuation_shelter/a.csv"), NAME)] == [
        KEY,
        "evacuation_shelter/a.csv",
    ]


@pytest.mark.parametrize(
    "event",
    [
        created("reports/evacuation_space/a.csv.json"),
        created("evacuation_space/2025-10-27/"),
        created(KEY, bucket="somebody-elses"),
        notified(KEY, name="ObjectRemoved:Delete"),
        {"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": NAME},
        {"Records": []},
    ],
)
def test_what_is_no_upload_into_this_bucket_is_passed_over(event: dict[str, object]) -> None:
    assert uploads_in(event, NAME) == []


@pytest.mark.parametrize(
    "event", [{}, {"detail-type": "Object Deleted"}, {"Records": [{"eventName": "ObjectCreated:Put"}]}]
)
def test_an_event_nobody_wired_is_an_error_and_not_forgotten(event: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        uploads_in(event, NAME)


@pytest.mark.parametrize(
    ("key", "data_set", "as_of"),
    [
        ("evacuation_space/2025-10-27/a.csv", "evacuation_space", date(2025, 10, 27)),
        ("evacuation_space/20251027/x/a.csv", "evacuation_space", date(2025, 10, 27)),
        ("evacuation_space/a.csv", "evacuation_space", None),
        ("evacuation_space/2025-10-27", "evacuation_space", None),
        ("evacuation_space/latest/a.csv", "evacuation_space", None),
        ("a.csv", "a.csv", None),
    ],
)
def test_the_key_says_which_data_set_and_which_day(key: str, data_set: str, as_of: date | None) -> None:
    upload = Upload(key, "")

    assert (upload.data_set, upload.as_of) == (data_set, as_of)


@pytest.mark.parametrize(
    ("ours", "theirs", "after"),
    [("0A", "09", True), ("0a", "0A", False), ("09", "0A", False), ("0A1", "0A", True), ("0A", "0A1", False),
     ("0A0", "0A", False), ("", "0A", True), ("0A", "", True)],
)  # fmt: skip
def test_sequencers_tell_the_order_of_writes(ours: str, theirs: str, after: bool) -> None:
    assert Upload("a", ours).is_after(theirs) is after
