"""The API called by curl, as one copies it from the page of a job."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from console.copying import curl_call
from jobs.catalog import GREET, IMPORT_PRODUCTS
from jobs.job import Job
from jobs.models import Product, Run
from jobs.models.state import State
from jobs.services.tokens import create_token
from tests.nodes.waiting import ended
from tests.nodes.worker import WorkerNode

SIGN_IN = '-H "Authorization: Bearer $NIGHTSHIFT_TOKEN"'


@pytest.fixture
def token(transactional_db: None) -> str:
    return create_token(User.objects.create_superuser("boss"), "a test")


def start(site: str, job: Job, **said: Any) -> str:
    """What the page of the job gives to copy."""
    return curl_call(job, said, f"{site}/api/jobs/{job.name}/runs")


def shell(line: str, token: str, directory: Path) -> tuple[int, Any]:
    """The exit status of curl, and the JSON that it printed."""
    environment = {**os.environ, "NIGHTSHIFT_TOKEN": token}
    done = subprocess.run(
        ["bash", "-c", line], env=environment, cwd=directory, capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_a_job_is_started_followed_and_done(
    worker: WorkerNode, site: str, token: str, tmp_path: Path
) -> None:
    status, started = shell(start(site, GREET, name="Ada O'Neil", times=2), token, tmp_path)
    ended(started["id"])
    _, done = shell(f"curl --fail-with-body {started['links']['self']} {SIGN_IN}", token, tmp_path)

    assert (status, done["state"]) == (0, "succeeded")
    assert done["parameters"] == {"name": "Ada O'Neil", "times": 2}
    assert "Ada O'Neil" in json.dumps(done["result"])


def test_a_file_is_uploaded_and_imported(worker: WorkerNode, site: str, token: str, tmp_path: Path) -> None:
    name = "spring prices; new.csv"
    (tmp_path / name).write_text("sku,name,price\n1,Bread,1.00\n2,Milk,2.00\n")

    status, started = shell(start(site, IMPORT_PRODUCTS, path=name, dry_run=False), token, tmp_path)

    assert (status, ended(started["id"]).state) == (0, State.SUCCEEDED)
    assert Product.objects.count() == 2


def test_a_mistake_is_a_status_and_a_sentence(site: str, token: str, tmp_path: Path) -> None:
    wrong = start(site, GREET, name="Ada").replace('"name"', '"nmae"')

    status, answer = shell(wrong, token, tmp_path)

    assert status == 22
    assert "did you mean 'name'" in answer["parameters"]["nmae"]
    assert Run.objects.count() == 0


def test_a_call_without_a_token_is_told_how_to_get_one(site: str, tmp_path: Path) -> None:
    status, answer = shell(start(site, GREET, name="Ada"), "", tmp_path)

    assert (status, "create_token" in answer["error"]) == (22, True)


def test_a_call_that_is_repeated_starts_one_run(site: str, token: str, tmp_path: Path) -> None:
    keyed = f"{start(site, GREET, name='Ada')} -H 'Idempotency-Key: order 7'"

    answers = [shell(keyed, token, tmp_path)[1]["id"] for _ in range(3)]

    assert (len(set(answers)), Run.objects.count()) == (1, 1)


def test_a_run_is_cancelled(site: str, token: str, tmp_path: Path) -> None:
    run = Run.objects.create(job="greet")

    status, answer = shell(
        f"curl --fail-with-body -X POST {site}/api/runs/{run.pk}/cancellation {SIGN_IN}", token, tmp_path
    )

    assert (status, answer["state"]) == (0, "cancelled")
