"""Bokmål unless a person chose English: texts, dates and decimals, on the pages and in the report."""

import ast
import datetime
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from ipsreview import borrowed
from reviews.models import Review, User
from reviews.report import pdf as report_pdf
from tests.cast import PDF
from tests.factories import RoleFactory, UserFactory, final_review, scored_review
from tests.reviews.front_door import item, page

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "ipsreview" / "locale" / "nb" / "LC_MESSAGES"
ASKING = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}


@pytest.fixture
def norwegian(db: None) -> User:
    """A person who never chose a language."""
    user: User = UserFactory.create(name="Kari")
    return user


@pytest.fixture
def english(db: None) -> User:
    """A person who chose English."""
    user: User = UserFactory.create(name="Jane", language="en")
    return user


def _html(client: Client, address: str) -> str:
    return client.get(address).content.decode().replace("\N{NO-BREAK SPACE}", " ")


def _handed_over(evaluator: User, **columns: str) -> Review:
    """Return a final review whose GOI mean is 50 / 12."""
    review: Review = final_review(
        evaluators=[evaluator],
        pdf=PDF,
        scores=lambda item: (5 if item.position <= 2 else 4) if item.section.scale.code == "goi-12" else 4,
        **columns,
    )
    return review


@pytest.mark.parametrize(("language", "said"), [("nb", "09.05"), ("en", "9:05 a.m.")])
def test_a_time_is_written_as_the_language_has_it(language: str, said: str) -> None:
    with translation.override(language):
        assert date_format(datetime.datetime(2026, 9, 15, 9, 5), "TIME_FORMAT") == said


