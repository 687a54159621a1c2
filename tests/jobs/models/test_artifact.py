from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError

from jobs.models import Artifact, Run
from jobs.models.artifact import directory_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    return Run.objects.create(job="greet")


def test_each_run_has_a_directory_of_its_own(run: Run, settings: Any, tmp_path: Path):
    settings.ARTIFACTS = tmp_path

    assert directory_of(run.pk) == tmp_path / str(run.pk)


def test_a_file_lies_in_the_directory_of_its_run(run: Run):
    artifact = Artifact.objects.create(run=run, name="rejected.csv", size=3)

    assert str(artifact) == "rejected.csv"
    assert artifact.path == directory_of(run.pk) / "rejected.csv"


def test_a_name_is_given_once_in_a_run(run: Run):
    Artifact.objects.create(run=run, name="rejected.csv", size=3)

    with pytest.raises(IntegrityError, match="artifact_once"):
        Artifact.objects.create(run=run, name="rejected.csv", size=4)
