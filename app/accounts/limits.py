"""How often strangers may try. The key holds the sender's own address, so that nobody can use up another's tries."""

from typing import Any

from flask import Response, request
from flask_limiter.util import get_remote_address

from app.accounts.guards import View
from app.extensions import limiter


def _address_and_email() -> str:
    return f"{get_remote_address()} {request.form.get('email', '').strip().lower()[:254]}"


def _did_not_succeed(response: Response) -> bool:
    return response.status_code != 303


def few_wrong_passwords(view: View) -> View:
    """Ten wrong passwords for one e-mail, 300 for any, in a quarter of an hour: a whole school may share one sender."""
    by_email = limiter.limit(
        "10 per 15 minutes", key_func=_address_and_email, methods=["POST"], deduct_when=_did_not_succeed
    )
    by_sender = limiter.limit("300 per 15 minutes", methods=["POST"], deduct_when=_did_not_succeed)
    limited: Any = by_email(by_sender(view))
    return limited


def few_mails(view: View) -> View:
    """Three mails to one address and 30 to any in an hour, from one sender."""
    by_email = limiter.limit("3 per hour", key_func=_address_and_email, methods=["POST"])
    limited: Any = by_email(limiter.limit("30 per hour", methods=["POST"])(view))
    return limited


def few_tries(view: View) -> View:
    """Sixty tries at a secret link in a quarter of an hour, from one sender."""
    limited: Any = limiter.limit("60 per 15 minutes", methods=["POST"])(view)
    return limited
