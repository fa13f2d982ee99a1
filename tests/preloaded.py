"""What each portal in a process of its own would do again; they are forked from one that did it once: it has
imported everything, made a portal and read its templates."""

import gc

import gunicorn.app.wsgiapp
import gunicorn.workers.gthread  # noqa: F401
from flask import Flask

from portal.app import Portal, create_app
from portal.config import Config
from portal.crypto.qualified.trust import TrustFolder
from portal.storage.tables.db import open_database
from tests.served import SECRET_KEY, keep_compiled

keep_compiled()
CONFIG = Config(
    env="test",
    base_url="http://127.0.0.1",
    database_url="sqlite:///:memory:",
    secret_key=SECRET_KEY,
    pepper=b"p" * 32,
)
APP = create_app(CONFIG)
for each in APP.jinja_env.list_templates(["html"]):
    APP.jinja_env.get_template(each)
gc.freeze()  # what is never thrown away is shared by all who are forked


def made(config: Config) -> Flask | None:
    """The portal of this process, as it is with these settings; none where another would have to be made."""
    if _settled(config) != _settled(CONFIG):
        return None
    APP.extensions["portal"] = Portal(config, TrustFolder(config.trust_dir, config.crl_max_age))
    open_database(config.database_url, for_pages=True)
    return APP


def _settled(config: Config) -> object:
    """What ``create_app`` asks of the settings, but for the database and what each request asks anew."""
    return (
        config.secret_key,
        set(config.trusted_hosts),
        config.may_use_plain_cookies,
        config.trusted_proxies,
    )
