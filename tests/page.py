"""A client that reads every page it is shown, as a careful person with a screen reader would."""

import dataclasses
from collections import Counter
from datetime import datetime
from functools import cache, cached_property

from lxml import html
from lxml.cssselect import CSSSelector

from portal.actions.keys.marks import mark
from portal.crypto.tokens import csrf_secret, mask, new_token, token_digest
from portal.domain.people import Person
from portal.storage.tables.people import Login
from portal.web.http.repeated import LISTS
from tests.cast import NOW, SITE, add_login

NEEDS_NO_LABEL = {"hidden", "submit", "button"}
SENT = "input:not([type=radio]):not([type=submit]):not([type=button]), select, textarea"


@cache
def selector(words: str) -> CSSSelector:
    """Read once: to read one takes longer than to find what it selects."""
    return CSSSelector(words)


class Page:
    """HTML that was answered: a page, or the part of one that HTMX is sent."""

    def __init__(self, text: str) -> None:
        if "<html" in text:
            self.root = html.fromstring(text)
        else:  # table rows live only inside a table
            body = f"<table>{text}</table>" if text.lstrip().startswith("<t") else f"<div>{text}</div>"
            self.root = html.fromstring(body)
        self.is_whole = "<html" in text
        self.templates = {each.get("id"): each for each in self.root.xpath("//template")}
        for each in self.templates.values():  # nothing of them is on the page until a script takes it
            each.drop_tree()

    def all(self, words: str) -> list:
        return selector(words)(self.root)

    def one(self, words: str):
        found = self.all(words)
        assert len(found) == 1, f"{len(found)} elements for {words}"
        return found[0]

    def text(self, words: str = "body") -> str:
        return " ".join(self.one(words).text_content().split())

    def has(self, words: str) -> bool:
        return bool(self.all(words))

    def fields(self, form) -> dict[str, str]:
        """What a browser would send of this form if nobody touched it."""
        return {name: value for name, value in form.form_values() if name}

    def check(self) -> None:
        """Fail on repeated ids, unlabelled fields, forms without address or token."""
        ids = self.root.xpath("//@id")
        assert len(ids) == len(set(ids)), f"repeated ids: {sorted({i for i in ids if ids.count(i) > 1})}"
        for form in self.all("form"):
            assert form.get("action"), "a form without an address"
            if form.get("method", "get").lower() == "post":
                assert form.xpath('.//input[@name="csrf_token"]'), f"no token in {form.get('action')}"
                names = Counter(field.get("name") for field in selector(SENT)(form))
                twice = {name for name, count in names.items() if name and count > 1}
                assert twice <= LISTS, f"sent twice from {form.get('action')}: {sorted(twice)}"
                if form.xpath('.//input[@type="file"]'):
                    assert form.get("enctype") == "multipart/form-data", "a file field in a plain form"
        for field in self.all("input, select, textarea"):
            if field.get("type") in NEEDS_NO_LABEL:
                continue
            identity = field.get("id")
            labelled = (
                field.get("aria-label")
                or (identity and self.root.xpath("//label[@for=$id]", id=identity))
                or field.xpath("ancestor::label")
            )
            assert labelled, f"no label for field {field.get('name')}"
        if self.is_whole:
            assert len(self.all("h1")) == 1, "a page has one h1"
            assert self.text("head > title").strip(" –"), "a page without a title"
            assert not self.all("script:not([src]), style, [style], [onclick]"), "something inline"
            assert not self.root.xpath("//@src[starts-with(., 'http')]"), "something from elsewhere"


class Answer:
    """A response with its page, read and checked."""

    def __init__(self, response) -> None:
        self.response = response
        self.status_code = response.status_code
        self.headers = response.headers
        self.data = response.data
        self.location = response.headers.get("Location", "")

    @property
    def text(self) -> str:
        return self.response.get_data(as_text=True)

    @cached_property
    def page(self) -> Page:
        return Page(self.text)


class Client:
    """A browser of one person. ``sign_in`` makes the login's row; the login form has its own tests."""

    def __init__(self, app, config) -> None:
        self.app = app
        self.config = config
        self.http = app.test_client()
        self.token = ""
        self.now = NOW

    def at(self, now: datetime) -> "Client":
        """Let the portal's clock stand at ``now`` from here on."""
        portal = self.app.extensions["portal"]
        self.app.extensions["portal"] = dataclasses.replace(
            portal, config=dataclasses.replace(portal.config, clock=now)
        )
        if self.token:
            Login.update(seen_at=now, made_at=now).where(Login.digest == token_digest(self.token)).execute()
            mark(Login.get_by_id(token_digest(self.token)), site=SITE)
        self.now = now
        return self

    def sign_in(self, person: Person) -> "Client":
        self.token = new_token()
        add_login(self.token, person.user_id, now=self.now)
        self.http.set_cookie("session", self.token, domain="localhost")
        return self

    def sign_out(self) -> "Client":
        self.http.delete_cookie("session", domain="localhost")
        self.token = ""
        return self

    def get(self, address: str, *, htmx: bool = False, **query) -> Answer:
        return self._read(self.http.get(address, query_string=query or None, headers=self._headers(htmx)))

    def send(
        self,
        address: str,
        *,
        htmx: bool = False,
        minimal=False,
        token: str | None = None,
        files=None,
        **fields,
    ) -> Answer:
        """POST a form of this address, with a good token unless another is given. ``minimal``: as the script
        asks whose row has the facts."""
        data = {"csrf_token": self._form_token() if token is None else token, **fields, **(files or {})}
        kind = "multipart/form-data" if files else None
        headers = self._headers(htmx or minimal) | ({"Prefer": "return=minimal"} if minimal else {})
        return self._read(self.http.post(address, data=data, headers=headers, content_type=kind))

    def _form_token(self) -> str:
        if self.token:
            return mask(csrf_secret(self.token))
        visit = self.http.get_cookie("visit", domain="localhost")
        if visit is None:
            self.http.get("/login")
            visit = self.http.get_cookie("visit", domain="localhost")
        return mask(csrf_secret(visit.value))

    def _headers(self, htmx: bool) -> dict[str, str]:
        return {"HX-Request": "true"} if htmx else {}

    def _read(self, response) -> Answer:
        response.get_data()
        response.close()  # a file that is sent is closed with its answer
        response.request.environ["wsgi.input"].close()  # a large body that we sent lay in a file
        answer = Answer(response)
        if response.mimetype == "text/html" and response.data:
            answer.page.check()
        return answer
