"""Pages on which a progress bar moves by itself."""

from flask import make_response, request
from werkzeug.wrappers import Response


def over(page: str, *, is_running: bool) -> Response:
    """`page`, which the browser loads anew if it asked for the bar alone and the work is over meanwhile."""
    response = make_response(page)
    if not is_running and request.headers.get("HX-Request") == "true":
        response.headers["HX-Refresh"] = "true"
    return response
