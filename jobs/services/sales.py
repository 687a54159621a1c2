"""The report of a month's sales: made as a page and as a workbook, and sent to whoever wants it."""

from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from django.utils.module_loading import import_string
from typing_extensions import Doc

from jobs.progress import Progress, silent
from jobs.services.mail import Attachment, Mailer, MailRefused, check_address, letter
from jobs.services.sales_figures import MonthSales, read_month, sales_of
from jobs.services.sales_page import money, sales_page

HTML = "text/html"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# By name, as the writers in exports.py: every command and every worker would import the library for it.
WORKBOOK = "jobs.services.sales_workbook.SalesWorkbook"
REFUSED = "refused: "  # before the reasons among the counts


@dataclass(frozen=True, kw_only=True)
class SalesReport:
    """`amount` is that of all orders placed in the month; `mailed` counts the addresses."""

    month: str
    orders: int
    customers: int
    stores: int
    amount: Decimal
    mailed: int


def sales_report(
    *,
    month: Annotated[str | None, Doc("such as 2026-10; last month, if none is given")] = None,
    to: Annotated[list[str], Doc("the addresses that it is mailed to")] = [],  # noqa: B006 read only
    progress: Progress = silent,
) -> SalesReport:
    """Report what was sold in a month, by day and by store, as a page and as a workbook.

    Raises WrongInput for what is no month or no address, with nothing sent. What a mail server refuses for
    good raises MailRefused at the end, when everybody else has got it.
    """
    chosen, addresses = read_month(month), list(dict.fromkeys(to))
    for address in addresses:
        check_address(address)
    progress.update(message=f"Adding up {chosen.label}")
    sales = sales_of(chosen)
    files = _write(sales, progress)
    mailed = _mail(sales, files, addresses, progress)
    total = sales.total
    return SalesReport(
        month=chosen.code,
        orders=total.orders,
        customers=total.customers,
        stores=len(sales.stores),
        amount=total.amount,
        mailed=mailed,
    )


def _write(sales: MonthSales, progress: Progress) -> list[Attachment]:
    """Kept with the run, and read again for the mail."""
    names = [f"sales-{sales.month.code}.{ending}" for ending in ("html", "xlsx")]
    with ExitStack() as stack:
        page, workbook = (stack.enter_context(progress.artifact(name)) for name in names)
        page.write_text(sales_page(sales), encoding="utf-8")
        import_string(WORKBOOK)(workbook).write(sales)
        contents = [page.read_bytes(), workbook.read_bytes()]
    return list(map(Attachment, names, contents, (HTML, XLSX)))


def _mail(sales: MonthSales, files: list[Attachment], addresses: list[str], progress: Progress) -> int:
    """A message for each address: one that has it gets no second one when the next makes trouble."""
    counts = progress.counts()
    progress.update(message="Sending the report")
    with Mailer() as mailer:
        for (address,) in progress.batches(addresses, 1, step="mail"):
            key = f"{progress.key}.{addresses.index(address)}"
            message = letter(address, f"Sales in {sales.month.label}", _body(sales), key=key)
            for file in files:
                message.attach(*file)
            try:
                mailer.send(message)
                counts["mailed"] += 1
            except MailRefused as refused:
                counts[f"{REFUSED}{address}: {refused}"] = 1
    if reasons := [name.removeprefix(REFUSED) for name in counts if name.startswith(REFUSED)]:
        raise MailRefused(f"The report was made and mailed to {counts['mailed']}, but not to {reasons[0]}")
    return counts["mailed"]


def _body(sales: MonthSales) -> str:
    total, label = sales.total, sales.month.label
    if not total.orders:
        return f"No orders were placed in {label}.\n"
    return (
        f"Sales in {label}: {money(total.amount)} in {total.orders:,} orders "
        f"of {total.customers:,} customers.\n\n"
        "The report is attached twice: as a page for the browser, and as a workbook with the same figures.\n"
    )
