"""What is in a file that came from outside; asked in a process of its own."""

from portal.exchange.sheet.delimited import table_of
from portal.exchange.sheet.package import check_kind
from portal.exchange.sheet.tables import RawTable
from portal.exchange.sheet.workbook import tables_of


def tables_in(content: bytes) -> list[RawTable]:
    """Every sheet of a workbook, or the one of a csv; Refusal, with what to do, for what is neither."""
    return tables_of(content) if check_kind(content) else [table_of(content)]
