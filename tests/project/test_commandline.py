"""The help begins with the jobs."""

from jobs.catalog import JOBS
from project.commandline import CommandLine


def test_the_help_lists_each_job_with_its_summary() -> None:
    text = " ".join(CommandLine(["manage.py", "help"]).main_help_text().split())

    assert all(f"{name} {job.summary}" in text for name, job in JOBS.items())


def test_completion_gets_commands_only() -> None:
    assert "Import products from a file" not in CommandLine(["manage.py", "help"]).main_help_text(
        commands_only=True
    )
