"""Django's command line, whose help begins with the jobs."""

from django.core.management import ManagementUtility
from django.utils.module_loading import import_string


class CommandLine(ManagementUtility):
    def main_help_text(self, commands_only: bool = False) -> str:
        text = super().main_help_text(commands_only)
        return text if commands_only else f"{self._jobs()}\n{text}"

    def _jobs(self) -> str:
        # Not imported above: the catalog needs the models, which are ready only by now.
        jobs = import_string("jobs.catalog.JOBS")
        width = max(map(len, jobs))
        lines = [f"    {name:<{width}}  {job.summary}" for name, job in sorted(jobs.items())]
        return "\n".join(["", "Jobs:", "", *lines, ""])
