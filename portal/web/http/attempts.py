"""Trying an action: where an objection to it is shown, and with which status."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType, TracebackType

from flask import Response, flash, redirect
from flask.typing import ResponseReturnValue

from portal.domain.errors import Conflict, NotFound, Objection, Refusal, TooOften
from portal.web.http.errors import status_of
from portal.web.http.forms import PortalForm
from portal.web.http.htmx import wants_fragment

Beside = Mapping[type[Objection], str]


def attempt(
    form: PortalForm | None = None,
    *,
    alerts: tuple[type[Objection], ...] = (Conflict,),
    beside: Beside = MappingProxyType({}),
) -> "Attempt":
    """Try an action; what speaks against it is told on the page that the person came from::

        form = ClosureForm(request.form)
        with attempt(form) as tried:
            changed = add_closure(director, form.days(), now=clock.now())
        if tried.failed:
            return tried.reply(_page(director, form, alert=tried.alert))

    A Refusal goes beside its field of ``form``, if there is a form. Objections of the kinds in ``alerts`` are
    said at the top of the page, by ``alert``. ``beside`` names other kinds that the form says as well, each
    with the field it stands beside, or "" for above the form. Any other objection goes on to its error page.
    What the block made is there where nothing ``failed``.
    """
    return Attempt(form, alerts, beside)


@dataclass
class Attempt:
    """What became of it: ``objection`` is none where it was done."""

    form: PortalForm | None
    alerts: tuple[type[Objection], ...]
    beside: Beside
    objection: Objection | None = None
    is_in_form: bool = False

    def __enter__(self) -> "Attempt":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Whether the objection is told here, and goes no further."""
        if not isinstance(error, Objection):
            return False
        refusal = self._as_refusal(error)
        if self.form is not None and refusal is not None:
            self.form.with_error(refusal)
            self.is_in_form = True
        elif not isinstance(error, self.alerts):
            return False
        self.objection = error
        return True

    def _as_refusal(self, objection: Objection) -> Refusal | None:
        if isinstance(objection, Refusal):
            return objection
        field = next((name for kind, name in self.beside.items() if isinstance(objection, kind)), None)
        return None if field is None else Refusal(str(objection), field=field)

    @property
    def failed(self) -> bool:
        return self.objection is not None

    @property
    def wrong_form(self) -> PortalForm | None:
        """The form, if it says what is wrong; none where it may as well be drawn anew."""
        return self.form if self.is_in_form else None

    @property
    def alert(self) -> str:
        """What the page says at its top; nothing where the form says it."""
        return "" if self.objection is None or self.is_in_form else str(self.objection)

    @property
    def status(self) -> int:
        if self.objection is None:
            return 200
        if self.is_in_form and isinstance(self.objection, NotFound):
            return 422  # the page is there; what was typed into it names nothing
        return status_of(self.objection)

    def show(
        self,
        page: Callable[[], str | Response],
        *,
        part: Callable[[], str | Response] | None = None,
        said: str,
        back: str,
    ) -> ResponseReturnValue:
        """What follows a change: for HTMX the ``part`` of the page that it changed, or could not change; for
        everyone else the ``page`` with what is wrong on it, or the way ``back`` with what was done ``said``.
        """
        if wants_fragment():
            return self.reply((part or page)())
        if self.failed:
            return self.reply(page())
        flash(said)
        return redirect(back, 303)

    def reply(self, page: str | Response) -> ResponseReturnValue:
        """``page`` with the status, and with the seconds to wait for whoever asked too often."""
        wait = self.objection.retry_after if isinstance(self.objection, TooOften) else None
        return page, self.status, {} if wait is None else {"Retry-After": str(wait)}
