"""How gunicorn serves the portal: ``gunicorn wsgi:app``, several processes and threads."""

import os

from portal import logs

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 8  # below the size of the pool of connections, storage/tables/db.py
worker_class = "gthread"
preload_app = False  # each process opens its own connections
keepalive = 30  # seconds: a director reads a row before the next click
timeout = 120  # seconds: the operator's national files
graceful_timeout = 30
control_socket_disable = True
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
accesslog = "-"
access_log_format = logs.ACCESS_FORMAT
logconfig_dict = logs.LOGGING
