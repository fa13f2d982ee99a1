"""What each portal in a process of its own would do again; they are forked from one that did it once."""

import gunicorn.app.wsgiapp
import gunicorn.workers.gthread  # noqa: F401
from flask import Flask

import portal.app  # noqa: F401
from portal.web.http.assets import init_assets

init_assets(Flask(__name__))  # compressed as well as it can be, which takes as long as all the rest
