"""The addresses of the work. A review and a service are named by their id: no address tells a name."""

from django.urls import path

from reviews.views import (
    beside,
    checking,
    corrections,
    invitations,
    notes,
    planning,
    profile,
    reports,
    review,
    scoring,
    seats,
    services,
    tasks,
    writing,
)

app_name = "reviews"

urlpatterns = [
    path("", tasks.tasks, name="tasks"),
    path("profile/", profile.profile, name="profile"),
    path("invitations/<str:token>/", invitations.invitation, name="invitation"),
    path("services/", services.service_list, name="service_list"),
    path("services/<uuid:pk>/", services.service_detail, name="service"),
    path("services/<uuid:pk>/export.<slug:extension>", reports.export_service, name="export_service"),
    path("reviews/new/", planning.plan, name="plan"),
    path("reviews/<uuid:pk>/", review.review, name="review"),
    path("reviews/<uuid:pk>/plan/", planning.change_plan, name="change_plan"),
    path("reviews/<uuid:pk>/seats/<int:number>/replace/", seats.replace, name="replace_seat"),
    path("reviews/<uuid:pk>/seats/<int:number>/remove/", seats.remove, name="remove_seat"),
    path("reviews/<uuid:pk>/seats/observer/", seats.observer, name="add_observer"),
    path("reviews/<uuid:pk>/step/<slug:name>/", review.step, name="step"),
    path("reviews/<uuid:pk>/score/<slug:scale>/<slug:code>/", scoring.score, name="score"),
    path("reviews/<uuid:pk>/score/<slug:scale>/<slug:code>/section/", scoring.leave_section, name="leave_section"),
    path("reviews/<uuid:pk>/score/<slug:scale>/<slug:code>/note/", notes.add_note, name="add_note"),
    path("reviews/<uuid:pk>/notes/<uuid:note>/", notes.change_note, name="change_note"),
    path("reviews/<uuid:pk>/notes/<uuid:note>/delete/", notes.delete_note, name="delete_note"),
    path("reviews/<uuid:pk>/agree/", writing.agree_overview, name="agree_overview"),
    path("reviews/<uuid:pk>/agree/<slug:scale>/<slug:code>/", writing.agree, name="agree"),
    path("reviews/<uuid:pk>/agree/<slug:scale>/<slug:code>/correction/", corrections.correction, name="correction"),
    path(
        "reviews/<uuid:pk>/agree/<slug:scale>/<slug:code>/correction/delete/",
        corrections.delete_correction,
        name="delete_correction",
    ),
    path("reviews/<uuid:pk>/beside/", beside.beside, name="beside"),
    path("reviews/<uuid:pk>/texts/", writing.narrative, name="narrative"),
    path("reviews/<uuid:pk>/fact-check/", checking.fact_check, name="fact_check"),
    path("reviews/<uuid:pk>/fact-check/whole/", checking.remark_on_whole, name="remark_on_whole"),
    path("reviews/<uuid:pk>/fact-check/<slug:scale>/<slug:code>/", checking.remark_on_item, name="remark_on_item"),
    path("reviews/<uuid:pk>/remarks/<int:number>/", checking.change_remark, name="change_remark"),
    path("reviews/<uuid:pk>/remarks/<int:number>/delete/", checking.delete_remark, name="delete_remark"),
    path("reviews/<uuid:pk>/remarks/<int:number>/decide/", checking.decide, name="decide"),
    path("reviews/<uuid:pk>/report/", reports.draft, name="draft"),
    path("reviews/<uuid:pk>/report.pdf", reports.draft_pdf, name="draft_pdf"),
    path("reviews/<uuid:pk>/versions/<int:number>/", reports.version, name="version"),
    path("reviews/<uuid:pk>/versions/<int:number>.pdf", reports.version_pdf, name="version_pdf"),
    path("reviews/<uuid:pk>/export.<slug:extension>", reports.export_review, name="export_review"),
]
