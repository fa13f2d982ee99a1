"""What gunicorn serves: ``gunicorn wsgi:app``."""

from portal.app import create_app
from portal.config import Config
from portal.logs import configure_logging

configure_logging()
app = create_app(Config.from_env())
