"""What is deployed again, and what a person is told when it fails."""

from pathlib import Path

import pytest

from local.assembly import Assembly, FileAsset, Stack
from local.deployer import Deployer
from local.failure import PlatformFailure
from tests.unit.local.fake_aws import FakeAws


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


def deploy(aws: FakeAws, folder: Path, **templates: str) -> list[str]:
    stacks = []
    for name, content in templates.items():
        path = folder / f"{name}.template.json"
        path.write_text(content)
        stacks.append(Stack(name, path, f"assets/{name}.json", {}, {}, "ap-northeast-1"))
    deployer = Deployer(aws.as_aws(), folder)
    return deployer.deploy(Assembly(tuple(stacks), ()), lambda _: None)


def test_the_first_time_every_stack_is_created_in_order(aws: FakeAws, tmp_path: Path) -> None:
    changed = deploy(aws, tmp_path, data="1", api="1")

    assert changed == ["data", "api"]
    assert aws.cloudformation.calls == [("create", "data"), ("create", "api")]


def test_nothing_is_touched_when_no_template_changed(aws: FakeAws, tmp_path: Path) -> None:
    deploy(aws, tmp_path, data="1", api="1")
    aws.cloudformation.calls.clear()

    assert deploy(aws, tmp_path, data="1", api="1") == []
    assert aws.cloudformation.calls == []


def test_only_the_stack_whose_template_changed_is_updated(aws: FakeAws, tmp_path: Path) -> None:
    deploy(aws, tmp_path, data="1", api="1")
    aws.cloudformation.calls.clear()

    deploy(aws, tmp_path, data="1", api="2")

    assert aws.cloudformation.calls == [("update", "api")]


def test_a_stack_that_the_app_no_longer_has_is_deleted(aws: FakeAws, tmp_path: Path) -> None:
    deploy(aws, tmp_path, data="1", old="1")

    assert deploy(aws, tmp_path, data="1") == ["old"]
    assert list(aws.cloudformation.stacks) == ["data"]


def test_a_failure_names_the_resource_that_failed_first_and_its_reason(aws: FakeAws, tmp_path: Path) -> None:
    aws.cloudformation.failing["data"] = "Unknown attribute"

    with pytest.raises(
        PlatformFailure, match=r"Stack data failed: Table \(AWS::DynamoDB::Table\): Unknown attribute"
    ):
        deploy(aws, tmp_path, data="1", api="1")

    assert ("create", "api") not in aws.cloudformation.calls


def test_a_creation_that_was_rolled_back_is_made_anew_the_next_time(aws: FakeAws, tmp_path: Path) -> None:
    aws.cloudformation.failing["data"] = "Unknown attribute"
    with pytest.raises(PlatformFailure):
        deploy(aws, tmp_path, data="1")
    aws.cloudformation.failing.clear()

    deploy(aws, tmp_path, data="1")

    assert aws.cloudformation.calls == [("create", "data"), ("delete", "data"), ("create", "data")]


def test_a_deployment_that_failed_half_way_goes_on_where_it_failed(aws: FakeAws, tmp_path: Path) -> None:
    aws.cloudformation.failing["api"] = "No such function"
    with pytest.raises(PlatformFailure):
        deploy(aws, tmp_path, data="1", api="1")
    aws.cloudformation.failing.clear()
    aws.cloudformation.calls.clear()

    assert deploy(aws, tmp_path, data="1", api="1") == ["api"]
    assert ("create", "data") not in aws.cloudformation.calls


def test_outputs_of_all_stacks_are_read_together(aws: FakeAws, tmp_path: Path) -> None:
    deploy(aws, tmp_path, data="1", api="1")
    aws.cloudformation.outputs = {"data": {"ContextTable": "context"}, "api": {"ApiId": "abc"}}
    stacks = tuple(
        Stack(name, tmp_path / f"{name}.template.json", "", {}, {}, "ap-northeast-1")
        for name in ("data", "api")
    )

    assert Deployer(aws.as_aws(), tmp_path).outputs(Assembly(stacks, ())) == {
        "ContextTable": "context",
        "ApiId": "abc",
    }


def test_assets_are_uploaded_once_and_removed_when_nothing_names_them(aws: FakeAws, tmp_path: Path) -> None:
    def with_asset(key: str, template: str) -> Assembly:
        source = tmp_path / "function"
        source.mkdir(exist_ok=True)
        (source / "handler.py").write_text("pass\n")
        (tmp_path / "api.template.json").write_text(template)
        stack = Stack("api", tmp_path / "api.template.json", "assets/api.json", {}, {}, "ap-northeast-1")
        return Assembly(
            (stack,), (FileAsset(source, zipped=True, bucket="assets", key=key, region="ap-northeast-1"),)
        )

    deployer = Deployer(aws.as_aws(), tmp_path)
    deployer.deploy(with_asset("one.zip", "1"), lambda _: None)
    deployer.deploy(with_asset("one.zip", "2"), lambda _: None)
    assert aws.s3.put == ["one.zip"]

    deployer.deploy(with_asset("two.zip", "3"), lambda _: None)
    assert list(aws.s3.buckets["assets"]) == ["two.zip"]


def test_the_same_folder_always_makes_the_same_archive(aws: FakeAws, tmp_path: Path) -> None:
    bodies = []
    for number in (1, 2):
        source = tmp_path / f"copy{number}"
        (source / "package").mkdir(parents=True)
        (source / "package" / "module.py").write_text("pass\n")
        (source / "handler.py").write_text("pass\n")
        asset = FileAsset(source, zipped=True, bucket="assets", key=f"{number}.zip", region="ap-northeast-1")
        template = tmp_path / "t.json"
        template.write_text(str(number))
        stack = Stack("api", template, "assets/api.json", {}, {}, "ap-northeast-1")
        Deployer(aws.as_aws(), tmp_path).deploy(Assembly((stack,), (asset,)), lambda _: None)
        bodies.append(aws.s3.buckets["assets"][f"{number}.zip"]["Body"])

    assert bodies[0] == bodies[1]
