"""Puts everything together; the only module that knows all parts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import brotli
from flask import Flask, Response, request
from flask_compress import Compress
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.config import Config
from portal.crypto.qualified.trust import TrustFolder
from portal.storage.tables.db import db, open_database, release
from portal.web.calls.institution import overseen
from portal.web.calls.views import calls
from portal.web.campaigns.answer import answer
from portal.web.campaigns.before import before
from portal.web.campaigns.before_exception import before_exception
from portal.web.campaigns.calendar import calendar
from portal.web.campaigns.institutions import institutions
from portal.web.campaigns.kept import kept
from portal.web.campaigns.rejected import rejected
from portal.web.campaigns.single_lists import single_lists
from portal.web.campaigns.unsaid import unsaid
from portal.web.campaigns.views import campaigns
from portal.web.campaigns.waiting import waiting
from portal.web.campaigns.year import year
from portal.web.corrections.operator import correction_answers
from portal.web.corrections.own import own_corrections
from portal.web.corrections.region import region_corrections
from portal.web.diary.views import diary
from portal.web.history import history
from portal.web.home import home
from portal.web.http.addresses import init_addresses
from portal.web.http.assets import init_assets
from portal.web.http.body import init_bodies
from portal.web.http.converters import CodeConverter, IdConverter, MonthConverter
from portal.web.http.csrf import init_csrf
from portal.web.http.errors import init_errors
from portal.web.http.guards import check_guards, current_person, guard_of, init_guards
from portal.web.http.headers import init_headers
from portal.web.http.health import health
from portal.web.http.htmx import init_htmx, wants_fragment
from portal.web.http.page import init_pages
from portal.web.http.repeated import init_repeated
from portal.web.http.site import init_site
from portal.web.letters import letters
from portal.web.lists.answered import answered
from portal.web.lists.blanks import forms_below, init_blanks, what_keys_do
from portal.web.lists.closures import closures
from portal.web.lists.stencil import Unindented
from portal.web.lists.views import lists
from portal.web.notices.office import office_notices
from portal.web.notices.views import notices
from portal.web.outbox import demo
from portal.web.oversight.views import oversight
from portal.web.oversight.writing import office_letters
from portal.web.parents.letters import parent_letters
from portal.web.parents.slips import slips
from portal.web.people.activation import activation
from portal.web.people.delegates import delegates
from portal.web.people.importing import importing
from portal.web.people.operator import people
from portal.web.people.own import accounts
from portal.web.people.own_logins import own_logins
from portal.web.people.passkeys import login_key, own_keys
from portal.web.people.succession import succession
from portal.web.people.two_factor import two_factor
from portal.web.register.beside import beside
from portal.web.register.classes import register_classes
from portal.web.register.envelope import envelope
from portal.web.register.keys import keys
from portal.web.register.lock import init_register_lock
from portal.web.register.months import register_months
from portal.web.register.papers import papers
from portal.web.register.striking import striking
from portal.web.register.takeover import takeover
from portal.web.register.views import register
from portal.web.sheet.views import sheet
from portal.web.signing.qualified import qualified, what_may_go_wrong
from portal.web.signing.views import signing

ROOT = Path(__file__).parent.parent
LARGEST = 1024 * 1024  # bytes of a request; more only where a view expects a file
LARGEST_FORM_PART = 256 * 1024  # bytes of a form field: a note has 2000 letters
MOST_FORM_PARTS = 200
SHORTEST_PART, LONGEST_PART = 500, 8_000  # bytes of what HTMX is sent, that are compressed as well as can be

# What the views lie on, the first of them asked first.
PARTS = (
    init_site,
    init_htmx,
    init_bodies,
    init_addresses,
    init_guards,
    init_headers,
    init_csrf,
    init_repeated,
    init_errors,
    init_pages,
    init_blanks,
    init_register_lock,
)
PEOPLE = (
    accounts,
    own_logins,
    two_factor,
    own_keys,
    login_key,
    activation,
    people,
    succession,
    importing,
    delegates,
)
OFFICES = (
    oversight,
    calls,
    overseen,
    office_letters,
    office_notices,
    notices,
    region_corrections,
    correction_answers,
    history,
)
MONTHS = (
    campaigns,
    before,
    before_exception,
    rejected,
    single_lists,
    waiting,
    institutions,
    answer,
    kept,
    unsaid,
    calendar,
    year,
)
LISTS = (lists, sheet, diary, parent_letters, slips, closures, answered, own_corrections, signing, qualified)
REGISTER = (register, register_classes, register_months, beside, papers, striking, takeover, envelope, keys)
BLUEPRINTS = (health, home, letters, demo, *PEOPLE, *OFFICES, *MONTHS, *LISTS, *REGISTER)


@dataclass(frozen=True)
class Portal:
    """What views need of the settings, as ``app.extensions["portal"]``."""

    config: Config
    trust: TrustFolder  # read again when a file in it changes


def create_app(config: Config) -> Flask:
    app = Flask("portal", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(_settings(config))
    app.extensions["portal"] = Portal(config, TrustFolder(config.trust_dir, config.crl_max_age))
    app.url_map.converters.update(month=MonthConverter, code=CodeConverter, id=IdConverter)
    _init_templates(app)
    open_database(config.database_url, for_pages=True)
    _connect_for_requests(app)
    for part in PARTS:
        part(app)
    _compress(app)
    init_assets(
        app,
        markup={
            "portal.js": forms_below(app),
            "working.js": what_keys_do(app),
            "biss.js": what_may_go_wrong(app),
        },
    )
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    check_guards(app)
    _trust_proxies(app, config.trusted_proxies)
    return app


def _settings(config: Config) -> dict[str, Any]:
    """Flask's own, and those of Flask-Compress."""
    return {
        "SECRET_KEY": config.secret_key,
        "MAX_CONTENT_LENGTH": LARGEST,
        "MAX_FORM_MEMORY_SIZE": LARGEST_FORM_PART,
        "MAX_FORM_PARTS": MOST_FORM_PARTS,
        "TRUSTED_HOSTS": config.trusted_hosts,
        "SESSION_COOKIE_SECURE": not config.may_use_plain_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_NAME": "flash" if config.may_use_plain_cookies else "__Host-flash",
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 9,
        "COMPRESS_BR_WINDOW": 16,  # of 64 kB: with a larger one the ninth level is twenty times slower
    }


