"""What every command and every worker imports, over the syntax tree: nothing that one job alone needs."""

from tests.test_architecture import MODULES, imports

HEAVY = ("requests", "urllib3", "xlsxwriter", "pyarrow")


def test_a_library_of_one_job_is_imported_by_that_job_only() -> None:
    reached: set[str] = set()
    ahead = {"jobs.catalog", "jobs.command", *(name for name in MODULES if name.startswith("tasks."))}
    while ahead:
        name = ahead.pop()
        reached.add(name)
        ahead |= {found for found in imports(name) if found in MODULES} - reached

    heavy = {(name, each) for name in reached for each in imports(name) if each.startswith(HEAVY)}

    assert heavy == set()
