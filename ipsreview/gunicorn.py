"""How gunicorn serves the application, behind a proxy that ends https: gunicorn --config python:ipsreview.gunicorn
ipsreview.wsgi. The names are those of gunicorn's settings.

The application is not loaded before the workers are made: SIGHUP then makes workers with what is on the disk now, and
the old ones finish what they have begun.
"""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.urls import Resolver404, resolve
from gunicorn.glogging import Logger  # type: ignore[import-untyped]  # gunicorn has no types

from ipsreview import env, logs

_server = env.read_server(Path(__file__).resolve().parent.parent)

bind = _server.bind
workers = _server.workers
# Threads, because most of a request is waiting for the database or a PDF, and a big import must not keep others out.
worker_class = "gthread"
threads = _server.threads

_FOR_PAGES = 4

# A worker that gives no sign of life is replaced. It gives one while its threads work, so that this limits no request.
timeout = 60
# What a request gets to finish in when the server stops: a big import takes up to a minute, a PDF that waits for others
# what reviews.report.presses gives it.
graceful_timeout = 150
# Fresh workers now and then, not all at once.
max_requests = 5000
max_requests_jitter = 1000

# Who asks, and over what, is told by the proxy on this machine alone, and it sets nothing of the request's path.
forwarded_allow_ips = "127.0.0.1,::1"
forwarder_headers = ""
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# Signals are enough to steer it by.
control_socket_disable = True


class PlainLogger(Logger):  # type: ignore[misc]  # likewise
    """Logs as the application does: by the name of the page and not by its address, which can be the key to a new
    password; nothing of who asked, and of an error only where it happened.
    """

    access_fmt = error_fmt = "%(asctime)s %(levelname)s %(request_id)s %(name)s %(message)s"

    def setup(self, cfg: Any) -> None:
        """Let every line be written as the application's."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(logs.PlainFormatter())
                handler.addFilter(logs.RequestIdFilter())

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Tell of one answer; not of those to who watches the server."""
        path = environ.get("PATH_INFO", "")
        if not self.access_log_enabled or path in logs.UNTOLD:
            return
        self.access_log.info(
            "%s %s: %s, %d ms, %s bytes, request %s",
            str(resp.status).split(None, 1)[0],
            environ.get("REQUEST_METHOD"),
            _page(path),
            request_time / timedelta(milliseconds=1),
            getattr(resp, "sent", "-"),
            next((value for name, value in resp.headers if name.lower() == "x-request-id"), "-"),
        )

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Warn, but of what is no request without quoting it."""
        if msg.startswith("Invalid request from "):
            msg, args = "What is no request was refused", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Tell of an error in the server itself, without what it was asked for; of settings also what is wrong."""
        error = sys.exc_info()[1]
        said = f": {error}" if isinstance(error, ImproperlyConfigured) else ""
        self.error_log.exception("Error in the server%s", said)


def _page(path: str) -> str:
    """Return the name of the page at a path."""
    if path.startswith("/static/"):
        return "static file"
    try:
        return resolve(path).view_name
    except Resolver404:
        return "no page"


def post_worker_init(worker: Any) -> None:
    """Give each process that answers requests a press beside it, so that no page waits for a PDF; however many PDFs are
    asked for, some of its threads are left for pages.
    """
    # Not before: the process that makes these keeps what it has read, and they shall have what is on the disk now.
    from reviews.report import presses

    presses.keep_apart(max(1, threads - _FOR_PAGES))


logger_class = PlainLogger
accesslog = "-"
errorlog = "-"
