"""The page at `/`: forms, answers, languages, and what it never lets through; in a real browser where there is one."""

from __future__ import annotations

import html
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

import matcher
from matcher.explain import LOCALES
from service import problems
from service.app import create_app
from service.page import POLICY
from service.page.credentials import FormCredentials
from service.page.messages import messages
from service.problems import PROBLEMS
from service.routes.examples import ZONE
from service.settings import Settings
from tests.cli.runner import write_lists
from tests.service.client import Client, client_of
from tests.service.server import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ATTACK = "<script>document.title='taken'</script>"
CHROMIUM = shutil.which("chromium")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="needs a browser: install Debian's package `chromium`, which playwright then drives"
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with persons, one of them named to attack a page, and documents."""
    folder = tmp_path_factory.mktemp("page")
    write_lists(folder)
    with (folder / "people.csv").open("a", encoding="utf-8") as people:
        people.write(f'4,"Quartermain {ATTACK}",1950-01-02\n')
    made = matcher.Store(folder / "store")
    made.import_list("people", format="mapped-csv", path=folder / "people.csv", mapping=folder / "people.toml")
    made.import_list("sltd", format="sltd-csv", path=folder / "documents.csv")
    return folder / "store"


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[Client]:
    """A client of a service on that store."""
    with client_of(create_app(Settings(store=store))) as made:
        yield made


def test_the_catalogues_hold_the_same_sentences() -> None:
    """Four languages, the same keys, nothing empty; every word of a problem belongs to the problems table."""
    keys = {name: set(section) for name, section in messages("en").items()}
    slugs = {row.slug for row in PROBLEMS.values()} | {"other", "key", "role", "purpose", "rate"}
    for locale in LOCALES:
        found = messages(locale)
        assert {name: set(section) for name, section in found.items()} == keys
        assert all(text.strip() for section in found.values() for text in section.values())
        assert set(found["problems"]) <= slugs
    assert len({messages(locale)["page"]["lead"] for locale in LOCALES}) == len(LOCALES)


def test_the_page_is_sent_with_a_strict_policy(client: Client) -> None:
    """No script, no foreign address, no kept copy, no name in a referrer."""
    for answer in (client.get("/"), client.get("/page.css"), client.post("/", data={"name": "Ali"})):
        assert answer.status_code == 200
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["cache-control"] == "no-store"
    assert "unsafe" not in POLICY
    assert "script-src" not in POLICY  # `default-src 'none'` holds for scripts
    text = client.get("/").text
    for never in ("<script", "style=", "onload", "http://", "https://"):
        assert never not in text


def test_a_form_of_another_site_is_refused(client: Client) -> None:
    """A page elsewhere can't make its visitor ask here."""
    for headers, status in (
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://localhost"}, 200),
        ({}, 200),
    ):
        assert client.post("/", data={"name": "Ali"}, headers=headers).status_code == status, headers


def test_what_cannot_be_asked_is_said_in_the_page(client: Client) -> None:
    """An empty form, a broken zone and an unknown preset give the page with a sentence, and what was entered."""
    for fields in ({}, {"mrz": "P<UTO"}, {"name": "Ali", "preset": "best"}):
        for locale in LOCALES:
            answer = client.post("/", data={**fields, "lang": locale})
            assert answer.status_code == 422
            assert answer.headers["content-language"] == locale
            assert any(text in html.unescape(answer.text) for text in messages(locale)["problems"].values())
    assert "no_name_or_document" in client.post("/", data={"name": "..."}).text
    assert "P&lt;UTO" in client.post("/", data={"mrz": "P<UTO"}).text


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{}", {"content-type": "application/json"}, 415),
        (b"name=\xff", {"content-type": "application/x-www-form-urlencoded"}, 422),
        (b"name=%ff", {"content-type": "application/x-www-form-urlencoded"}, 422),
        (b"name=A%00B", {"content-type": "application/x-www-form-urlencoded"}, 422),
        (b"a=1&" * 60, {"content-type": "application/x-www-form-urlencoded"}, 422),
        (b"name=" + b"A" * 20_000, {"content-type": "application/x-www-form-urlencoded"}, 422),
        (b"name=" + b"A" * (5 << 20), {"content-type": "application/x-www-form-urlencoded"}, 413),
    ],
)
def test_bodies_that_are_no_form_of_ours_are_problems(
    client: Client, content: bytes, headers: dict[str, str], status: int
) -> None:
    """Another media type, another encoding, too many or too long fields."""
    assert client.post("/", content=content, headers=headers).status_code == status