PAGES = ["reviews:tasks", "reviews:calendar", "reviews:service_list", "reviews:profile", "account_change_password"]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_speaks_the_persons_language_and_says_which(
    client: Client, norwegian: User, english: User, name: str
) -> None:
    pages = {}
    for user in (norwegian, english):
        client.force_login(user)
        response = client.get(reverse(name))
        pages[user.language] = response.content.decode()
        assert f'<html lang="{user.language}"' in pages[user.language]
        assert response.headers["Content-Language"] == user.language
        assert "Cookie" in response.headers["Vary"]
    assert "Mine oppgaver" in pages["nb"]
    assert "Mine oppgaver" not in pages["en"]
    assert "My tasks" in pages["en"]


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_signup"])
def test_who_is_not_logged_in_reads_bokmal_whatever_the_browser_asks_for(client: Client, db: None, name: str) -> None:
    response = client.get(reverse(name), headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert '<html lang="nb"' in response.content.decode()


def test_the_language_changes_with_the_profile_at_once(client: Client, norwegian: User) -> None:
    client.force_login(norwegian)
    response = client.post(reverse("reviews:profile"), {"name": "Kari", "language": "en"}, follow=True)
    html = response.content.decode()
    assert '<html lang="en"' in html
    with translation.override("en"):
        assert [str(message) for message in response.context["messages"]] == ["Your profile is saved."]


def test_an_error_stands_in_the_persons_language(client: Client, norwegian: User, english: User) -> None:
    texts = {}
    for user in (norwegian, english):
        review = scored_review("scoring", evaluators=[user])
        client.force_login(user)
        texts[user.language] = client.post(
            page("score", review, item(review, "O3")), {"score": "7", "finish": "1"}
        ).content.decode()
    assert "Velg en skår fra 1 til 5." in texts["nb"]
    assert "Choose a score from 1 to 5." in texts["en"]


def test_a_refused_step_answers_in_the_persons_language(client: Client, norwegian: User, english: User) -> None:
    texts = {}
    for user in (norwegian, english):
        review = scored_review("planned", evaluators=[user])
        client.force_login(user)
        response = client.post(reverse("reviews:step", args=[review.pk, "cancel"]), {"cancel-reason": ""})
        texts[user.language] = response.content.decode()
    assert "Write the reason." in texts["en"]
    assert "Write the reason." not in texts["nb"]


def test_decimals_and_dates_are_written_as_the_readers_language_does(
    client: Client, norwegian: User, english: User
) -> None:
    review = _handed_over(norwegian)
    other = _handed_over(english)
    client.force_login(norwegian)
    service = _html(client, reverse("reviews:service", args=[review.service.pk]))
    assert "4,17" in service
    assert "4.17" not in service
    assert "15.–16. september 2026" in service
    client.force_login(english)
    service = _html(client, reverse("reviews:service", args=[other.service.pk]))
    assert "4.17" in service
    assert "4,17" not in service
    assert "15–16 September 2026" in service


def test_a_report_speaks_its_own_language_to_every_reader(client: Client, norwegian: User, english: User) -> None:
    for language, shown, hidden in (("nb", "4,17", "4.17"), ("en", "4.17", "4,17")):
        review = _handed_over(norwegian, language=language)
        RoleFactory.create(user=english, service=review.service)
        for user in (norwegian, english):
            client.force_login(user)
            body = str(client.get(reverse("reviews:version", args=[review.pk, 1])).context["body"])
            assert shown in body, (language, user.language)
            assert hidden not in body, (language, user.language)
            assert re.search(rf'<[a-z]+[^>]* lang="{language}"', body), (language, user.language)


def test_the_printed_report_is_in_its_own_language_too(norwegian: User) -> None:
    for language, shown in (("nb", "4,17"), ("en", "4.17")):
        content = _handed_over(norwegian, language=language).versions.get().content
        for reader in ("nb", "en"):
            with translation.override(reader):
                html = report_pdf.html(content, draft=False)
            assert f'<html lang="{language}"' in html
            assert shown in html


def test_a_figure_is_shown_again_as_its_language_writes_it(client: Client, norwegian: User, english: User) -> None:
    for user, shown in ((norwegian, "2,5"), (english, "2.5")):
        review = scored_review("scoring", evaluators=[user])
        client.force_login(user)
        address = page("score", review, item(review, "B1"))
        client.post(address, {"count_participants": "45", "count_fte": "2,5", "draft": "1"})
        assert client.get(address).context["form"]["count_fte"].value() == shown
        # What the page shows can be sent again as it is.
        client.post(address, {"count_participants": "45", "count_fte": shown, "draft": "1"})
        assert review.counts.get(name="fte").value * 2 == 5


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_error_page_is_in_bokmal(client: Client, norwegian: User, status: int) -> None:
    client.force_login(norwegian)
    client.raise_request_exception = False
    address = {400: "/", 403: reverse("reviews:plan"), 404: "/finnes-ikke/"}[status]
    response = client.get(address, headers={"Host": "fremmed.example"}) if status == 400 else client.get(address)
    assert response.status_code == status
    assert '<html lang="nb"' in response.content.decode()


def test_no_message_of_the_interface_lacks_its_bokmal() -> None:
    catalogue = polib.pofile(str(LOCALE / "django.po"))
    assert len(catalogue) > 300
    assert [entry.msgid for entry in catalogue.untranslated_entries() + catalogue.fuzzy_entries()] == []


def test_the_texts_django_has_no_bokmal_for_have_ours() -> None:
    def said(language: str) -> list[str]:
        with translation.override(language):
            return [translation.gettext(text) for text in borrowed.TEXTS] + [
                str(text % 12) for text in borrowed.COUNTED
            ]

    assert not set(said("en")) & set(said("nb"))


def test_a_password_that_is_too_short_is_refused_in_bokmal(client: Client, norwegian: User) -> None:
    client.force_login(norwegian)
    answer = client.post(reverse("account_change_password"), {"password1": "kort ord", "password2": "kort ord"})
    assert "Passordet er for kort. Det må ha minst 12 tegn." in answer.content.decode()


def test_the_words_are_those_of_the_method() -> None:
    """The product's words: never veileder alone, and Kommentar for what a score rests on."""
    catalogue = polib.pofile(str(LOCALE / "django.po"))
    texts = [text for entry in catalogue for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert not [text for text in texts if re.search(r"begrunnelse", text, re.IGNORECASE)]
    assert not [text for text in texts if re.search(r"(?<![a-zæøå_-])veileder", text, re.IGNORECASE)]


def _asked_inside(source: str) -> Iterator[int]:
    """Give the lines of a module in which a text is asked for inside a formatted string."""
    for outer in ast.walk(ast.parse(source)):
        if isinstance(outer, ast.JoinedStr):
            for each in ast.walk(outer):
                if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in ASKING:
                    yield each.lineno


def test_no_text_is_asked_for_where_collecting_does_not_see_it() -> None:
    assert list(_asked_inside("a = _('b')\nc = f'{_(\"d\")}: {e}'\n")) == [2]
    modules = [path for app in ("ipsreview", "reviews", "scales") for path in (ROOT / app).rglob("*.py")]
    assert len(modules) > 200
    found = [(str(path.relative_to(ROOT)), line) for path in modules for line in _asked_inside(path.read_text())]
    assert found == []
