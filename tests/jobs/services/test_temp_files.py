"""None is touched that is not inside the directory of temporary files."""

import os
from pathlib import Path
from typing import Any

import pytest

from jobs.services.temp_files import Place, place_of, remove_files


@pytest.fixture
def directory(settings: Any, tmp_path: Path) -> Path:
    """Of the temporary files; beside it is a file that is none."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "precious.txt").write_text("precious")
    settings.TEMP_FILES = tmp_path / "temp"
    settings.TEMP_FILES.mkdir()
    return Path(settings.TEMP_FILES)


@pytest.fixture
def precious(directory: Path) -> Path:
    return directory.parent / "outside" / "precious.txt"


def make(directory: Path, name: str) -> Path:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("temporary")
    return path


@pytest.mark.parametrize("name", ["a.txt", "deep/er/a.txt", "..a", "a b", "é", "-rf"])
def test_a_file_inside_goes(directory: Path, name: str) -> None:
    path = make(directory, name)
    place = place_of(name)

    remove_files([name])

    assert (place, path.exists()) == (Place.HERE, False)


@pytest.mark.parametrize("name", ["a.txt", "no/such/a.txt"])
def test_a_file_that_is_gone_already_is_no_error(
    directory: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    remove_files([name])

    assert (place_of(name), caplog.messages) == (Place.GONE, [])


@pytest.mark.parametrize(
    "name",
    [
        "../outside/precious.txt",
        "deep/../../outside/precious.txt",
        "{outside}/precious.txt",
        "{temp}/a.txt",  # inside, but no path below it
        "link/precious.txt",
        "deep/link/precious.txt",
        "deep/../a.txt",
        "./a.txt",
        "deep//b.txt",
        "a.txt/",
        "a.txt/b.txt",
        "deep",
        "..",
        ".",
        "/",
        "",
        "x" * 256,
    ],
)
def test_what_leads_elsewhere_is_found_out_and_stays(directory: Path, precious: Path, name: str) -> None:
    inside = [make(directory, "a.txt"), make(directory, "deep/b.txt")]
    (directory / "link").symlink_to(precious.parent)
    (directory / "deep" / "link").symlink_to(precious.parent)
    name = name.format(outside=precious.parent, temp=directory)

    remove_files([name])

    assert place_of(name) is Place.ELSEWHERE
    assert all(path.exists() for path in [*inside, precious])


@pytest.mark.parametrize("target", ["../outside/precious.txt", "../outside", "a.txt", "nowhere"])
def test_a_link_goes_and_not_what_it_leads_to(directory: Path, precious: Path, target: str) -> None:
    inside = make(directory, "a.txt")
    (directory / "link").symlink_to(target)
    place = place_of("link")

    remove_files(["link"])

    assert (place, os.path.lexists(directory / "link")) == (Place.HERE, False)
    assert inside.exists()
    assert precious.exists()


def test_a_directory_that_became_a_link_after_the_look_is_not_followed(
    directory: Path, precious: Path, caplog: pytest.LogCaptureFixture
) -> None:
    make(directory, "deep/precious.txt").unlink()
    make(directory, "deep/precious.txt")
    place = place_of("deep/precious.txt")
    (directory / "deep").rename(directory / "elsewhere")
    (directory / "deep").symlink_to(precious.parent)

    remove_files(["deep/precious.txt"])

    assert (place, precious.exists()) == (Place.HERE, True)
    assert "The temporary file 'deep/precious.txt' could not be removed" in caplog.text


def test_without_its_directory_every_file_is_gone(settings: Any, tmp_path: Path) -> None:
    settings.TEMP_FILES = tmp_path / "never made"

    assert place_of("a.txt") is Place.GONE


def test_the_directory_itself_may_be_a_link(settings: Any, directory: Path) -> None:
    path = make(directory, "a.txt")
    settings.TEMP_FILES = directory.parent / "linked"
    settings.TEMP_FILES.symlink_to(directory)

    remove_files(["a.txt"])

    assert not path.exists()