class _Door:
    """Stands where callers are admitted: lets in whoever has the key, and remembers what it saw."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.seen: list[tuple[str | None, str | None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        self.seen.append((headers.get("authorization"), headers.get("x-purpose")))
        if headers.get("authorization") == "Bearer epv_good":
            await self._app(scope, receive, send)
        else:
            refused = problems.response(401, "urn:epervier:problem:key", "An API key is needed")
            await refused(scope, receive, send)


def test_key_and_purpose_of_the_form_become_headers(store: Path) -> None:
    """A browser's form is admitted as any caller's request; the key is never in the page, a refusal is said in it."""
    app = create_app(Settings(store=store))
    build, doors = app.build_middleware_stack, []

    def with_door() -> ASGIApp:
        observed = build()
        outermost = observed._app  # type: ignore[attr-defined]
        while not isinstance(outermost, FormCredentials):
            outermost = outermost.app if hasattr(outermost, "app") else outermost._app
        outermost._app = _Door(outermost._app)
        doors.append(outermost._app)
        return observed

    app.build_middleware_stack = with_door  # type: ignore[method-assign]
    with client_of(app) as client:
        for key, status in (("epv_good", 200), ("epv_wrong\r\nx: y", 401), ("مفتاح", 401), ("", 401)):
            fields = {"name": "Ali", "key": key, "purpose": "border-check", "lang": "fr"}
            answer = client.post("/", data=fields)
            assert answer.status_code == status
            assert answer.headers["content-type"].startswith("text/html")
            assert "epv_" not in answer.text
            assert "border-check" in answer.text
            if status == 401:
                assert messages("fr")["problems"]["key"] in html.unescape(answer.text)
                assert 'value="Ali"' in answer.text
        client.post("/", content=b"name=%ff", headers={"content-type": "application/x-www-form-urlencoded"})
        client.post("/v1/lookups", json={"key": "epv_good"})
    assert doors[0].seen[0] == ("Bearer epv_good", "border-check")
    assert [key for key, _ in doors[0].seen[1:]] == ["Bearer epv_wrong??x: y", "Bearer ?????", None, None, None]


@pytest.fixture(scope="module")
def url(store: Path) -> Iterator[str]:
    """The address of a real server."""
    with serving(store) as server:
        yield server.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of it that fails the test when the policy was violated or anything was logged as an error."""
    page = browser.new_context(locale="en-GB").new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert not errors


@needs_browser
def test_a_lookup_by_form(page: Page, url: str) -> None:
    """A name and a birth date give the entry with its reasons; nothing that was typed is in the address."""
    page.goto(url)
    page.get_by_label("Name, in any script and order").fill("يوسف عبد الرحمن")
    page.get_by_label("Birth date", exact=False).fill("1971-03-02")
    page.get_by_role("button", name="Look up").click()
    answer = page.locator("#answer")
    assert answer.get_attribute("class") == "review"  # what was typed weighs less than what a machine read
    assert answer.locator("h2").inner_text() == "review"
    assert "people" in answer.inner_text()
    rows = answer.locator("article").first.locator("tbody tr")
    assert rows.count() >= 3
    assert "birth date" in " ".join(rows.all_inner_texts())
    assert page.url == f"{url}/"
    assert page.get_by_label("Name, in any script and order").input_value() == "يوسف عبد الرحمن"


@needs_browser
def test_a_pasted_zone(page: Page, url: str) -> None:
    """A machine readable zone in two lines is read, and its document found."""
    page.goto(url)
    page.locator("#mrz").fill(ZONE)
    page.get_by_role("button", name="Look up").click()
    assert page.locator("#answer").get_attribute("class") == "hit"
    assert "sltd" in page.locator("#answer").inner_text()
    assert page.url == f"{url}/"


@needs_browser
def test_arabic_runs_from_right_to_left(page: Page, url: str) -> None:
    """In Arabic labels stand at the right, the answer stays Arabic, and the zone runs from left to right."""
    page.goto(url)
    page.get_by_role("link", name="العربية").click()
    page.wait_for_url("**lang=ar**")
    page.wait_for_load_state("load")  # with its style sheet
    assert page.locator("html").get_attribute("dir") == "rtl"
    heading = page.locator("h1").bounding_box()
    navigation = page.locator("nav").bounding_box()
    assert heading is not None
    assert navigation is not None
    assert heading["x"] > navigation["x"]
    assert page.evaluate("getComputedStyle(document.querySelector('#mrz')).direction") == "ltr"
    page.locator("#name").fill("Yusuf Abd al-Rahman")
    page.get_by_role("button", name="بحث").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("#answer").count() == 1


@needs_browser
def test_a_listed_script_is_shown_as_text(page: Page, url: str) -> None:
    """A name that holds markup, listed and entered, is text: nothing of it runs."""
    page.goto(url)
    page.locator("#name").fill(f"Quartermain {ATTACK}")
    page.locator("#birth_date").fill("1950-01-02")
    page.get_by_role("button", name="Look up").click()
    assert page.locator("#answer article").count() >= 1
    assert "script" in page.locator("#answer tbody").inner_text()
    assert page.locator("#name").input_value() == f"Quartermain {ATTACK}"
    assert page.title() == messages("en")["page"]["title"]
    assert page.evaluate("document.querySelectorAll('script').length") == 0


@needs_browser
def test_it_works_without_script(browser: Browser, url: str) -> None:
    """With JavaScript off the form answers all the same."""
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(url)
    page.locator("#number").fill("L898902C3")
    page.locator("#issuing_state").fill("UTO")
    page.get_by_role("button").click()
    assert page.locator("#answer").get_attribute("class") == "hit"
    page.close()


@needs_browser
def test_a_planted_violation_would_be_seen(browser: Browser, url: str) -> None:
    """The browser does hold the policy: a script put into the page is stopped, and reported as an error."""
    page = browser.new_context().new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(url)
    page.evaluate("{const one = document.createElement('script'); one.text = 'x = 1'; document.body.append(one)}")
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in error for error in errors)
    page.close()
