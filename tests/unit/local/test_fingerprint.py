"""When work may be left out because nothing changed."""

from pathlib import Path

from local.fingerprint import fingerprint


def test_it_changes_with_any_content_name_or_value_and_with_nothing_else(tmp_path: Path) -> None:
    source = tmp_path / "infra"
    source.mkdir()
    (source / "stack.py").write_text("one")
    before = fingerprint([source], {"stage": "local"})
    seen = {before}

    assert fingerprint([source], {"stage": "local"}) == before
    (source / "__pycache__").mkdir()
    (source / "__pycache__" / "stack.cpython-311.pyc").write_text("compiled")
    assert fingerprint([source], {"stage": "local"}) == before

    seen.add(fingerprint([source], {"stage": "staging"}))
    (source / "stack.py").write_text("two")
    seen.add(fingerprint([source], {"stage": "local"}))
    (source / "stack.py").rename(source / "stacks.py")
    seen.add(fingerprint([source], {"stage": "local"}))
    assert len(seen) == 4


def test_a_file_that_appears_changes_it(tmp_path: Path) -> None:
    before = fingerprint([tmp_path / "cdk.json"])
    (tmp_path / "cdk.json").write_text("{}")

    assert fingerprint([tmp_path / "cdk.json"]) != before
