"""The client: keeps its connection, signs in as people do, asks one page again and again and looks at each answer."""

import http.client
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import cycle, islice
from urllib.parse import urlencode, urlsplit

from bench.ratios import Block

HOST = "127.0.0.1"
CPU = "/bench-cpu"  # answered by bench.wsgi before the application
ANSWERED = "one answer saved"
TIMEOUT = 60  # seconds
FORM = "application/x-www-form-urlencoded"


class WrongAnswer(Exception):
    """A page answered something else than it should; its time means nothing then."""


@dataclass(frozen=True)
class Answer:
    """Status, headers and text of an answer."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True)
class Page:
    """What is asked: the address, the forms that are sent in turn (none: it is read), and what the answer must hold."""

    name: str
    who: str
    path: str
    marker: str
    forms: tuple[Mapping[str, str], ...] = ()
    at_most: float | None = None

    @property
    def method(self) -> str:
        """GET, or POST where there are forms."""
        return "POST" if self.forms else "GET"


class Client:
    """One person with a browser, or nobody: cookies, language, and a connection that is kept."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)

    def reconnect(self) -> None:
        """Open the connection anew: the server closes those that were silent for some seconds."""
        self.connection.close()
        self.connection.connect()

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request; cookies that come back are kept."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Accept-Language": "zh", **({"Cookie": cookie} if cookie else {}), **(headers or {})}
        self.connection.request(method, path, body, sent)
        response = self.connection.getresponse()
        text = response.read().decode()
        for name, value in cookies_in(response.headers.get_all("Set-Cookie") or []).items():
            self.cookies[name] = value
        return Answer(response.status, dict(response.headers.items()), text)

    def send(self, path: str, form: Mapping[str, str], accept: str = "text/html") -> Answer:
        """Send a form."""
        return self.ask("POST", path, urlencode(form).encode(), {"Content-Type": FORM, "Accept": accept})

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the page. Raises WrongAnswer where it does not let in."""
        self.reconnect()
        fields = Fields.of(self.ask("GET", "/sign-in/").text)
        form = {"csrf_token": fields.values["csrf_token"], "email": email, "password": password}
        answer = self.send("/sign-in/", form)
        if answer.status != 303:
            raise WrongAnswer(f"signing in as {email} was answered with {answer.status}")
        self.ask("GET", "/")  # the first page gives the session the token of its forms

    def block(self, page: Page, requests: int) -> Block:
        """Ask `page` so often, one after another. Raises WrongAnswer at the first answer that is not as expected."""
        self.reconnect()
        bodies: list[bytes | None] = [urlencode(form).encode() for form in page.forms] or [None]
        headers = {"Content-Type": FORM, "Accept": "application/json"} if page.forms else None
        cpu = self.cpu()
        began = time.perf_counter()
        for body in islice(cycle(bodies), requests):
            expect(page, self.ask(page.method, page.path, body, headers))
        seconds = time.perf_counter() - began
        cpu = self.cpu() - cpu
        return Block(requests, seconds, cpu)

    def cpu(self) -> float:
        """Processor seconds that the server's process has used."""
        return int(self.ask("GET", CPU).text) / 1e9


def expect(page: Page, answer: Answer) -> None:
    """Raises WrongAnswer unless the status is 200 and the text holds the page's marker."""
    if answer.status != 200:
        raise WrongAnswer(f"{page.name}: {page.method} {page.path} was answered with {answer.status}")
    if page.marker not in answer.text:
        raise WrongAnswer(f"{page.name}: {page.path} does not hold {page.marker!r}")


def cookies_in(headers: Sequence[str]) -> dict[str, str]:
    """Names and values of Set-Cookie headers."""
    found = {}
    for header in headers:
        name, _, value = header.split(";", 1)[0].partition("=")
        found[name.strip()] = value.strip()
    return found


@dataclass
class Fields(HTMLParser):
    """The fields of the forms of a page: hidden values by name, and the values that may be chosen, by name."""

    values: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    action: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, html: str) -> "Fields":
        """Read a page."""
        fields = cls()
        fields.feed(html)
        return fields

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Called by the parser for each element."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form" and re.fullmatch(r"/attempts/\d+/answers/\d+/", found.get("action", "")):
            self.action = found["action"]
        if tag != "input" or "name" not in found:
            return
        if found.get("type") == "hidden":
            self.values.setdefault(found["name"], found.get("value", ""))
        elif found.get("type") in ("radio", "checkbox"):
            self.choices.setdefault(found["name"], []).append(found.get("value", ""))


def begin_attempt(client: Client, quiz_ids: Sequence[int]) -> Page:
    """Begin an attempt at the first quiz that allows one, and find its first question with options to choose.

    Two options are then sent in turn, so that each saving changes the row. Raises WrongAnswer where no quiz will do.
    """
    client.reconnect()
    token = Fields.of(client.ask("GET", "/settings/").text).values["csrf_token"]
    for quiz_id in quiz_ids:
        begun = client.send(f"/quizzes/{quiz_id}/attempts/", {"csrf_token": token})
        attempt = urlsplit(begun.headers.get("Location", "")).path
        if begun.status != 303 or not re.fullmatch(r"/attempts/\d+/", attempt):
            continue
        number = 1
        while (shown := client.ask("GET", f"{attempt}?question={number}")).status == 200:
            fields = Fields.of(shown.text)
            name = next((name for name, values in fields.choices.items() if len(values) > 1), None)
            if fields.action and name:
                forms = tuple({"csrf_token": token, name: value} for value in fields.choices[name][:2])
                return Page(ANSWERED, "student", fields.action, '"digest"', forms)
            number += 1
    raise WrongAnswer("the student may take no quiz that has a question with options")
