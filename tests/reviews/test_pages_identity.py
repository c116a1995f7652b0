"""No national identity number gets in by any door; a phone number or an address is asked about once."""

import importlib
import inspect
import logging
import pkgutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.core.context import request_context
from django import forms
from django.contrib import admin
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest, QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

import reviews.forms
from reviews import figures, letters, results
from reviews.exchange import importing, sheet
from reviews.exchange.faults import Problem
from reviews.forms import two_factor
from reviews.models import (
    AuditEvent,
    FactCheckRemark,
    Organisation,
    Rating,
    ReminderKind,
    Review,
    Service,
    Source,
    TemplateStep,
    User,
)
from tests.cast import Cast, cast_for
from tests.factories import (
    ActionPointFactory,
    ContextFactory,
    FinalScoreFactory,
    InterviewFactory,
    InvitationFactory,
    NoteFactory,
    RemarkFactory,
    ReviewStepFactory,
    ServiceFactory,
    UserFactory,
    county,
    items_of,
    lead,
    scored_review,
)
from tests.identity import made_up
from tests.reviews.front_door import contents, item, page, refused, step

pytestmark = pytest.mark.django_db

NUMBER = made_up()
BORN = f"Ble med. Født {NUMBER[:6]} {NUMBER[6:]}."
PHONE = "Ring 90 12 34 56."


@pytest.fixture
def review() -> Review:
    """A review being scored by one evaluator."""
    return scored_review("scoring", evaluators=1)


@pytest.fixture
def evaluator(review: Review, client: Client) -> User:
    """The one evaluator, logged in."""
    client.force_login(lead(review))
    return lead(review)


def autosave(client: Client, address: str, person: User, *only: str, **data: Any) -> Any:
    """Send what the page sends by itself."""
    headers = {"Autosave": "1", "Autosave-As": str(person.pk)}
    return client.post(address, {"only": only, **data}, headers=headers)


def _rating(review: Review, code: str = "B1") -> Rating:
    return Rating.objects.get(seat__review=review, seat__number=1, item__code=code, item__section__code=code[0])


# Through the pages


def test_a_page_that_saves_by_itself_is_told_the_place(client: Client, review: Review, evaluator: User) -> None:
    text = f"  \N{GRINNING FACE} to\nlinjer {NUMBER}"
    before = contents()
    answer = autosave(client, page("score", review, item(review, "B1")), evaluator, "comment", comment=text)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]["comment"]
    # In UTF-16 units, and with the spaces that are taken away from what is saved.
    assert (error["field"], error["code"], error["place"]) == ("comment", "identity", [15, 26])
    assert f"{NUMBER[:6]}•••••" in error["text"]
    assert NUMBER not in answer.content.decode()
    assert contents() == before


def test_every_number_of_a_text_is_told(client: Client, review: Review, evaluator: User) -> None:
    answer = autosave(
        client, page("score", review, item(review, "B1")), evaluator, "comment", comment=f"{NUMBER}, {made_up(start=7)}"
    )
    assert [error["place"] for error in answer.json()["errors"]["comment"]] == [[0, 11], [13, 24]]


@pytest.mark.usefixtures("evaluator")
@pytest.mark.parametrize("name", ["comment", "recommendation", "departure", "remark_0"])
def test_a_score_sheet_comes_back_with_what_was_typed(client: Client, review: Review, name: str) -> None:
    form = refused(client, page("score", review, item(review, "B3")), {name: BORN, "score": "4", "finish": "1"}, name)
    assert [error.code for error in form.errors.as_data()[name]] == ["identity"]


@pytest.mark.usefixtures("evaluator")
def test_the_page_can_show_where_it_stands(client: Client, review: Review) -> None:
    answer = client.post(page("score", review, item(review, "B1")), {"comment": BORN, "draft": "1"})
    html = answer.content.decode()
    assert 'data-show-where="id_comment"' in html
    assert 'data-start="14"' in html
    assert 'data-end="26"' in html
    assert 'name="allow"' not in html


