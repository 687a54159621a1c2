"""Looking through the audit."""

import csv
import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.audit_search import search_of
from jobs import audit
from jobs.models import AuditLog, Run
from tests.console.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> User:
    return User.objects.create_superuser("boss")


@pytest.fixture
def as_boss(boss: User) -> Client:
    return signed_in(boss)


def body(client: Client, query: str = "") -> str:
    return str(client.get(f"/audit/{query}").content.decode())


def exported(client: Client, query: str = "") -> list[list[str]]:
    answer: Any = client.get(f"/audit/export{query}")
    assert answer["Content-Disposition"].startswith('attachment; filename="audit-')
    return list(csv.reader(io.StringIO(answer.getvalue().decode())))


def test_an_entry_shows_who_did_what_to_what_from_where(as_boss: Client, operator: User) -> None:
    run = Run.objects.create(job="greet")
    audit.write(
        "asked to pause",
        run.pk,
        user=operator,
        address="10.1.2.3",
        job="greet",
        before="queued",
        reason="Busy",
    )

    page = body(as_boss)

    for word in ("operator", "asked to pause", f'href="/runs/{run.pk}/"', "10.1.2.3", "queued", "“Busy”"):
        assert word in page


def test_what_was_done_at_a_terminal_names_the_login(as_boss: Client) -> None:
    entry = audit.write_at_terminal("paused queue", "bulk")

    assert entry.details["terminal"] in body(as_boss)


def test_markup_in_an_entry_is_text(as_boss: Client) -> None:
    audit.write("<b>did</b>", "<script>x</script>", before={"<i>": "<img>"}, reason="<u>")

    page = body(as_boss)

    assert not [tag for tag in ("<b>did", "<script>x", "<i>", "<img>", "<u>") if tag in page]
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?person=operator", ["a"]),
        ("?person=nobody", []),
        ("?action=paused+queue", ["b"]),
        ("?target=bul", ["b"]),
        ("?target=ada", ["d"]),
        ("?target=greet", ["c"]),
        ("?since=2026-03-02", ["d", "c"]),
        ("?until=2026-03-01", ["b", "a"]),
        ("?since=2026-03-01&until=2026-03-01", ["b"]),
        ("?since=nonsense&before=-1&until=0001-01-01&person=%00&target=%00", ["d", "c", "b", "a"]),
        ("?until=9999-12-31&before=99999999999999999999", ["d", "c", "b", "a"]),
    ],
)
def test_entries_are_found(as_boss: Client, operator: User, query: str, found: list[str]) -> None:
    for day, (name, facts) in enumerate(
        {
            "a": {"action": "did", "target": "x", "user": operator},
            "b": {"action": "paused queue", "target": "bulk"},
            "c": {"action": "did", "target": "y", "job": "greet"},
            "d": {"action": "did", "target": "person ada"},
        }.items()
    ):
        moment = timezone.make_aware(datetime(2026, 2, 28, 12)) + timedelta(days=day)
        AuditLog.objects.create(created_at=moment, details={"reason": f"reason {name}"}, **facts)

    page = body(as_boss, query)

    assert [name for name in "dcba" if f"reason {name}" in page] == found
    assert [row[6][-1] for row in exported(as_boss, query)[1:]] == found
    assert found or "No entry matches" in page


def test_a_page_has_so_many_entries_and_leads_to_the_older_ones(
    as_boss: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(120):
        audit.write("did", f"thing {number}", reason="x", user=User.objects.get())

    with django_assert_max_num_queries(12):
        first = body(as_boss, "?action=did")
    older = first.partition('class="pages"')[2].partition('href="')[2].partition('"')[0].replace("&amp;", "&")
    second = body(as_boss, older)

    assert ("thing 119<" in first, "thing 70<" in first, "thing 69<" in first) == (True, True, False)
    assert ("thing 69<" in second, "thing 20<" in second, "action=did" in older) == (True, True, True)


def test_nothing_yet_is_another_sentence_than_nothing_found(as_boss: Client) -> None:
    assert "Nobody has changed anything yet" in body(as_boss)
    assert "No entry matches" in body(as_boss, "?person=x")


def test_a_reader_reads_of_jobs_and_not_of_people(as_reader: Client) -> None:
    audit.write("paused queue", "bulk", address="10.1.2.3")
    audit.write("signed in", "person ada", address="10.1.2.3")

    page, rows = body(as_reader), exported(as_reader)

    assert "bulk" in page
    assert "ada" not in page.partition("<table")[2]
    assert "10.1.2.3" not in page + str(rows)
    assert len(rows) == 2


def test_the_file_has_everything_that_matches_however_much(as_boss: Client) -> None:
    AuditLog.objects.bulk_create([AuditLog(action="did", target=f"thing {n}") for n in range(2_500)])

    rows = exported(as_boss, "?action=did&before=5")

    assert rows[0][:4] == ["time", "person", "action", "target"]
    assert len({row[3] for row in rows[1:]}) == 2_500


def test_the_file_is_not_a_program(as_boss: Client) -> None:
    audit.write("did", "=cmd|' /C calc'!A0", reason="@SUM(1)", before="+1", after={"a": "=1"})

    (row,) = exported(as_boss)[1:]

    assert (row[3], row[6], row[7]) == ("'=cmd|' /C calc'!A0", "'@SUM(1)", "'+1")


def test_the_file_is_sent_in_parts(as_boss: Client) -> None:
    AuditLog.objects.bulk_create([AuditLog(action="did", target=f"thing {n}") for n in range(1_200)])
    answer: Any = as_boss.get("/audit/export")

    assert len(list(answer.streaming_content)) == 3


def test_the_search_is_kept_in_the_address() -> None:
    search = search_of({"person": "ada", "since": "2026-03-01", "other": "x"})

    assert search.query(before=7) == "person=ada&since=2026-03-01&before=7"


def test_no_search_reads_the_whole_table(boss: User) -> None:
    many = [
        AuditLog(action=f"did {n % 40}", target=f"thing {n}", user=boss if n % 9 else None)
        for n in range(20_000)
    ]
    AuditLog.objects.bulk_create(many)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE jobs_auditlog")
    client = signed_in(boss)

    for query in ("", "?action=did+3", "?person=boss", "?target=thing+19", "?since=2026-01-01"):
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/audit/{query}")
        for each in captured:
            if "jobs_auditlog" in each["sql"]:
                with connection.cursor() as cursor:
                    cursor.execute(f"EXPLAIN {each['sql']}")
                    plan = "\n".join(line for (line,) in cursor.fetchall())
                assert "Seq Scan on jobs_auditlog" not in plan, f"{query}\n{plan}"


def test_whoever_reads_may_not_write(as_reader: Client) -> None:
    assert as_reader.post("/audit/").status_code == 405
