"""Error pages: one sentence, and what to do next."""

import logging

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge

from portal.crypto.errors import Busy
from portal.domain.errors import Conflict, Denied, NotFound, Objection, Refusal, TooLarge, TooOften
from portal.storage.tables.db import discard
from portal.storage.tables.trouble import Trouble, trouble_of
from portal.web.http.body import drain
from portal.web.http.csrf import ForeignForm, OtherPerson
from portal.web.http.guards import page_asked_from
from portal.web.http.htmx import alert, wants_fragment

logger = logging.getLogger(__name__)

STATUS: dict[type[Objection], int] = {
    NotFound: 404,
    Conflict: 409,
    TooLarge: 413,  # before the Refusal that it is
    Refusal: 422,
    Denied: 403,
    TooOften: 429,
}
TITLES = {
    400: "Страницата не може да бъде приета",
    403: "Нямате достъп до тази страница",
    404: "Няма такава страница",
    405: "Този адрес не приема такова действие",
    409: "Междувременно нещо се е променило",
    413: "Файлът е твърде голям",
    422: "Това не може да бъде записано",
    429: "Твърде много опити",
    500: "Грешка в портала",
    503: "Порталът временно не работи",
}
SENTENCES = {
    400: "Изпратеното не можа да бъде прочетено. Върнете се, презаредете страницата и опитайте отново.",
    403: "Ако смятате, че трябва да имате достъп, обърнете се към директора или към ЦИОО.",
    404: "Проверете адреса или се върнете към началната страница.",
    405: "Върнете се към началната страница и опитайте оттам.",
    413: "Изпратеното е по-голямо от допустимото. Проверете дали сте избрали верния файл.",
    503: "В момента влизат твърде много хора. Опитайте отново след половин минута.",
    500: "Грешката е при нас. Записаното дотук е запазено. Опитайте отново след малко.",
}
# What a person reads while the database cannot be used, and after how many seconds to come back.
AWAY = {
    Trouble.AWAY: (
        "Порталът не може да чете и да записва в момента. Записаното преди това е запазено.",
        "Опитайте отново след минута. Ако сте изпратили нещо, вижте дали го има; ако го няма, изпратете го "
        "отново.",
        60,
    ),
    Trouble.BUSY: (
        "В момента се записва нещо по-дълго и редът ви не дойде. Изпратеното не е записано.",
        "Изчакайте половин минута и опитайте отново.",
        30,
    ),
}
FOREIGN_FORM = "Страницата е отворена преди последното ви влизане. Презаредете я и опитайте отново."
OTHER_PERSON = "Нищо не е записано: в този браузър вече е влязъл друг човек: {}. Презаредете страницата."


def init_errors(app: Flask) -> None:
    app.register_error_handler(Objection, objected)
    app.register_error_handler(Busy, busy)
    app.register_error_handler(ForeignForm, foreign_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, defect)


def status_of(objection: Objection) -> int:
    return next(code for kind, code in STATUS.items() if isinstance(objection, kind))


def objected(objection: Objection) -> Response:
    response = show(status_of(objection), str(objection))
    if isinstance(objection, TooOften):
        response.headers["Retry-After"] = str(objection.retry_after)
    return response


def busy(error: Busy) -> Response:
    """Too many passwords at one moment: nothing was tried, and a minute later there is a turn."""
    response = show(503, SENTENCES[503])
    response.headers["Retry-After"] = "30"
    return response


def foreign_form(error: ForeignForm) -> Response:
    if not isinstance(error, OtherPerson):
        return show(400, FOREIGN_FORM, back=page_asked_from())
    sentence = OTHER_PERSON.format(error.person.name)
    if request.accept_mimetypes.best == "application/json":  # the script that speaks to BISS
        return make_response(jsonify(sentence=sentence), 400)
    return show(400, sentence, back=page_asked_from())


def http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return make_response(error.get_response())
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        return broken(error.original_exception)  # an error page of ours was what broke
    if isinstance(error, RequestEntityTooLarge):
        drain()
    response = show(error.code, SENTENCES.get(error.code, SENTENCES[500]))
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response


def defect(error: Exception) -> Response:
    """Log where it broke, never with what: the values at hand can name a child."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
    trouble = trouble_of(error)
    word = "defect" if trouble is None else f"database {trouble.value}:"
    logger.error("%s %s at %s in %s", word, type(error).__name__, where, request.endpoint)
    return broken(error)


def broken(error: BaseException) -> Response:
    """A page that asks nothing of the database, nor who is there: that may be what broke."""
    discard()
    trouble = trouble_of(error)
    if trouble is None:
        if wants_fragment():
            return alert(SENTENCES[500], 500)
        return make_response(_bare("errors/broken.html"), 500)
    sentence, advice, seconds = AWAY[trouble]
    if wants_fragment():
        response = alert(f"{sentence} {advice}", 503)
    else:
        response = make_response(_bare("errors/away.html", sentence=sentence, advice=advice), 503)
    response.headers["Retry-After"] = str(seconds)
    return response


def _bare(template: str, **context: str) -> str:
    """Without what every page knows of the person."""
    return current_app.jinja_env.get_template(template).render(context)


def show(status: int, sentence: str, *, back: str | None = None) -> Response:
    """``back`` is the page to load again, where that helps."""
    if wants_fragment():
        return alert(sentence, status)
    heading = TITLES.get(status, TITLES[500])
    page = render_template("errors/error.html", heading=heading, sentence=sentence, back=back)
    return make_response(page, status)
