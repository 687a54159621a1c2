"""Tables as files, for people and programs elsewhere."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string
from typing_extensions import Doc

from jobs.exceptions import WrongInput
from jobs.kinds import STDOUT, Output
from jobs.models.product import Product
from jobs.output import output_file
from jobs.progress import Progress, silent
from jobs.services.export_rows import ExportRows, plural

Format = Literal["csv", "json", "xml", "xlsx", "parquet"]
ProductField = Literal[
    "sku",
    "name",
    "category",
    "department",
    "brand",
    "package_size",
    "price",
    "is_active",
    "created_at",
    "updated_at",
]
# No password, not even its hash.
UserField = Literal[
    "username", "email", "first_name", "last_name", "is_active", "is_staff", "date_joined", "last_login"
]

# What all exports are asked in the same words.
OutputFile = Annotated[
    Output | None, Doc("file to write, or - for standard output; without it the file hangs on the run")
]
FormatName = Annotated[Format | None, Doc("as the name of the output ends, else csv")]
Raw = Annotated[bool, Doc("leave cells of CSV and XLSX as they are that a spreadsheet may calculate")]

# By name, since pyarrow alone would cost every command and every worker a fifth of a second and 60 MB.
WRITERS: dict[Format, str] = {
    "csv": "jobs.services.export_text.write_csv",
    "json": "jobs.services.export_text.write_json",
    "xml": "jobs.services.export_text.write_xml",
    "xlsx": "jobs.services.export_xlsx.write_xlsx",
    "parquet": "jobs.services.export_parquet.write_parquet",
}
OF_SPREADSHEETS = ("csv", "xlsx")


@dataclass(frozen=True, kw_only=True)
class ExportReport:
    """`file` is the path that was written, `-` for standard output, or the name of the run's artifact."""

    rows: int
    format: Format
    file: str


def export_products(
    *,
    output: OutputFile = None,
    format: FormatName = None,  # noqa: A002 the option's name
    fields: Annotated[list[ProductField] | None, Doc("only these columns, in this order")] = None,
    active_only: Annotated[bool, Doc("leave out products that are not active")] = False,
    category: Annotated[str | None, Doc("only products of this category")] = None,
    raw: Raw = False,
    progress: Progress = silent,
) -> ExportReport:
    """Export products to a CSV, JSON, XML, XLSX or Parquet file.

    In CSV and XLSX a text that begins with = + - @, a tab or a line break gets an apostrophe before it,
    so that no spreadsheet takes it for a formula. Raises WrongInput where the file cannot be written.
    """
    wanted = Q(is_active=True) if active_only else Q()
    if category is not None:
        wanted &= Q(category=category)
    products = Product.objects.filter(wanted)
    return _export(products, _chosen(fields, ProductField), output, format, raw, progress)


def export_users(
    *,
    output: OutputFile = None,
    format: FormatName = None,  # noqa: A002 the option's name
    fields: Annotated[list[UserField] | None, Doc("only these columns, in this order")] = None,
    active_only: Annotated[bool, Doc("leave out users that are not active")] = False,
    raw: Raw = False,
    progress: Progress = silent,
) -> ExportReport:
    """Export users, without their passwords, to a CSV, JSON, XML, XLSX or Parquet file.

    In CSV and XLSX a text that begins with = + - @, a tab or a line break gets an apostrophe before it,
    so that no spreadsheet takes it for a formula. Raises WrongInput where the file cannot be written.
    """
    users = User.objects.filter(is_active=True) if active_only else User.objects.all()
    return _export(users, _chosen(fields, UserField), output, format, raw, progress)


def _chosen(fields: Sequence[str] | None, allowed: Any) -> list[str]:
    """Each once. Raises WrongInput for others, since Python hands over whatever it is given."""
    known = get_args(allowed)
    for name in fields or ():
        if name not in known:
            raise WrongInput(f"There is no column {name!r} to export; there are {', '.join(known)}")
    return list(dict.fromkeys(fields or known))


def _export(
    found: QuerySet[Any],
    fields: Sequence[str],
    output: Path | None,
    named: Format | None,
    raw: bool,
    progress: Progress,
) -> ExportReport:
    form = named or _format_of(output)
    name = f"{plural(found.model)}.{form}"
    write: Callable[..., None] = import_string(WRITERS[form])
    if form in OF_SPREADSHEETS:
        write = partial(write, raw=raw)
    with closing(ExportRows(found, fields, progress)) as rows, output_file(output, name, progress) as file:
        write(rows, file)
    return ExportReport(rows=rows.written, format=form, file=str(output or name))


def _format_of(output: Path | None) -> Format:
    """Raises WrongInput where the name does not tell."""
    if output in (None, STDOUT):
        return "csv"
    ending = output.suffix.lower().removeprefix(".")
    if ending not in WRITERS:
        known = ", ".join(WRITERS)
        raise WrongInput(f"The name {output.name!r} does not tell the format; give --format, one of {known}")
    return ending