def test_what_is_held_already_stops_nothing_else(client: Client, review: Review, evaluator: User) -> None:
    Rating.objects.filter(pk=_rating(review).pk).update(comment=BORN)
    address = page("score", review, item(review, "B1"))
    answer = autosave(client, address, evaluator, "recommendation", recommendation="Ansett en til.")
    assert answer.status_code == 200
    assert _rating(review).recommendation == "Ansett en til."
    # Sent again, it is judged.
    refused(client, address, {"comment": BORN, "recommendation": "Ansett to.", "draft": "1"}, "comment")


@pytest.mark.parametrize("name", ["summary", "method", "recipients", "section_B"])
def test_the_reviews_own_texts(client: Client, name: str) -> None:
    review = scored_review("consensus")
    client.force_login(lead(review))
    names = client.get(page("narrative", review)).context["form"].fields
    field = next(each for each in names if each == name or (name == "section_B" and each.startswith("section")))
    refused(client, page("narrative", review), {field: BORN}, field)


def test_an_agreed_result_and_a_correction(client: Client) -> None:
    review = scored_review("consensus")
    client.force_login(lead(review))
    refused(
        client, page("agree", review, item(review, "B1")), {"score": "4", "comment": BORN, "finish": "1"}, "comment"
    )
    cast = cast_for("consensus")
    client.force_login(cast.evaluator)
    address = page("correction", cast.review, item(cast.review, "B1"))
    refused(client, address, {"score": "unknown", "reason": BORN}, "reason")


def test_the_fact_check(client: Client) -> None:
    cast = cast_for("fact_check")
    client.force_login(cast.respondent)
    refused(client, page("remark_on_whole", cast.review), {"text": BORN}, "text")
    remark = RemarkFactory.create(review=cast.review)
    client.force_login(cast.evaluator)
    address = reverse("reviews:decide", args=[cast.review.pk, remark.pk])
    refused(client, address, {"decision": FactCheckRemark.Decision.KEPT, "answer": BORN}, "answer")


def test_the_reasons_of_steps_and_seats(client: Client) -> None:
    cast = cast_for("scoring")
    client.force_login(cast.evaluator)
    refused(client, step("cancel", cast.review), {"cancel-reason": BORN}, "reason", form="failed")
    remove = reverse("reviews:remove_seat", args=[cast.review.pk, 2])
    refused(client, remove, {"reason": BORN}, "reason")
    replace = reverse("reviews:replace_seat", args=[cast.review.pk, 2])
    refused(client, replace, {"who_email": "ny@example.org", "reason": BORN}, "reason")
    refused(client, replace, {"who_email": f"{NUMBER}@example.org", "reason": "Syk."}, "who_email")


def test_names(client: Client) -> None:
    person = UserFactory.create()
    client.force_login(person)
    refused(client, reverse("reviews:profile"), {"name": f"Kari {NUMBER}", "language": "nb"}, "name")
    invitation = InvitationFactory.create()
    client.logout()
    address = letters.link(invitation).removeprefix("http://testserver")
    data = {"name": f"Kari {NUMBER}", "password": "tre ord som ingen vet", "language": "nb"}
    answer = client.post(address, data)
    assert answer.status_code == 200
    assert "name" in answer.context["form"].errors
    assert not User.objects.filter(name__contains="Kari").exists()


def test_a_password_may_be_anything(client: Client) -> None:
    invitation = InvitationFactory.create()
    data = {"name": "Kari", "password": f"x{NUMBER[:5]} {NUMBER[5:]} {NUMBER}", "language": "nb"}
    client.post(letters.link(invitation).removeprefix("http://testserver"), data)
    assert User.objects.filter(name="Kari").exists()


