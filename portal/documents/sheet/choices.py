"""What a cell of the sheet lets itself be filled with: the rules of the page, as far as a sheet has them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from portal.domain.decisions import FITTING, NOTE_LENGTH, Case, Decision, Reason, RefusalReason
from portal.domain.enrolled import MOST
from portal.domain.errors import holds
from portal.domain.limits import Limits, limit_sentence, limits_of
from portal.domain.lists.deciding import check_confirmation
from portal.domain.sheet.columns import Column
from portal.domain.sheet.enrolled import NOT_A_CERTIFICATE, NOT_A_CLASS

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

REASONS = "Основания"  # the hidden sheet whose columns the lists of reasons are
HEADING = "Проверете"
CHOOSE = "Изберете от списъка."
MOST_STATED = max(MOST.values()) + len(" от 05.01.2021 г.")  # characters


def add_choices(book: "Workbook", page: "Worksheet", cases: Sequence[tuple[int, Case | None]]) -> None:
    """``cases`` with the numbers of their rows; one validation for all cells of the same rule."""
    _add_reasons(book)
    ranges: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for row, case in cases:
        if case is not None:
            for column, rule in _rules(case):
                ranges[(column, *rule)].append(f"{_letter(column)}{row}")
    for (_, kind, *asked), cells in ranges.items():
        validation = _list(*asked) if kind == "list" else _NUMBERS[kind](*asked)
        for cell in cells:
            validation.add(cell)
        page.add_data_validation(validation)


def _rules(case: Case) -> Iterable[tuple[Column, tuple[Any, ...]]]:
    may_confirm = holds(check_confirmation, case)
    choices = [each.label for each in (Decision.CONFIRMED, Decision.REFUSED, Decision.PENDING)]
    decisions = choices if may_confirm else choices[1:]
    yield Column.DECISION, ("list", f'"{",".join(decisions)}"', "" if may_confirm else _why_not(case))
    column = "ABC"[case.reason]
    yield Column.REFUSAL, ("list", f"'{REASONS}'!${column}$1:${column}${len(FITTING[case.reason])}", "")
    yield Column.NOTE, ("length", NOTE_LENGTH)
    limits = limits_of(case)
    if limits is not None:
        yield Column.CORRECTED, ("number", limits, limit_sentence(case))
    if case.reason is Reason.UNENROLLED:
        yield Column.CERTIFICATE, ("text", MOST_STATED, NOT_A_CERTIFICATE)
        yield Column.PLACED, ("text", MOST_STATED, NOT_A_CLASS)


def _why_not(case: Case) -> str:
    return (
        f"Не може да се потвърди: учебните дни в месеца са {case.school_days}. "
        f"Откажете и впишете верния брой."
    )


def _list(choices: str, prompt: str) -> Any:
    return _validation("list", CHOOSE, prompt, formula1=choices)


def _number(limits: Limits, prompt: str) -> Any:
    kind = "whole" if limits.is_whole else "decimal"
    sentence = f"Впишете: {prompt}."
    return _validation(kind, sentence, sentence, operator="between", formula1="0", formula2=f"{limits.most}")


def _length(most: int) -> Any:
    sentence = f"Бележките са до {most} знака. Съкратете ги."
    return _validation("textLength", sentence, "", operator="lessThanOrEqual", formula1=str(most))


def _text(most: int, prompt: str) -> Any:
    return _validation("textLength", prompt, prompt, operator="lessThanOrEqual", formula1=str(most))


_NUMBERS: dict[str, Callable[..., Any]] = {"number": _number, "length": _length, "text": _text}


def _validation(kind: str, error: str, prompt: str, **asked: str) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    made = DataValidation(type=kind, allow_blank=True, showErrorMessage=True, errorStyle="stop", **asked)
    made.errorTitle, made.error = HEADING, error
    if prompt:
        made.showInputMessage, made.prompt = True, prompt
    return made


def _add_reasons(book: "Workbook") -> None:
    """One column for each reason that a child is on the list for, in its order."""
    page = book.create_sheet(REASONS)
    page.sheet_state = "hidden"
    for reason in Reason:
        fitting = [each.label for each in RefusalReason if each in FITTING[reason]]
        for row, label in enumerate(fitting, start=1):
            page.cell(row, reason + 1).value = label


def _letter(column: Column) -> str:
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[list(Column).index(column)]
