"""Every page there is, forms with errors and error pages among them, on a wide screen and on a narrow one.

No page has a violation that axe-core finds, is wider than a phone, or has an error in its console.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.contrib import admin
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from playwright.sync_api import Page, expect

from reviews import figures, letters, workflow
from reviews.models import AgreedResult, Invitation, TemplateStep, User
from reviews.models.fields import TEXT_LIMIT
from tests.browser import axe
from tests.browser.conftest import OpenPage
from tests.cast import cast_for
from tests.factories import (
    FIRST_DAY,
    CountFactory,
    GivenFigureFactory,
    InvitationFactory,
    PartnershipFactory,
    RemarkFactory,
    RespondentFactory,
    RoleFactory,
    TeamFactory,
    UserFactory,
    final_review,
    items_of,
    told_review,
)
from tests.second_factor import give_app

pytestmark = pytest.mark.browser

Act = Callable[[Page], object]


@dataclass(frozen=True)
class Visit:
    """A page: the name of its address, who opens it and what it is about; `act` is done there before it is looked at.

    `lands` is the name of the address one then is at, where it is another; `query` is what follows the address.
    """

    name: str
    who: str | None = "evaluator"
    about: dict[str, Any] = field(default_factory=dict)
    act: Act | None = None
    lands: str = ""
    status: int = 200
    query: str = ""


def _press(selector: str) -> Act:
    """Press a button and wait for the page it leads to."""

    def press(page: Page) -> None:
        with page.expect_navigation():
            page.click(selector)

    return press


_submit = _press("main form button[type=submit]:not([name]), main form button[name=action]")
_save = _press("[name=_save]")


def _no_name(page: Page) -> None:
    page.fill("[name=name]", "")
    _submit(page)


def _no_interval(page: Page) -> None:
    page.fill("[name=interval_months]", "")
    _submit(page)


def _no_lead(page: Page) -> None:
    page.select_option("[name=lead]", "")
    _submit(page)


def _too_long(name: str) -> Act:
    def fill(page: Page) -> None:
        # The browser would cut it off; one who pastes by other ways must be told.
        page.locator(f"[name={name}]").evaluate("each => each.removeAttribute('maxlength')")
        page.fill(f"[name={name}]", "å" * (TEXT_LIMIT + 1))
        if page.locator("main form[data-autosave]").count():
            page.locator(f"[name={name}][aria-invalid=true]").wait_for()
        else:
            _press("main .buttons button[type=submit]")(page)

    return fill


def _overtaken(page: Page) -> None:
    """Save what the other evaluator has changed in the meantime."""
    AgreedResult.objects.filter(review__status="consensus").update(score=1, comment="Skrevet av den andre.")
    page.fill("[name=comment]", "Skrevet her.")
    page.locator(".clash").wait_for()


def _no_step(page: Page) -> None:
    _open_details(page)
    _press("main details form button[type=submit]")(page)


def _submit_without_text(page: Page) -> None:
    page.fill("main [name=text]", "")
    _press("main form.form .buttons button")(page)


def _no_figure(page: Page) -> None:
    page.locator(".figure-rows input").first.fill("mange")
    page.locator(".figure-rows [aria-invalid=true]").wait_for()


def _more_in_work_than_there_are(page: Page) -> None:
    page.locator("[name=participants]").fill("3")
    page.locator("[name=in_work]").fill("4")
    page.locator("[name=in_work][aria-invalid=true]").wait_for()


def _open_details(page: Page) -> None:
    for summary in page.locator("main details > summary").all():
        summary.click()


def _new_note(page: Page) -> None:
    page.click("aside [data-notes] > summary")


def _no_date(page: Page) -> None:
    page.fill("main [name=date]", "")
    _submit(page)


def _two_notes(page: Page) -> None:
    """Write a note on the running sheet, and one that names no item; a third form waits below them."""
    for number, text in enumerate(("Ringte samme dag #T6.", "Vet ikke hvem som er henvist.")):
        page.locator("[data-notes] textarea").nth(number).fill(text)
    expect(page.locator("[data-notes] [data-once-saved]:visible")).to_have_count(2)


def _finalise_without_a_reason(page: Page) -> None:
    _open_details(page)
    _press("form[action$='/finalise/'] button")(page)


def _the_same_twice(page: Page) -> None:
    page.select_option("[name=first]", page.input_value("[name=second]"))
    _submit(page)


_ITEM = {"scale": "ips-25", "code": "O2"}
STRANGER = None

STATES: dict[str, list[Visit]] = {
    "planned": [
        Visit("reviews:tasks"),
        Visit("reviews:tasks", "method_supervisor"),
        Visit("reviews:tasks", "outsider"),
        Visit("reviews:tasks", "national_adviser", act=_open_details),
        Visit("reviews:profile"),
        Visit("reviews:profile", act=_no_name),
        Visit("reviews:service_list", "national_adviser"),
        Visit("reviews:service_list", "outsider"),
        Visit("reviews:calendar", "national_adviser", act=_open_details),
        Visit("reviews:calendar", "method_supervisor"),
        Visit("reviews:calendar", "outsider"),
        Visit("reviews:service_interval", "adviser"),
        Visit("reviews:service_interval", "adviser", act=_no_interval),
        Visit("reviews:service", "adviser"),
        Visit("reviews:plan", "adviser"),
        Visit("reviews:plan", "adviser", act=_submit),
        Visit("reviews:plan", "method_supervisor"),
        Visit("reviews:plan", "method_supervisor", act=_submit),
        Visit("reviews:change_plan"),
        Visit("reviews:change_plan", act=_no_lead),
        Visit("reviews:review"),
        Visit("reviews:review", "adviser", act=_open_details),
        Visit("reviews:review", "method_supervisor"),
        Visit("reviews:checklist"),
        Visit("reviews:checklist", "observer"),
        Visit("reviews:checklist", "adviser", act=_no_step),
        Visit("reviews:checklist_step", "method_supervisor"),
        Visit("reviews:checklist_step", act=_submit_without_text),
        Visit("reviews:checklist_template", "national_adviser"),
        Visit("reviews:checklist_template", "national_adviser", act=_no_step),
        Visit("reviews:template_step", "national_adviser"),
        Visit("reviews:figures"),
        Visit("reviews:figures", "method_supervisor"),
        Visit("reviews:figures", "method_supervisor", act=_no_figure),
        Visit("reviews:context", "method_supervisor"),
        Visit("reviews:context", "method_supervisor", act=_press("main button[name=start]")),
        Visit("reviews:context", "observer"),
        Visit("reviews:kit"),
        Visit("reviews:review_log"),
        Visit("reviews:plan", "outsider", status=403),
        Visit("reviews:review", "outsider", status=404),
    ],
    "scoring": [
        Visit("reviews:review"),
        Visit("reviews:review", "observer"),
        Visit("reviews:change_plan"),
        Visit("reviews:replace_seat", about={"number": 1}),
        Visit("reviews:replace_seat", about={"number": 2}, act=_submit),
        Visit("reviews:remove_seat", about={"number": 1}),
        Visit("reviews:remove_seat", about={"number": 2}, act=_submit),
        Visit("reviews:add_observer"),
        Visit("reviews:add_observer", act=_submit),
        Visit("reviews:score", about=_ITEM),
        Visit("reviews:score", about={"scale": "ips-25", "code": "B1"}),
        Visit("reviews:score", about={"scale": "goi-12", "code": "G12"}),
        Visit("reviews:score", about={"scale": "ips-25", "code": "T12"}, act=_open_details),
        Visit("reviews:figures"),
        Visit("reviews:score", about=_ITEM, act=_press("main button[name=finish]")),
        Visit("reviews:score", about=_ITEM, act=_too_long("comment")),
        Visit("reviews:score_all", act=_open_details),
        Visit("reviews:add_note", about=_ITEM),
        Visit("reviews:add_note", about=_ITEM, act=_submit, lands="reviews:note"),
        Visit("reviews:note"),
        Visit("reviews:score", about=_ITEM, act=_new_note),
        Visit("reviews:interviews"),
        Visit("reviews:interviews", act=_no_date),
        Visit("reviews:interview"),
        Visit("reviews:interview", "evaluator_two", act=_open_details),
        Visit("reviews:interview", act=_two_notes),
        Visit("reviews:narrative"),
        Visit("reviews:context", act=_more_in_work_than_there_are),
        Visit("reviews:coverage"),
    ],
    "consensus": [
        Visit("reviews:coverage", "observer"),
        Visit("reviews:add_observer"),
        Visit("reviews:review", act=_open_details),
        Visit("reviews:score", about=_ITEM),
        Visit("reviews:score_all"),
        Visit("reviews:agree_overview"),
        Visit("reviews:agree", about=_ITEM),
        Visit("reviews:agree", about=_ITEM, act=_too_long("recommendation")),
        Visit("reviews:agree", about=_ITEM, act=_press("main button[name=words]")),
        Visit("reviews:agree", about=_ITEM, act=_overtaken),
        Visit("reviews:correction", about=_ITEM),
        Visit("reviews:correction", about=_ITEM, act=_submit),
        Visit("reviews:beside"),
        Visit("reviews:narrative", act=_too_long("summary")),
        Visit("reviews:draft"),
        Visit("reviews:review", act=_finalise_without_a_reason, lands="reviews:step"),
    ],
    "fact_check": [
        Visit("reviews:review", act=_open_details),
        Visit("reviews:review", "respondent"),
        Visit("reviews:draft", "method_supervisor"),
        Visit("reviews:beside", "observer"),
        Visit("reviews:fact_check"),
        Visit("reviews:fact_check", "method_supervisor"),
        Visit("reviews:fact_check", "respondent"),
        Visit("reviews:remark_on_item", "method_supervisor", _ITEM),
        Visit("reviews:remark_on_item", "method_supervisor", _ITEM, act=_submit),
        Visit("reviews:remark_on_whole", "method_supervisor"),
        Visit("reviews:change_remark", "method_supervisor", act=_too_long("text")),
        Visit("reviews:decide"),
        Visit("reviews:decide", act=_press("main form.form button.ds-button")),
    ],
    "final": [
        Visit("reviews:tasks", "manager"),
        Visit("reviews:overview", "national_adviser", act=_open_details),
        Visit("reviews:overview_development", "national_adviser"),
        Visit("reviews:overview_development", "adviser", query="?county=&first=2026-01-01"),
        Visit("reviews:overview_obstacles", "adviser", query="?county="),
        Visit("reviews:overview_behind", "adviser", query="?about=result&scale=ips-25&year=2026"),
        Visit("reviews:overview_behind", "adviser", query="?about=change&scale=goi-12&year=2026"),
        Visit("reviews:overview_behind", "adviser", query="?about=outcome&year=2026"),
        Visit("reviews:overview_behind", "adviser", query="?about=obstacle&scale=ips-25"),
        Visit("reviews:overview_scores", "adviser"),
        Visit("reviews:overview_scores", "adviser", query="?county=&employer=provider"),
        Visit("reviews:overview_item", "adviser", _ITEM),
        Visit("reviews:overview_item", "national_adviser", _ITEM, query="?score=none"),
        Visit("reviews:service_others", "manager"),
        Visit("reviews:service", "manager"),
        Visit("reviews:service_development", "method_supervisor"),
        Visit("reviews:service_development", "last_years_evaluator"),
        Visit("reviews:service_compare", "manager", act=_open_details),
        Visit("reviews:service_compare", "last_years_evaluator"),
        Visit("reviews:service_compare", "manager", act=_the_same_twice),
        Visit("reviews:service", "method_supervisor", act=_open_details),
        Visit("reviews:review", act=_open_details),
        Visit("reviews:context"),
        Visit("reviews:agree_overview"),
        Visit("reviews:agree", about=_ITEM),
        Visit("reviews:correction", about=_ITEM),
        Visit("reviews:add_note", about=_ITEM),
        Visit("reviews:note"),
        Visit("reviews:interviews"),
        Visit("reviews:interview"),
        Visit("reviews:version", "manager", {"number": 1}),
    ],
    "cancelled": [Visit("reviews:review"), Visit("reviews:checklist")],
}

ACCOUNTS = [
    Visit("account_login", STRANGER),
    Visit("account_login", STRANGER, act=_submit),
    Visit("account_logout"),
    Visit("account_inactive", STRANGER),
    Visit("account_signup", STRANGER),
    Visit("account_reauthenticate"),
    Visit("account_email"),
    Visit("account_email_verification_sent", STRANGER),
    Visit("account_provider", STRANGER, status=404),
    Visit("mfa_index"),
    Visit("mfa_index", "with_app"),
    Visit("mfa_activate_totp"),
    Visit("mfa_activate_totp", act=_submit),
    Visit("mfa_deactivate_totp", "with_app"),
    Visit("mfa_view_recovery_codes", "with_app"),
    Visit("mfa_view_recovery_codes", "with_app", act=_submit),
    Visit("mfa_view_recovery_codes", "with_app"),
    Visit("mfa_generate_recovery_codes", "with_app"),
    Visit("mfa_add_webauthn"),
    Visit("mfa_reauthenticate", "with_app"),
    Visit("account_confirm_email", STRANGER, {"key": "gone"}),
    Visit("account_change_password"),
    Visit("account_change_password", act=_submit),
    Visit("account_set_password", "without_password"),
    Visit("account_set_password", "without_password", act=_submit),
    Visit("account_reset_password", STRANGER),
    Visit("account_reset_password", STRANGER, act=_submit),
    Visit("account_reset_password_done", STRANGER),
    Visit("account_reset_password_from_key", STRANGER, {"uidb36": "1", "key": "gone"}),
    Visit("account_reset_password_from_key_done", STRANGER),
]


def _of_the_plan(page: Page) -> None:
    page.fill("#id_text", "")
    page.fill("#id_deadline", "1999-01-01")
    page.click("main form[novalidate] button[type=submit]")


PLANS = [
    Visit("reviews:action_plan", "method_supervisor", query="?status=all"),
    Visit("reviews:action_plan", "manager", query="?status=dropped"),
    Visit("reviews:action", "method_supervisor"),
    Visit("reviews:action", "adviser"),
    Visit("reviews:action", "method_supervisor", act=_of_the_plan),
    Visit("reviews:new_action", "method_supervisor"),
    Visit("reviews:new_action", "method_supervisor", act=_of_the_plan),
]

NO_PAGES = {
    "account_confirm_login_code": "leads to the log-in: codes by e-mail are off",
    "account_provider_callback": "the way back from another site: see test_two_factor.py for its pages",
    "mfa_authenticate": "only within a log-in: see test_two_factor.py",
    "mfa_list_webauthn": "leads to log-in in two steps",
    "mfa_login_webauthn": "what a script asks for",
    "mfa_reauthenticate_webauthn": "only for who has a passkey: see test_two_factor.py",
    "mfa_remove_webauthn": "only for who has a passkey: see test_two_factor.py",
    "reviews:take_over": "POST only, leads back to the item or the figures",
    "reviews:leave_section": "POST only, leads back to the item",
    "reviews:source": "POST only, leads back to the item",
    "reviews:delete_note": "POST only, leads back to the item",
    "reviews:delete_interview": "POST only, leads to the interviews",
    "reviews:delete_remark": "POST only, leads back to the draft",
    "reviews:delete_correction": "POST only, leads back to the item",
    "reviews:begin_checklist": "POST only, leads to the checklist",
    "reviews:tick_step": "POST only, leads back to the checklist",
    "reviews:delete_step": "POST only, leads back to the checklist",
    "reviews:delete_template_step": "POST only, leads back to the template",
    "reviews:delete_sheet": "POST only, leads to the score sheets",
    "reviews:action_plan_pdf": "a download",
    "reviews:action_plan_xlsx": "a download",
    "reviews:draft_pdf": "a download",
    "reviews:version_pdf": "a download",
    "reviews:kit_guide": "a download",
    "reviews:review_log_csv": "a download",
    "reviews:kit_guides": "a download",
    "reviews:kit_score_forms": "a download",
    "reviews:kit_feedback": "a download",
    "reviews:export_review": "a download",
    "reviews:export_service": "a download",
    "reviews:overview_file": "a download",
    "reviews:overview_scores_file": "a download",
}


@pytest.mark.parametrize("state", STATES)
def test_pages_of_a_review(state: str, open_page: OpenPage) -> None:
    cast = cast_for(state)
    note, interview = cast.review.notes.get(), cast.review.interviews.get()
    if state == "planned":
        workflow.begin_checklist(cast.review, cast.adviser)
        # For what the last review had beside its score.
        spring = FIRST_DAY.replace(month=3)
        told_review({"posts": 4, "teams": 3, "employers": ["nav_state"]}, service=cast.service, first_day=spring)
    remark = None
    if state == "fact_check":
        asked = cast.review.respondents.get(user=cast.method_supervisor)
        remark = RemarkFactory.create(respondent=asked, on_item=True)
    people = cast.people()
    if state == "scoring":
        # For what is beside what was counted, what differs from it and what is judged.
        for item in items_of(cast.review):
            for column in figures.columns(item):
                number = 0 if item.code in ("T8", "T9", "T10") else 1
                GivenFigureFactory.create(review=cast.review, item=item, name=column.name, number=number, value=1)
        CountFactory.create(review=cast.review)

    def address(visit: Visit) -> str:
        known: dict[str, Any] = {"pk": cast.service.pk if visit.name == "reviews:service" else cast.review.pk}
        if visit.name.startswith("reviews:service_"):
            known["pk"] = cast.service.pk
        if visit.name == "reviews:checklist_step":
            known["step"] = cast.review.steps.values_list("pk", flat=True)[0]
        if visit.name == "reviews:note":
            known["note"] = note.pk
        if visit.name == "reviews:interview":
            known["interview"] = interview.pk
        if visit.name in ("reviews:change_remark", "reviews:decide") and remark is not None:
            known["number"] = remark.pk
        if visit.name in (
            "reviews:tasks",
            "reviews:calendar",
            "reviews:profile",
            "reviews:service_list",
            "reviews:plan",
        ):
            known = {}
        if visit.name == "reviews:checklist_template":
            known = {}
        if visit.name == "reviews:template_step":
            known = {"step": TemplateStep.objects.values_list("pk", flat=True)[0]}
        if visit.name.startswith("reviews:overview"):
            known = {}
        return reverse(visit.name, kwargs={**known, **visit.about}) + visit.query

    _look_at(STATES[state], people, address, open_page)


def test_pages_of_a_handlingsplan(open_page: OpenPage) -> None:
    cast = cast_for("planned")
    # A year later the same is recommended again: an older point stands beside each.
    final_review(service=cast.service, first_day=cast.review.first_day)
    point = cast.service.actions.filter(version__review=cast.last_year)[0]
    workflow.change_action(point, cast.method_supervisor, {"status": "under_way", "deadline": cast.last_year.last_day})

    def address(visit: Visit) -> str:
        known = {"pk": cast.service.pk} | ({"action": point.pk} if visit.name == "reviews:action" else {})
        return reverse(visit.name, kwargs=known) + visit.query

    _look_at(PLANS, cast.people(), address, open_page)


def test_pages_of_an_account(open_page: OpenPage) -> None:
    people = {"evaluator": UserFactory.create(), "without_password": UserFactory.create()}
    people["with_app"] = UserFactory.create()
    give_app(people["with_app"])
    people["without_password"].set_unusable_password()
    people["without_password"].save()
    forgetful = UserFactory.create()
    key = {"uidb36": user_pk_to_url_str(forgetful), "key": default_token_generator.make_token(forgetful)}
    new_password = Visit("account_reset_password_from_key", STRANGER, key)
    wrong_password = Visit("account_reset_password_from_key", STRANGER, key, act=_submit)
    visits = [*ACCOUNTS, new_password, wrong_password]
    _look_at(visits, people, lambda visit: reverse(visit.name, kwargs=visit.about), open_page)


def test_pages_of_an_invitation(open_page: OpenPage) -> None:
    def to(found: Invitation) -> dict[str, str]:
        return {"token": letters.link(found).rstrip("/").rpartition("/")[2]}

    held, known, used = InvitationFactory.create_batch(3)
    draft = RespondentFactory.create(user=None)
    asked = InvitationFactory.create(seat=None, respondent=draft, review=draft.review)
    people = {"somebody": UserFactory.create(), "invited": UserFactory.create(email=known.email)}
    workflow.accept(used, people["somebody"])
    visits = [
        Visit("reviews:invitation", STRANGER, to(held)),
        Visit("reviews:invitation", STRANGER, to(held), act=_submit),
        Visit("reviews:invitation", STRANGER, to(asked)),
        Visit("reviews:invitation", STRANGER, to(known)),
        Visit("reviews:invitation", "invited", to(known)),
        Visit("reviews:invitation", "somebody", to(known), status=403),
        Visit("reviews:invitation", STRANGER, to(used), status=410),
        Visit("reviews:invitation", STRANGER, {"token": "none"}, status=404),
    ]
    _look_at(visits, people, lambda visit: reverse(visit.name, kwargs=visit.about), open_page)


def test_pages_of_a_score_sheet(open_page: OpenPage) -> None:
    adviser = UserFactory.create()
    RoleFactory.create(user=adviser, whole_country=True)
    head = "service,county,review_date,kind,item,evaluator_1,evaluator_2,consensus,comment,recommendation\n"
    row = "IPS Nord,Nordland,2019-05-06,external,B1,{},4,,,\n"

    def send(text: str) -> Act:
        def act(page: Page) -> None:
            page.set_input_files("[name=file]", {"name": "skår.csv", "mimeType": "text/csv", "buffer": text.encode()})
            page.check("[name=create_services]")
            page.click("main form button[type=submit]")
            page.wait_for_url("**/check/")

        return act

    def import_it(page: Page) -> None:
        send(head + row.format(4))(page)
        _press("form[action$='/confirm/'] button")(page)

    def come_back(page: Page) -> None:
        send(head + row.format(6))(page)
        page.goto(page.url.removesuffix("check/"))

    visits = [
        Visit("reviews:import_sheets", "adviser", act=_open_details),
        Visit("reviews:import_sheets", "adviser", act=_submit),
        Visit("reviews:import_sheets", "adviser", act=send(head + row.format(6)), lands="reviews:check_sheet"),
        Visit("reviews:import_sheets", "adviser", act=send(head + row.format(4) + '"'), lands="reviews:check_sheet"),
        Visit("reviews:import_sheets", "adviser", act=send(head + row.format(4)), lands="reviews:check_sheet"),
        Visit("reviews:import_sheets", "adviser", act=come_back, lands="reviews:import_sheet"),
        Visit("reviews:import_sheets", "adviser", act=import_it, lands="reviews:confirm_sheet"),
        Visit("reviews:import_sheets", "adviser"),
    ]
    _look_at(visits, {"adviser": adviser}, lambda visit: reverse(visit.name), open_page)


def test_pages_of_the_admin(open_page: OpenPage) -> None:
    cast = cast_for("planned")
    PartnershipFactory.create(service=cast.service)
    TeamFactory.create(service=cast.service)
    request = RequestFactory().get("/")
    request.user = cast.administrator
    visits = [Visit("admin:index", "administrator"), Visit("admin:password_change", "administrator")]
    for model, registered in admin.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        about = {"object_id": model._default_manager.values_list("pk", flat=True).first()}
        visits += [Visit(f"{name}_changelist", "administrator"), Visit(f"{name}_change", "administrator", about)]
        if registered.has_add_permission(request):
            visits += [Visit(f"{name}_add", "administrator"), Visit(f"{name}_add", "administrator", act=_save)]
    about = {"object_id": cast.other_service.pk}
    visits.append(Visit("admin:reviews_user_two_factor", "administrator", {"object_id": cast.evaluator.pk}))
    visits += [Visit(f"admin:reviews_service_{page}", "administrator", about) for page in ("history", "delete")]
    _look_at(visits, cast.people(), lambda visit: reverse(visit.name, kwargs=visit.about), open_page)


@pytest.mark.parametrize("template", ["400.html", "403.html", "403_csrf.html", "404.html", "429.html", "500.html"])
def test_error_pages(template: str, open_page: OpenPage) -> None:
    # Most of them cannot be brought about at will: what the server would answer is put in its place.
    page = open_page()
    page.route("**/broken/", lambda route: route.fulfill(body=render_to_string(template), content_type="text/html"))
    page.goto("/broken/")
    assert not axe.faults(page)


def test_every_page_is_visited() -> None:
    visited = {visit.name for visits in [*STATES.values(), ACCOUNTS, PLANS] for visit in visits}
    visited |= {visit.lands for visits in STATES.values() for visit in visits if visit.lands}
    # By tests of their own.
    visited |= {
        f"reviews:{name}" for name in ("invitation", "import_sheets", "import_sheet", "check_sheet", "confirm_sheet")
    }
    # The admin's are taken from what is registered there.
    names = {name for name in _names(get_resolver()) if not name.startswith("admin:")}
    assert not names - visited - NO_PAGES.keys(), "pages that nobody looks at"
    assert not (visited | NO_PAGES.keys()) - names, "names of no address"
    assert not visited & NO_PAGES.keys()


def _names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            yield from _names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


def _look_at(
    visits: list[Visit], people: dict[str, User], address: Callable[[Visit], str], open_page: OpenPage
) -> None:
    """Open each page as the person it names, and tell of everything that is wrong with any of them."""
    pages: dict[str | None, Page] = {}
    found = []
    for visit in visits:
        if visit.who not in pages:
            pages[visit.who] = open_page(people[visit.who] if visit.who else None)
        page = pages[visit.who]
        response = page.goto(address(visit))
        assert response is not None
        assert response.status == visit.status, visit
        if visit.act is not None:
            visit.act(page)
        path = urlsplit(page.url).path
        if visit.status == 200:
            assert resolve(path).view_name == (visit.lands or visit.name), visit
        found += [f"{visit.name} as {visit.who} ({path}) {fault}" for fault in axe.faults(page)]
    assert not found, "\n".join(found)
