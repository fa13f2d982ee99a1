"""Login, CSRF token, one UPDATE with a version, a row drawn for HTMX: Flask and Peewee as their manuals say.

Served as the portal is: ``gunicorn "bench.minimal.app:create_app()"`` with MINIMAL_DATABASE_URL; with
MINIMAL_COMPRESSED its answers are, as for a browser on a slow line.
"""

import hmac
import os
import secrets

import peewee
from flask import Flask, abort, redirect, render_template, request, send_file, session, url_for
from flask.typing import ResponseReturnValue
from flask_compress import Compress
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
from playhouse.pool import PooledPostgresqlDatabase
from werkzeug.security import check_password_hash

from portal.web.http.assets import HTMX, STATIC

db = peewee.DatabaseProxy()
PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "busy_timeout": 10_000}
DECISIONS = ("pending", "confirmed", "refused")
CONFLICT = "Междувременно редът е променен."


class Director(UserMixin, peewee.Model):  # type: ignore[misc]
    email = peewee.TextField(unique=True)
    password = peewee.TextField()
    institution = peewee.TextField()

    class Meta:
        database = db


class Record(peewee.Model):
    institution = peewee.TextField(index=True)
    given = peewee.TextField()
    middle = peewee.TextField()
    family = peewee.TextField()
    class_name = peewee.TextField()
    reason = peewee.TextField()
    figure = peewee.TextField()
    decision = peewee.TextField(default="pending")
    corrected = peewee.TextField(default="")
    note = peewee.TextField(default="")
    version = peewee.IntegerField(default=1)

    class Meta:
        database = db


def open_database(url: str) -> None:
    if url.startswith("postgresql://"):
        db.initialize(
            PooledPostgresqlDatabase(url, prefer_psycopg3=True, max_connections=16, stale_timeout=300)
        )
    else:
        db.initialize(peewee.SqliteDatabase(url.removeprefix("sqlite:///"), pragmas=PRAGMAS, timeout=10))


def create_app() -> Flask:
    app = Flask("bench.minimal", static_folder=None)
    if "MINIMAL_COMPRESSED" in os.environ:
        Compress(app)
    app.config.update(SECRET_KEY=os.environ["PORTAL_SECRET_KEY"], SESSION_COOKIE_SAMESITE="Lax")
    app.jinja_env.globals["csrf_token"] = csrf_token
    open_database(os.environ["MINIMAL_DATABASE_URL"])
    manager = LoginManager(app)
    manager.login_view = "log_in"
    manager.user_loader(lambda id: Director.get_or_none(Director.id == id))
    app.before_request(lambda: db.connect(reuse_if_open=True) and None)
    app.before_request(check_form)
    app.teardown_request(lambda error: None if db.is_closed() else db.close())
    app.add_url_rule("/login", view_func=log_in, methods=["GET", "POST"])
    app.add_url_rule("/static/htmx.js", view_func=htmx)
    app.add_url_rule("/list", view_func=show)
    app.add_url_rule("/records/<int:record_id>", view_func=decide, methods=["POST"])
    return app


def htmx() -> ResponseReturnValue:
    return send_file(STATIC / HTMX, max_age=86_400)


def csrf_token() -> str:
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(32)
    token: str = session["csrf"]
    return token


def check_form() -> None:
    if request.method == "POST" and not hmac.compare_digest(csrf_token(), request.form.get("csrf_token", "")):
        abort(400)


def log_in() -> ResponseReturnValue:
    if request.method == "POST":
        director = Director.get_or_none(Director.email == request.form["email"])
        if director and check_password_hash(director.password, request.form["password"]):
            login_user(director)
            return redirect(url_for("show"), 303)
    return render_template("login.html")


@login_required
def show() -> ResponseReturnValue:
    records = Record.select().where(Record.institution == current_user.institution).order_by(Record.id)
    return render_template("list.html", records=list(records))


@login_required
def decide(record_id: int) -> ResponseReturnValue:
    if request.form["decision"] not in DECISIONS:
        abort(422)
    mine = (Record.id == record_id) & (Record.institution == current_user.institution)
    changed = (
        Record.update(
            decision=request.form["decision"],
            corrected=request.form.get("corrected", ""),
            note=request.form.get("note", ""),
            version=Record.version + 1,
        )
        .where(mine & (Record.version == int(request.form["version"])))
        .execute()
    )
    record = Record.get_or_none(mine)
    if record is None:
        abort(404)
    if "HX-Request" not in request.headers:
        return redirect(url_for("show", _anchor=f"record-{record_id}"), 303)
    alert = "" if changed else CONFLICT
    return render_template("answer.html", record=record, alert=alert), 200 if changed else 409
