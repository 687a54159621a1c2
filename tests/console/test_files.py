"""Downloads: what a run left, and nothing else."""

from pathlib import Path

import pytest
from django.test import Client

from console.views.files import Download
from jobs.models.artifact import directory_of
from jobs.models.run import Run
from jobs.models.state import State
from tests.console.conftest import MakeRun


@pytest.fixture
def run(make_run: MakeRun) -> Run:
    run = make_run(State.SUCCEEDED)
    directory_of(run.pk).mkdir(parents=True)
    return run


def test_an_artifact_is_downloaded_as_a_file(as_reader: Client, run: Run) -> None:
    (directory_of(run.pk) / "rejected.csv").write_text("sku\n")
    run.artifacts.create(name="rejected.csv", size=4)

    answer = as_reader.get(f"/runs/{run.pk}/artifacts/rejected.csv")

    assert b"".join(answer.streaming_content) == b"sku\n"
    assert answer["Content-Disposition"] == 'attachment; filename="rejected.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"


def test_a_file_without_its_row_is_not_found(as_reader: Client, run: Run) -> None:
    (directory_of(run.pk) / ".draft.part").write_text("x")

    assert as_reader.get(f"/runs/{run.pk}/artifacts/.draft.part").status_code == 404


def test_a_row_without_its_file_is_not_found(as_reader: Client, run: Run) -> None:
    run.artifacts.create(name="gone.csv", size=4)

    assert as_reader.get(f"/runs/{run.pk}/artifacts/gone.csv").status_code == 404


@pytest.mark.parametrize("name", ["../secret", "%2e%2e%2fsecret", "..%2Fsecret", "..", "%00"])
def test_no_name_leads_out_of_the_directory(as_reader: Client, run: Run, name: str) -> None:
    (directory_of(run.pk).parent / "secret").write_text("x")
    run.artifacts.create(name="../secret", size=1)

    assert as_reader.get(f"/runs/{run.pk}/artifacts/{name}").status_code == 404


def test_no_link_leads_out_of_the_directory(as_reader: Client, run: Run, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (directory_of(run.pk) / "link").symlink_to(tmp_path / "secret")
    run.artifacts.create(name="link", size=1)

    assert as_reader.get(f"/runs/{run.pk}/artifacts/link").status_code == 404


def test_a_stranger_downloads_nothing(client: Client, run: Run) -> None:
    run.artifacts.create(name="a.csv", size=1)

    assert client.get(f"/runs/{run.pk}/artifacts/a.csv").status_code == 302


@pytest.mark.django_db
def test_a_long_file_is_read_in_pieces(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 1_000_000)

    download = Download((tmp_path / "big").open("rb"))

    assert max(len(piece) for piece in download) == Download.block_size
    download.close()
