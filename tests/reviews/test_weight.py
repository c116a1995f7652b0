"""How many bytes a page brings over the line: on the first visit with all it needs, later alone."""

import gzip
import html
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from ipsreview import static_files, stylesheet
from reviews.models import AgreedResult, Review, User
from scales.models import Item
from tests.cast import cast_for
from tests.collected import STORAGES, collected
from tests.factories import UserFactory, issue, lead, scored_review
from tests.reviews.front_door import page

FIRST_VISIT, LATER = 120_000, 25_000

# Over https a browser takes all of them.
_BROWSER = {"Accept-Encoding": "gzip, deflate, br"}

Find = Callable[[], tuple[User | None, str]]


def _words() -> Callable[[int], str]:
    """Return what writes so many words as people do: those of the scales, by chance the same each time."""
    found: set[str] = set()
    for texts in Item.objects.values_list("title", "definition", "anchors"):
        found |= set(re.findall(r"[^\W\d_]{2,}", " ".join(map(str, texts))))
    chance, vocabulary = random.Random(1), sorted(found)
    return lambda count: " ".join(chance.choices(vocabulary, k=count))


def _full_review() -> Review:
    """A final review with a long text on each of its 37 items."""
    review = scored_review(scores=lambda item: 3)
    words = _words()
    agreed = list(AgreedResult.objects.filter(review=review))
    assert len(agreed) == 37
    for each in agreed:
        each.comment, each.recommendation = words(80), words(25)
    AgreedResult.objects.bulk_update(agreed, ["comment", "recommendation"])
    issue(review)
    return review


def _report() -> tuple[User | None, str]:
    review = _full_review()
    return lead(review), reverse("reviews:version", args=[review.pk, 1])


def _of(who: str, name: str, state: str = "scoring") -> Find:
    def find() -> tuple[User | None, str]:
        cast = cast_for(state)
        item = Item.objects.get(code="B1") if name in ("score", "agree") else None
        of_review = {"review", "score", "score_all", "agree", "agree_overview", "draft", "figures", "fact_check"}
        address = page(name, cast.review, item) if name in of_review else reverse(f"reviews:{name}")
        return getattr(cast, who), address

    return find


PAGES: dict[str, Find] = {
    "log-in": lambda: (None, reverse("account_login")),
    "my tasks": _of("evaluator", "tasks"),
    "services": _of("national_adviser", "service_list"),
    "calendar": _of("national_adviser", "calendar"),
    "overview": _of("national_adviser", "overview"),
    "overview of scores": _of("national_adviser", "overview_scores", "final"),
    "review": _of("evaluator", "review"),
    "scoring one item": _of("evaluator", "score"),
    "all items on one page": _of("evaluator", "score_all"),
    "figures from the service": _of("method_supervisor", "figures"),
    "consensus": _of("evaluator", "agree_overview", "consensus"),
    "consensus on one item": _of("evaluator", "agree", "consensus"),
    "fact check": _of("method_supervisor", "fact_check", "fact_check"),
    "draft": _of("evaluator", "draft", "consensus"),
    "a full report": _report,
    "profile": lambda: (UserFactory.create(), reverse("reviews:profile")),
}


@pytest.fixture
def served(settings: Settings) -> None:
    """Serve static files as an installation does."""
    settings.STORAGES, settings.STATIC_ROOT = STORAGES, str(collected())


def _bytes(client: Client, address: str) -> int:
    answer: Any = client.get(address, headers=_BROWSER)
    assert answer.status_code == 200, address
    return len(b"".join(answer.streaming_content))


def _fonts(text: str) -> list[str]:
    """Return the addresses of the typefaces that a text needs."""
    (sheet,) = (each for each in collected().glob("css/pages.*.css") if re.search(r"\.[0-9a-f]{12}\.", each.name))
    letters = set(map(ord, text))
    needed = [face.name for face in stylesheet.faces(static_files.PAGES, sheet.read_text()) if face.letters & letters]
    return [f"/static/{name}" for name in needed]


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(served: None, name: str) -> None:
    user, address = PAGES[name]()
    client = Client()
    if user is not None:
        client.force_login(user)
    answer = client.get(address, headers=_BROWSER)
    assert answer.status_code == 200
    text = gzip.decompress(answer.content).decode()
    head = text[: text.index("</head>")]

    sheets = re.findall(r'<link[^>]*rel="stylesheet"[^>]*href="([^"]+)"', head)
    assert [Path(each).name.split(".")[0] for each in sheets] == ["pages"], "one style sheet before the first paint"
    assert "@import" not in (collected() / sheets[0].removeprefix("/static/")).read_text()
    for script in re.findall(r"<script[^>]*\bsrc=[^>]*>", text):
        assert " defer" in script or 'type="module"' in script, "the page is not kept waiting"

    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text)) | set(_fonts(html.unescape(text)))
    assert len([each for each in files if each.endswith("woff2")]) == 1
    weights = {file: _bytes(client, file) for file in files}
    assert len(answer.content) <= LATER
    assert len(answer.content) + sum(weights.values()) <= FIRST_VISIT, weights
