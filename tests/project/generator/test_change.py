"""Files written together, and shown as a diff."""

from pathlib import Path

from project.generator.change import Change, diff, write


def test_a_file_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o750)

    write(tmp_path, [Change(path="a", before="old", after="new")])

    assert ((tmp_path / "a").read_text(), (tmp_path / "a").stat().st_mode & 0o777) == ("new", 0o750)
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


def test_a_new_file_comes_from_nowhere_in_a_diff() -> None:
    assert list(diff([Change(path="a", before=None, after="new\n")]))[:2] == ["--- /dev/null", "+++ b/a"]
