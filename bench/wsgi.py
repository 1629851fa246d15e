"""The application as `make demo` serves it, with the two limits, and the clock of the process beside it."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import config
from app.factory import create_app
from bench.load import CPU


def with_clock(application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Answer `CPU` with the processor time of this process so far, in nanoseconds, before the application is asked.

    Asking the process itself works on every system, counts all its threads, and is exact where /proc counts ticks.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != CPU:
            return application(environ, start_response)
        body = str(time.process_time_ns()).encode()
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]

    return answer


app = create_app({"FEATURES": (*config.FEATURES, "bench.limits")})
app.wsgi_app = with_clock(app.wsgi_app)  # type: ignore[method-assign]
