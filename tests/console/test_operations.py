"""The jobs of those who run the service, by their forms."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jobs.catalog import CHECK_HEALTH
from jobs.foreground import run_here
from jobs.models import Run
from jobs.models.state import State


def test_a_command_and_its_words_are_typed_one_a_line(as_operator: Client) -> None:
    form = {"name": "showmigrations", "arguments": "sessions\n--plan\n", "risk-reason": "To see what is in"}

    as_operator.post("/jobs/run_command/runs/", form)

    assert Run.objects.get().parameters == {"name": "showmigrations", "arguments": ["sessions", "--plan"]}


def test_files_to_sum_are_uploaded_and_no_path_is_taken(as_operator: Client) -> None:
    refused = as_operator.post("/jobs/checksum_files/runs/", {"paths": "/etc/passwd"})
    files = [SimpleUploadedFile(name, b"content") for name in ("a.csv", "b.csv")]
    as_operator.post("/jobs/checksum_files/runs/", {"paths": files})

    assert "no path on the server is taken" in refused.content.decode()
    assert [Path(path).name for path in Run.objects.get().parameters["paths"]] == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", ["check_health", "check_database", "count_rows", "checksum_files"])
def test_each_has_its_form(as_operator: Client, name: str) -> None:
    assert as_operator.get(f"/jobs/{name}/").status_code == 200


def test_what_a_failed_check_has_found_is_on_its_page(as_reader: Client) -> None:
    run = run_here(CHECK_HEALTH, {})

    page = as_reader.get(f"/runs/{run.pk}/").content.decode()

    assert run.state == State.FAILED
    assert "No worker was heard from" in page
    assert "PostgreSQL 1" in page