def test_the_number_is_nowhere_but_in_the_page(
    client: Client, review: Review, evaluator: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    address = page("score", review, item(review, "B1"))
    autosave(client, address, evaluator, "comment", comment=NUMBER)
    client.post(address, {"comment": NUMBER, "finish": "1"})
    client.post(step("cancel", review), {"cancel-reason": NUMBER})
    client.post(reverse("reviews:profile"), {"name": NUMBER, "language": "nb"})
    elsewhere = [
        caplog.text,
        str(list(AuditEvent.objects.values())),
        str([session.get_decoded() for session in Session.objects.all()]),
        client.get(reverse("reviews:profile")).content.decode(),
        client.get(address).content.decode(),
        str(contents()),
    ]
    assert not [text for text in elsewhere if NUMBER[6:] in text]


# Phone numbers and addresses


def test_a_contact_is_asked_about_once_where_the_page_saves_by_itself(
    client: Client, review: Review, evaluator: User
) -> None:
    address = page("score", review, item(review, "B1"))

    def sent(comment: str, **more: str) -> Any:
        return autosave(client, address, evaluator, "comment", comment=comment, **more)

    asked = sent(f"\N{GRINNING FACE} {PHONE}")
    assert asked.status_code == 422
    (error,) = asked.json()["errors"]["comment"]
    assert (error["field"], error["code"], error["place"]) == ("comment", "contact", [8, 19])
    assert "90 12 34 56" in error["text"]
    assert _rating(review).comment == "Kommentar til B1."
    assert sent(PHONE, allow="recommendation").status_code == 422
    assert sent(PHONE, allow="comment").status_code == 200
    assert _rating(review).comment == PHONE
    # It is held now, also where the text goes on and writes it otherwise.
    assert sent("Ring +47 901 23 456, gjerne før lunsj.").status_code == 200
    other = sent("Ring +47 901 23 456 eller ola@example.org.")
    assert [each["text"].count("@") for each in other.json()["errors"]["comment"]] == [1]
    assert "901 23 456" not in other.json()["errors"]["comment"][0]["text"]
    # Taken out and written again, it is asked about again.
    sent("Ring.")
    assert sent(PHONE).status_code == 422


@pytest.mark.usefixtures("evaluator")
def test_a_contact_is_asked_about_with_a_button_where_no_script_runs(client: Client, review: Review) -> None:
    address = page("score", review, item(review, "B1"))
    typed = {"comment": PHONE, "score": "4"}
    refused(client, address, {**typed, "finish": "1"}, "comment")
    html = client.post(address, {**typed, "finish": "1"}).content.decode()
    assert html.count('name="allow"') == 1
    assert 'value="comment">' in html
    assert client.post(address, {**typed, "allow": "comment"}).status_code == 302
    assert _rating(review).comment == PHONE
    assert client.post(address, {"comment": f"{PHONE} Etter ni.", "draft": "1"}).status_code == 302


@pytest.mark.usefixtures("evaluator")
def test_two_texts_with_contacts_are_allowed_one_after_the_other(client: Client, review: Review) -> None:
    address = page("score", review, item(review, "B1"))
    typed = {"comment": PHONE, "recommendation": "Skriv til ola@example.org."}
    refused(client, address, {**typed, "draft": "1"}, "comment", "recommendation")
    form = refused(client, address, {**typed, "allow": "comment"}, "recommendation")
    assert form.errors.as_data()["recommendation"][0].code == "contact"
    html = client.post(address, {**typed, "allow": "comment"}).content.decode()
    assert '<input type="hidden" name="allow" value="comment">' in html
    assert client.post(address, {**typed, "allow": ["comment", "recommendation"]}).status_code == 302
    assert _rating(review).recommendation == typed["recommendation"]


@pytest.mark.usefixtures("evaluator")
def test_a_text_with_both_is_told_of_the_number_first(client: Client, review: Review) -> None:
    address = page("score", review, item(review, "B1"))
    form = refused(client, address, {"comment": f"{PHONE} {BORN}", "allow": "comment"}, "comment")
    assert [error.code for error in form.errors.as_data()["comment"]] == ["identity"]


def test_a_contact_in_the_reason_of_a_step_and_in_a_remark(client: Client) -> None:
    cast = cast_for("fact_check")
    client.force_login(cast.evaluator)
    reason = {"send-back-reason": PHONE}
    refused(client, step("send-back", cast.review), reason, "reason", form="failed")
    answer = client.post(step("send-back", cast.review), reason)
    assert 'name="allow"' in answer.content.decode()
    assert 'value="reason">' in answer.content.decode()
    client.force_login(cast.respondent)
    refused(client, page("remark_on_whole", cast.review), {"text": PHONE}, "text")
    assert client.post(page("remark_on_whole", cast.review), {"text": PHONE, "allow": "text"}).status_code == 302
    remark = cast.review.remarks.get(text=PHONE)
    change = reverse("reviews:change_remark", args=[cast.review.pk, remark.pk])
    assert client.post(change, {"text": f"{PHONE} Takk."}).status_code == 302
    client.force_login(cast.evaluator)
    assert client.post(step("send-back", cast.review), {**reason, "allow": "reason"}).status_code == 302
    cast.review.refresh_from_db()
    assert cast.review.sent_back_reason == PHONE


def test_a_decision_is_allowed_by_the_name_it_is_saved_by(client: Client) -> None:
    cast = cast_for("fact_check")
    remark = RemarkFactory.create(review=cast.review)
    client.force_login(cast.evaluator)
    address = reverse("reviews:decide", args=[cast.review.pk, remark.pk])
    sent = {"decision": FactCheckRemark.Decision.KEPT, "answer": PHONE}
    html = client.post(address, sent).content.decode()
    assert 'value="decision">' in html
    assert client.post(address, {**sent, "allow": "decision"}).status_code == 302


def test_a_note_on_its_way(client: Client, review: Review, evaluator: User) -> None:
    address = reverse("reviews:note", args=[review.pk, uuid.uuid4()])
    everything = ("text", "items", "perspective", "source", "date", "private")

    def sent(text: str, *only: str, **more: str) -> Any:
        data = {"text": text, "items": "O3", "source": Source.INT, "date": "2026-09-15", "at": "ips-25/O3", **more}
        return autosave(client, address, evaluator, *only, **data)

    assert [error["code"] for error in sent(BORN, *everything).json()["errors"]["text"]] == ["identity"]
    assert [error["code"] for error in sent(PHONE, *everything).json()["errors"]["text"]] == ["contact"]
    assert not review.notes.exists()
    # Sent twice, as when the first answer was lost.
    assert sent(PHONE, *everything, allow="text").status_code == 200
    assert sent(PHONE, *everything, allow="text").status_code == 200
    assert sent(f"{PHONE} Etter ni.", "text").status_code == 200
    assert review.notes.get().text == f"{PHONE} Etter ni."


def test_nobody_is_asked_where_addresses_are_what_is_asked_for(client: Client) -> None:
    review = scored_review("consensus")
    client.force_login(lead(review))
    assert client.post(page("narrative", review), {"recipients": "post@example.org"}).status_code == 302
    sent = {"fact-check-due": timezone.localdate().isoformat(), "fact-check-emails": "ola@example.org"}
    assert client.post(step("fact-check", review), sent).status_code == 302


# A score sheet


def test_a_sheet_with_a_number_is_refused_by_row_and_column(tmp_path: Path) -> None:
    ServiceFactory.create(name="IPS Nord", county=county("Nordland"))
    codes = sheet.LONG_COLUMNS
    row = dict.fromkeys(codes, "") | {
        "service": "IPS Nord",
        "county": "Nordland",
        "review_date": "2024-12-03",
        "kind": "external",
        "item": "B1",
        "consensus": "4",
    }
    rows = [
        {**row, "comment": f"Født {NUMBER}."},
        {**row, "item": "B2", "recommendation": f"{NUMBER[:6]}-{NUMBER[6:]}"},
        {**row, "item": NUMBER},
        {**row, "item": "B3", "service": f"IPS {NUMBER}"},
    ]
    path = tmp_path / "ark.csv"
    lines = [";".join(codes), *(";".join(each[name] for name in codes) for each in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    before = contents()
    outcome = importing.run(path, create_services=True)
    assert [(fault.problem, fault.row, fault.column) for fault in outcome.faults.listed] == [
        (Problem.IDENTITY, 2, "comment"),
        (Problem.IDENTITY, 3, "recommendation"),
        (Problem.UNKNOWN_ITEM, 4, "item"),
        (Problem.IDENTITY, 5, "service"),
    ]
    with translation.override("en"):
        said = [fault.words() for fault in outcome.faults.listed]
    assert said[0] == (
        f"Row 2, column comment: There is a national identity number here: “Født {NUMBER[:6]}•••••.”. Take it out."
    )
    assert not [words for words in said if NUMBER[6:] in words]
    assert contents() == before


def test_a_sheets_own_name_is_kept_and_so_has_none_either(tmp_path: Path) -> None:
    path = tmp_path / f"{NUMBER}.csv"
    path.write_text("service,county,review_date,kind,item,evaluator_1,evaluator_2,consensus,comment,recommendation\n")
    outcome = importing.run(path)
    assert Problem.IDENTITY_IN_NAME in [fault.problem for fault in outcome.faults.listed]
    assert NUMBER[6:] not in " ".join(fault.words() for fault in outcome.faults.listed)


# Every form there is


ABSTRACT = {"SafeTexts", "StampedForm", "JudgementForm", "FoundForm", "_StepForm", "_Code", "_Passkey"}
"""What others stand on, and nobody sends."""


def _forms() -> Iterator[type[forms.BaseForm]]:
    """Give every form of ours that can be sent."""
    for found in pkgutil.iter_modules(reviews.forms.__path__):
        module = importlib.import_module(f"reviews.forms.{found.name}")
        for name, each in vars(module).items():
            if not isinstance(each, type) or not issubclass(each, forms.BaseForm) or name in ABSTRACT:
                continue
            if each.__module__ == module.__name__ and "data" in _parameters(each):
                yield each


def _parameters(form: type[forms.BaseForm]) -> dict[str, inspect.Parameter]:
    """Return what a form can be made with: its own parameters, and those of its bases where it hands on the rest."""
    found: dict[str, inspect.Parameter] = {}
    for each in form.__mro__:
        if "__init__" not in vars(each):
            continue
        own = inspect.signature(each.__init__).parameters  # type: ignore[misc]  # each class has its own
        found = {**own, **found}
        if not any(parameter.kind == parameter.VAR_KEYWORD for parameter in own.values()):
            break
    return found


@pytest.fixture
def makers() -> Iterator[dict[str, Any]]:
    """What the forms are made with, by the names of their parameters, while the request of somebody is answered."""
    cast = cast_for(Review.Status.CONSENSUS)
    request = RequestFactory().get("/")
    request.user, request.session = cast.evaluator, SessionStore()
    with request_context(request):
        yield _made_with(cast)


def _made_with(cast: Cast) -> dict[str, Any]:
    review, service = cast.review, cast.service
    about = item(review, "B3")
    scales = results.pinned_scales(review)
    return {
        "user": cast.evaluator,
        "review": review,
        "item": about,
        "comment_due": False,
        "counts": {},
        "rows": 1,
        "judged": results.working_results(review, with_own=False),
        "services": Service.objects.all(),
        "service": service,
        "kinds": list(Review.Kind.values),
        "email": "ny@example.org",
        "with_reason": True,
        "found": FinalScoreFactory.create(),
        "held": None,
        "remark": RemarkFactory.create(review=review),
        "choices": items_of(review),
        "note": NoteFactory.create(review=review, author=cast.evaluator, on_sheet=True),
        "interview": InterviewFactory.create(review=review),
        "scales": scales,
        "seated": [],
        "reminded": list(ReminderKind),
        "tables": figures.asked(scales),
        "given": [],
        "instances": {
            "rating": cast.seat().ratings.get(item=about),
            "agreedresult": review.results.get(item=about),
            "review": review,
            "context": ContextFactory.create(review=review),
            "user": cast.evaluator,
            "actionpoint": ActionPointFactory.create(service=service),
            "reviewstep": ReviewStepFactory.create(review=review),
            "templatestep": TemplateStep.objects.first(),
            "factcheckremark": None,
        },
    }


def _made(form: type[forms.BaseForm], makers: dict[str, Any], data: QueryDict) -> forms.BaseForm:
    wanted = _parameters(form)
    values = {name: makers[name] for name in wanted if name in makers}
    if form.__module__ == two_factor.__name__ and form is not two_factor.PasskeyLogInForm:
        # Whose it is stands in no signature of allauth's forms. Who logs in by a passkey alone is not known before.
        values["user"] = makers["user"]
    model = getattr(getattr(form, "_meta", None), "model", None)
    if model is not None and "instance" in wanted:
        values["instance"] = makers["instances"][model._meta.model_name]
    return form(data=data, **values)


@pytest.mark.parametrize("form", list(_forms()))
def test_no_form_lets_one_through(form: type[forms.BaseForm], makers: dict[str, Any]) -> None:
    _hold_that_none_gets_through(lambda data: _made(form, makers, data))


def _hold_that_none_gets_through(make: Callable[[QueryDict], forms.BaseForm]) -> int:
    """Type a number into each field of a form where one can type; return how many there are."""
    names = _typed(make(QueryDict("x=1")))
    for name in names:
        data = QueryDict(mutable=True)
        empty = make(QueryDict("x=1"))
        field = empty.fields[name]
        is_address = isinstance(field, forms.EmailField) or hasattr(field, "holds_contacts")
        data[empty.add_prefix(name)] = f"{NUMBER}@example.org" if is_address else NUMBER
        found = make(data).errors.as_data()
        assert name in found, name
        if isinstance(field.widget, forms.Textarea) and not is_address:
            assert [error.code for error in found[name]] == ["identity"], name
    return len(names)


def _typed(form: forms.BaseForm) -> list[str]:
    kinds = (forms.Textarea, forms.TextInput, forms.EmailInput, forms.NumberInput)
    return [name for name, field in form.fields.items() if isinstance(field.widget, kinds) and not field.disabled]


def test_the_walk_finds_what_it_walks(makers: dict[str, Any]) -> None:
    found = {each.__name__ for each in _forms()}
    assert {"RatingForm", "ResultForm", "NarrativeForm", "NoteForm", "PlanForm", "ReasonForm", "ProfileForm"} <= found


def test_no_form_of_the_admin_lets_one_through(client: Client) -> None:
    request = RequestFactory().get("/")
    request.user = UserFactory.create(is_staff=True, is_superuser=True)
    typed = 0
    for kept in admin.site._registry.values():
        if not kept.has_change_permission(request):
            continue
        made = [kept.get_form(request), *(set_.form for set_, _inline in _inlines(kept, request))]
        for form in made:
            typed += _hold_that_none_gets_through(lambda data, form=form: form(data=data))  # type: ignore[misc]  # bound as it is now
    assert typed >= 5


def _inlines(kept: Any, request: HttpRequest) -> Any:
    return kept.get_formsets_with_inlines(request)


def test_an_administrator_is_told(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    data = {"name": f"Nav {NUMBER}", "kind": Organisation.Kind.values[0], "county": county().pk}
    answer = client.post(reverse("admin:reviews_organisation_add"), data)
    assert answer.status_code == 200
    assert f"{NUMBER[:6]}•••••" in answer.content.decode()
    assert not Organisation.objects.filter(name__contains="Nav").exists()