def _init_templates(app: Flask) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(Unindented)


def _trust_proxies(app: Flask, proxies: int) -> None:
    """Believe so many proxies who the visitor is, and by which address the portal was asked."""
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )


def _compress(app: Flask) -> None:
    """Flask-Compress leaves out what is no success: a form with a fault in it is as long as one without."""
    compress = Compress(app)
    compress.compress_mimetypes_set.add("application/pdf")  # two thirds of one is its structure

    @app.after_request
    def refusals_too(response: Response) -> Response:
        status = response.status_code
        if 400 <= status < 500:
            response.status_code = 200
            compress.after_request(response)
            response.status_code = status
        return response

    @app.after_request
    def parts_best(response: Response) -> Response:
        """What HTMX is sent is short, and comes sixty times in a list: for a millisecond an eighth less."""
        if wants_fragment() and not response.is_streamed and request.accept_encodings["br"] > 0:
            part = response.get_data()
            if SHORTEST_PART <= len(part) <= LONGEST_PART and response.content_encoding is None:
                response.set_data(brotli.compress(part, quality=10, lgwin=16))
                response.content_encoding = "br"
        return response


def _connect_for_requests(app: Flask) -> None:
    """One connection for each request that has something to ask. Static files have nothing, and whether the
    portal is well is answered also when the database is not."""

    @app.before_request
    def connect() -> None:
        if request.blueprint not in ("assets", "health"):
            db.connect(reuse_if_open=True)
        guard = guard_of(request.endpoint)
        if guard is not None and guard.upload is not None and isinstance(current_person(), guard.kinds):
            request.max_content_length = guard.upload  # a stranger's file would fill the disk first
            request.max_form_parts = guard.parts or MOST_FORM_PARTS
            request.max_form_memory_size = guard.text or LARGEST_FORM_PART

    @app.teardown_request
    def disconnect(error: BaseException | None) -> None:
        release()
