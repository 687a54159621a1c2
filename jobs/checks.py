"""`manage.py check`: a job that cannot work is refused with a sentence and a hint, before it runs."""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from importlib.util import find_spec
from typing import Any, get_type_hints

from django.core.checks import Error, register

from jobs.catalog import JOBS
from jobs.exceptions import WrongDeclaration, WrongParameters
from jobs.job import Job
from jobs.kinds import Kind
from jobs.parameters import Parameter

COMMON_OPTIONS = frozenset(
    {
        *("background", "follow", "at", "json", "no_input", "resume", "help", "version", "verbosity"),
        *("settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks", "job"),
    }
)


@register
def check_jobs(app_configs: Any, **kwargs: Any) -> list[Error]:
    return [error for job in JOBS.values() for error in problems(job)]


def problems(job: Job) -> Iterator[Error]:
    """Whatever is wrong with that declaration."""
    for find in (_name, _summary, _parameters, _schedule, _retry, _limits, _rejects, _command, _people):
        for number, sentence, hint in find(job):
            yield Error(f"{job.name}: {sentence}", hint=hint, obj=job.function, id=f"jobs.E{number:03}")


Problem = tuple[int, str, str]


def _name(job: Job) -> Iterable[Problem]:
    if inspect.iscoroutinefunction(job.function):
        yield 2, "its function is async", "Write a plain function: workers call it as it is."


def _summary(job: Job) -> Iterable[Problem]:
    if not job.summary.endswith("."):
        yield (
            3,
            "it has no summary",
            "Begin the function's docstring with one sentence that ends in a full stop.",
        )


def _parameters(job: Job) -> Iterable[Problem]:
    try:
        items = job.parameters.items
    except WrongDeclaration as wrong:
        yield 4, str(wrong).removeprefix(f"{job.name}: "), wrong.hint
        return
    for item in items:
        yield from _parameter(job, item)


def _parameter(job: Job, item: Parameter) -> Iterable[Problem]:
    if item.name in COMMON_OPTIONS:
        yield 5, f"parameter {item.name!r} is an option of every command", "Give the parameter another name."
    if item.is_required:
        return
    try:
        job.parameters.model.__pydantic_validator__.validate_assignment(
            job.parameters.model.model_construct(), item.name, item.default
        )
    except ValueError:
        sentence = f"the default {item.default!r} of {item.name!r} is not of its own type"
        yield 6, sentence, "Change the default, or allow it: for None, write the type as X | None."


def _schedule(job: Job) -> Iterable[Problem]:
    if job.schedule is None:
        return
    try:
        job.parameters.parse(job.schedule_parameters)
    except (WrongParameters, WrongDeclaration) as wrong_parameters:
        yield (
            7,
            f"its schedule cannot start it: {wrong_parameters}",
            "Set schedule_parameters in the catalog.",
        )


def _retry(job: Job) -> Iterable[Problem]:
    if job.retry is None:
        return
    if job.retry.attempts < 2 or not job.retry.on:
        yield 8, "its Retry never tries again", "Name errors in `on`, and 2 or more `attempts`."
    if not 0 <= job.retry.jitter <= 1:
        yield (
            9,
            f"its jitter {job.retry.jitter} is not between 0 and 1",
            "0.25 takes up to a quarter off the wait.",
        )


def _limits(job: Job) -> Iterable[Problem]:
    if not 0 <= job.priority <= 9:
        yield 10, f"its priority {job.priority} is not between 0 and 9", "0 goes first, 9 last."
    if job.time_limit is not None and job.time_limit.total_seconds() < 1:
        yield 11, "its time limit is under a second", "Leave it out for no limit."


def _rejects(job: Job) -> Iterable[Problem]:
    again = job.rejects.again if job.rejects else ""
    if again and getattr(job.parameters.by_name.get(again), "kind", None) is not Kind.FILE:
        sentence = f"its rejects name {again!r}, which is no parameter that takes a file"
        yield 15, sentence, "Name one of type Path, or leave `again` out."


def _command(job: Job) -> Iterable[Problem]:
    if find_spec(f"jobs.management.commands.{job.name}") is None:
        hint = f"Add jobs/management/commands/{job.name}.py with its three lines (docs/adding-a-job.md)."
        yield 12, "it has no command", hint


def _people(job: Job) -> Iterable[Problem]:
    """What concerns people only."""
    counted = job.risk.counted if job.risk else ""
    if counted and not (job.has_preview and counted in _fields_of_result(job)):
        yield (
            13,
            f"its Risk counts {counted!r}, which no preview of it has",
            "Name a number in the dataclass that the function returns, and give it the parameter dry_run.",
        )
    if job.jobs_named_in and job.jobs_named_in not in job.parameters.by_name:
        hint = "Name one that takes a list of names of jobs, or leave jobs_named_in out."
        yield 14, f"it has no parameter {job.jobs_named_in!r} in which jobs are named", hint


def _fields_of_result(job: Job) -> set[str]:
    result = get_type_hints(job.function).get("return")
    return {field.name for field in fields(result)} if is_dataclass(result) else set()
