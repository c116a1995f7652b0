"""Who reaches which address: one table for everybody, state by state; and what no address may ever do."""

import io
import json
import re
import uuid
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from reviews import letters, workflow
from reviews.models import Invitation, Rating, Review, TemplateStep
from reviews.report import pdf as report_pdf
from reviews.views.review import STEPS
from scales.models import Item
from tests.cast import PDF, Cast, cast_for
from tests.factories import FIRST_DAY, InformantFactory, NoteFactory, ReviewStepFactory, UploadFactory, at, items_of
from tests.reviews.browsing import lasting
from tests.reviews.front_door import contents

PEOPLE = {
    "lead": "evaluator",
    "sec": "evaluator_two",
    "obs": "observer",
    "rem": "removed_evaluator",
    "old": "last_years_evaluator",
    "mv": "method_supervisor",
    "mv-o": "other_method_supervisor",
    "mv-x": "ended_method_supervisor",
    "led": "manager",
    "led-x": "ended_manager",
    "adv": "adviser",
    "adv-o": "other_adviser",
    "nat": "national_adviser",
    "resp": "respondent",
    "adm": "administrator",
    "out": "outsider",
    "anon": None,
}
"""The columns of the table: who it is in the cast."""

# 200: the page, also where a step is refused or a form is wrong. 302: done, and for anon: to the log-in. 403: sees the
# review and may not do this. 404: the review or the service does not exist for this person.
# The states: unshared and shared are a final self-review, self is one being scored, check is fact_check, remarked is
# that with a remark of the metodeveileder's, and back is one taken back from there.
TABLE = """
                                  lead sec  obs  rem  old  mv   mv-o mv-x led  led-x adv  adv-o nat  resp adm  out  anon
GET  tasks               planned  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  302
GET  service_list        planned  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  302
GET  calendar            planned  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  302
GET  overview            planned  403  403  403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  overview_development planned  403  403  403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  overview_obstacles  planned  403  403  403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  overview_behind     planned  403  403  403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  overview_file/csv   planned  403  403  403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  overview_file/xlsx  planned  403  403  403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  overview_scores     planned  403  403  403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  overview_item       planned  403  403  403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  overview_scores_file/csv planned 403 403 403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  overview_scores_file/xlsx planned 403 403 403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  service_others      planned  200  200  200  404  200  200  404  404  200  404  200  404  200  404  404  404  302
GET  service_others      unshared 200  404  200  404  200  200  404  404  200  404  200  404  200  200  404  404  302
GET  plan                planned  403  403  403  403  403  200  200  403  403  403  200  403  200  403  403  403  302
GET  profile             planned  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  200  302
POST plan                planned  403  403  403  403  403  200  200  403  403  403  200  403  200  403  403  403  302
POST profile             planned  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302  302
GET  invitation          planned  410  410  410  410  410  410  410  410  410  410  410  410  410  410  410  410  410
POST invitation          planned  410  410  410  410  410  410  410  410  410  410  410  410  410  410  410  410  410
GET  import_sheets       planned  403  403  403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
POST import_sheets       planned  403  403  403  403  403  403  403  403  403  403  200  200  200  403  403  403  302
GET  import_sheet        planned  403  403  403  403  403  403  403  403  403  403  200  404  404  403  403  403  302
GET  check_sheet         planned  403  403  403  403  403  403  403  403  403  403  302  404  404  403  403  403  302
GET  confirm_sheet       planned  403  403  403  403  403  403  403  403  403  403  302  404  404  403  403  403  302
POST check_sheet         planned  403  403  403  403  403  403  403  403  403  403  200  404  404  403  403  403  302
POST confirm_sheet       planned  403  403  403  403  403  403  403  403  403  403  200  404  404  403  403  403  302
POST delete_sheet        planned  403  403  403  403  403  403  403  403  403  403  302  404  404  403  403  403  302
GET  service             planned  200  200  200  404  200  200  404  404  200  404  200  404  200  404  404  404  302
GET  service             unshared 200  404  200  404  200  200  404  404  200  404  200  404  200  200  404  404  302
GET  service_interval    planned  403  403  403  404  403  403  404  404  403  404  200  404  200  404  404  404  302
POST service_interval    planned  403  403  403  404  403  403  404  404  403  404  302  404  302  404  404  404  302
GET  service_development planned  200  200  200  404  200  200  404  404  200  404  200  404  200  404  404  404  302
GET  service_development unshared 200  404  200  404  200  200  404  404  200  404  200  404  200  200  404  404  302
GET  service_compare     planned  200  200  200  404  200  200  404  404  200  404  200  404  200  404  404  404  302
GET  service_compare     unshared 200  404  200  404  200  200  404  404  200  404  200  404  200  200  404  404  302
GET  action_plan         planned  200  200  200  404  403  200  404  404  200  404  200  404  200  404  404  404  302
GET  action_plan         final    403  403  403  404  403  200  404  404  200  404  200  404  200  403  404  404  302
GET  action_plan         reissue  200  200  200  404  403  200  404  404  200  404  200  404  200  403  404  404  302
GET  action_plan         unshared 403  404  403  404  403  200  404  404  200  404  200  404  200  403  404  404  302
GET  new_action          planned  403  403  403  404  403  200  404  404  403  404  403  404  403  404  404  404  302
POST new_action          planned  403  403  403  404  403  302  404  404  403  404  403  404  403  404  404  404  302
GET  action              planned  200  200  200  404  403  200  404  404  200  404  200  404  200  404  404  404  302
GET  action              final    403  403  403  404  403  200  404  404  200  404  200  404  200  403  404  404  302
GET  action/newest       unshared 403  404  403  404  403  200  404  404  200  404  404  404  404  403  404  404  302
GET  action/newest       shared   403  404  403  404  403  200  404  404  200  404  200  404  200  403  404  404  302
POST action              planned  403  403  403  404  403  302  404  404  403  404  403  404  403  404  404  404  302
POST action              final    403  403  403  404  403  302  404  404  403  404  403  404  403  403  404  404  302
POST action/newest       unshared 403  404  403  404  403  302  404  404  403  404  403  404  403  403  404  404  302
GET  action_plan_pdf     planned  200  200  200  404  403  200  404  404  200  404  200  404  200  404  404  404  302
GET  action_plan_pdf     unshared 403  404  403  404  403  200  404  404  200  404  200  404  200  403  404  404  302
GET  action_plan_xlsx    planned  200  200  200  404  403  200  404  404  200  404  200  404  200  404  404  404  302
GET  action_plan_xlsx    unshared 403  404  403  404  403  200  404  404  200  404  200  404  200  403  404  404  302
GET  export_service/csv  planned  302  302  302  404  200  200  404  404  200  404  200  404  200  404  404  404  302
GET  export_service/csv  unshared 200  404  200  404  200  200  404  404  200  404  200  404  200  200  404  404  302
GET  export_service/json planned  302  302  302  404  200  200  404  404  200  404  200  404  200  404  404  404  302
GET  export_service/xlsx planned  302  302  302  404  200  200  404  404  200  404  200  404  200  404  404  404  302
GET  export_service/json unshared 200  404  200  404  200  200  404  404  200  404  200  404  200  200  404  404  302
GET  export_service/xlsx unshared 200  404  200  404  200  200  404  404  200  404  200  404  200  200  404  404  302
GET  review              scoring  200  200  200  404  404  200  404  404  404  404  200  404  200  404  404  404  302
GET  review              check    200  200  200  404  404  200  404  404  404  404  200  404  200  200  404  404  302
GET  review              back     200  200  200  404  404  200  404  404  404  404  200  404  200  404  404  404  302
GET  review              final    200  200  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  review              reissue  200  200  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  review              self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  review              unshared 200  404  200  404  404  200  404  404  200  404  404  404  404  200  404  404  302
GET  review              shared   200  404  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  review              cancelled 200  200  200  404  404  200  404  404  404  404  200  404  200  404  404  404  302
GET  change_plan         planned  200  403  403  404  404  200  404  404  404  404  200  404  200  404  404  404  302
GET  change_plan         scoring  200  403  403  404  404  200  404  404  404  404  200  404  200  404  404  404  302
GET  change_plan         self     200  404  403  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  change_plan         final    200  403  403  404  404  200  404  404  403  404  200  404  200  403  404  404  302
POST change_plan         planned  200  403  403  404  404  200  404  404  404  404  200  404  200  404  404  404  302
POST change_plan         scoring  200  403  403  404  404  200  404  404  404  404  200  404  200  404  404  404  302
POST change_plan         self     200  404  403  404  404  200  404  404  404  404  404  404  404  404  404  404  302
POST change_plan         final    200  403  403  404  404  200  404  404  403  404  200  404  200  403  404  404  302
GET  replace_seat        planned  200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  replace_seat        scoring  200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  replace_seat        consensus 200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  replace_seat        final    200  403  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
GET  replace_seat        self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
POST replace_seat        planned  302  403  403  404  404  403  404  404  404  404  302  404  302  404  404  404  302
POST replace_seat        scoring  302  403  403  404  404  403  404  404  404  404  302  404  302  404  404  404  302
POST replace_seat        consensus 200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
POST replace_seat        final    200  403  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
POST replace_seat        self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  remove_seat         planned  200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  remove_seat         scoring  200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  remove_seat         consensus 200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  remove_seat         final    200  403  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
GET  remove_seat         self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
POST remove_seat         planned  302  403  403  404  404  403  404  404  404  404  302  404  302  404  404  404  302
POST remove_seat         scoring  302  403  403  404  404  403  404  404  404  404  302  404  302  404  404  404  302
POST remove_seat         consensus 200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
POST remove_seat         final    200  403  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
POST remove_seat         self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  add_observer        planned  200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  add_observer        scoring  200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  add_observer        consensus 200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  add_observer        final    200  403  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
GET  add_observer        self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
POST add_observer        planned  302  403  403  404  404  403  404  404  404  404  302  404  302  404  404  404  302
POST add_observer        scoring  302  403  403  404  404  403  404  404  404  404  302  404  302  404  404  404  302
POST add_observer        consensus 200  403  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
POST add_observer        final    200  403  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
POST add_observer        self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  coverage            planned  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  coverage            scoring  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  coverage            consensus 200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  coverage            final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  coverage            self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  coverage            unshared 200  404  200  404  404  200  404  404  403  404  404  404  404  403  404  404  302
POST source              planned  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST source              scoring  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST source              consensus 302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST source              final    302  302  302  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST source              self     302  404  302  404  404  302  404  404  404  404  404  404  404  404  404  404  302
GET  score               planned  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  score               scoring  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  score               consensus 200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  score               final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  score               self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  score_all           planned  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  score_all           scoring  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  score_all           consensus 200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  score_all           final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  score_all           self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
POST score               planned  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST score               scoring  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST score               consensus 200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST score               final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST score               self     302  404  302  404  404  302  404  404  404  404  404  404  404  404  404  404  302
POST leave_section       planned  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST leave_section       scoring  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST leave_section       self     302  404  302  404  404  302  404  404  404  404  404  404  404  404  404  404  302
GET  checklist           planned  200  200  200  404  404  200  404  404  404  404  200  404  200  404  404  404  302
GET  checklist           check    200  200  200  404  404  200  404  404  404  404  200  404  200  403  404  404  302
GET  checklist           final    200  200  200  404  404  200  404  404  403  404  200  404  200  403  404  404  302
GET  checklist           cancelled 200  200  200  404  404  200  404  404  404  404  200  404  200  404  404  404  302
GET  checklist           self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  checklist           shared   403  404  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST checklist           planned  302  403  403  404  404  302  404  404  404  404  302  404  302  404  404  404  302
POST checklist           final    302  403  403  404  404  302  404  404  403  404  302  404  302  403  404  404  302
POST checklist           cancelled 200  403  403  404  404  200  404  404  404  404  200  404  200  404  404  404  302
POST checklist           self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
POST begin_checklist     planned  302  403  403  404  404  302  404  404  404  404  302  404  302  404  404  404  302
POST begin_checklist     final    302  403  403  404  404  302  404  404  403  404  302  404  302  403  404  404  302
POST begin_checklist     self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  checklist_step      planned  200  403  403  404  404  200  404  404  404  404  200  404  200  404  404  404  302
GET  checklist_step      final    200  403  403  404  404  200  404  404  403  404  200  404  200  403  404  404  302
GET  checklist_step      self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
POST checklist_step      planned  302  403  403  404  404  302  404  404  404  404  302  404  302  404  404  404  302
POST checklist_step      final    302  403  403  404  404  302  404  404  403  404  302  404  302  403  404  404  302
POST tick_step           planned  302  403  403  404  404  302  404  404  404  404  302  404  302  404  404  404  302
POST tick_step           final    302  403  403  404  404  302  404  404  403  404  302  404  302  403  404  404  302
POST tick_step           self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
POST delete_step         planned  302  403  403  404  404  302  404  404  404  404  302  404  302  404  404  404  302
POST delete_step         final    302  403  403  404  404  302  404  404  403  404  302  404  302  403  404  404  302
GET  checklist_template  planned  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403  302
POST checklist_template  planned  403  403  403  403  403  403  403  403  403  403  403  403  302  403  403  403  302
GET  template_step       planned  403  403  403  403  403  403  403  403  403  403  403  403  200  403  403  403  302
POST template_step       planned  403  403  403  403  403  403  403  403  403  403  403  403  302  403  403  403  302
POST delete_template_step planned 403  403  403  403  403  403  403  403  403  403  403  403  302  403  403  403  302
GET  figures             planned  200  200  200  404  404  200  404  404  404  404  403  404  403  404  404  404  302
GET  figures             scoring  200  200  200  404  404  200  404  404  404  404  403  404  403  404  404  404  302
GET  figures             check    200  200  200  404  404  200  404  404  404  404  403  404  403  403  404  404  302
GET  figures             final    200  200  200  404  404  200  404  404  403  404  403  404  403  403  404  404  302
GET  figures             cancelled 200  200  200  404  404  200  404  404  404  404  403  404  403  404  404  404  302
GET  figures             self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  figures             unshared 200  404  200  404  404  200  404  404  403  404  404  404  404  403  404  404  302
POST figures             planned  403  403  403  404  404  302  404  404  404  404  403  404  403  404  404  404  302
POST figures             scoring  403  403  403  404  404  302  404  404  404  404  403  404  403  404  404  404  302
POST figures             check    403  403  403  404  404  200  404  404  404  404  403  404  403  403  404  404  302
POST figures             final    403  403  403  404  404  200  404  404  403  404  403  404  403  403  404  404  302
POST figures             self     403  404  403  404  404  302  404  404  404  404  404  404  404  404  404  404  302
GET  context             planned  200  200  200  404  404  200  404  404  404  404  403  404  403  404  404  404  302
GET  context             check    200  200  200  404  404  200  404  404  404  404  403  404  403  403  404  404  302
GET  context             final    200  200  200  404  404  200  404  404  403  404  403  404  403  403  404  404  302
GET  context             cancelled 200  200  200  404  404  200  404  404  404  404  403  404  403  404  404  404  302
GET  context             self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  context             unshared 200  404  200  404  404  200  404  404  403  404  404  404  404  403  404  404  302
POST context             planned  302  302  403  404  404  302  404  404  404  404  403  404  403  404  404  404  302
POST context             check    302  302  403  404  404  302  404  404  404  404  403  404  403  403  404  404  302
POST context             final    200  200  403  404  404  200  404  404  403  404  403  404  403  403  404  404  302
POST context             reissue  302  302  403  404  404  302  404  404  403  404  403  404  403  403  404  404  302
POST context             cancelled 200  200  403  404  404  200  404  404  404  404  403  404  403  404  404  404  302
POST context             self     302  404  403  404  404  302  404  404  404  404  404  404  404  404  404  404  302
POST context             unshared 200  404  403  404  404  200  404  404  403  404  404  404  404  403  404  404  302
POST take_over           planned  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST take_over           scoring  302  302  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST take_over           consensus 403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST take_over           final    403  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST take_over           self     302  404  403  404  404  302  404  404  404  404  404  404  404  404  404  404  302
GET  add_note            scoring  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  add_note            final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  note                scoring  200  404  404  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  note                final    200  404  404  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  note/new            scoring  404  404  404  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST note                scoring  302  404  404  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST note                final    200  404  404  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST note/new            planned  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST note/new            scoring  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST note/new            final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST note/new            self     302  404  302  404  404  302  404  404  404  404  404  404  404  404  404  404  302
POST delete_note         scoring  302  404  404  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST delete_note         final    302  404  404  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  interviews          planned  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  interviews          scoring  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  interviews          final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  interviews          self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
POST interviews          planned  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST interviews          scoring  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST interviews          final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST interviews          self     302  404  302  404  404  302  404  404  404  404  404  404  404  404  404  404  302
GET  interview           scoring  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  interview           final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  interview           self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
POST interview           scoring  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST interview           final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST interview           self     302  404  302  404  404  302  404  404  404  404  404  404  404  404  404  404  302
POST delete_interview    scoring  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST delete_interview    final    302  302  302  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST delete_interview    self     302  404  302  404  404  302  404  404  404  404  404  404  404  404  404  404  302
GET  review_log          planned  200  200  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  review_log          scoring  200  200  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  review_log          check    200  200  403  404  404  403  404  404  404  404  200  404  200  403  404  404  302
GET  review_log          final    200  200  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
GET  review_log          cancelled 200  200  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  review_log          self     200  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  review_log          unshared 200  404  403  404  404  403  404  404  403  404  404  404  404  403  404  404  302
GET  review_log          shared   200  404  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
GET  review_log_csv      planned  200  200  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  review_log_csv      scoring  200  200  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  review_log_csv      check    200  200  403  404  404  403  404  404  404  404  200  404  200  403  404  404  302
GET  review_log_csv      final    200  200  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
GET  review_log_csv      cancelled 200  200  403  404  404  403  404  404  404  404  200  404  200  404  404  404  302
GET  review_log_csv      self     200  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  review_log_csv      unshared 200  404  403  404  404  403  404  404  403  404  404  404  404  403  404  404  302
GET  review_log_csv      shared   200  404  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
GET  kit                 planned  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  kit                 scoring  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  kit                 check    403  403  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
GET  kit                 final    403  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  kit                 cancelled 403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  kit                 self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  kit_guide           planned  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  kit_guide           final    403  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  kit_guide           self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  kit_guides          planned  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  kit_guides          final    403  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  kit_guides          self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  kit_score_forms     planned  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  kit_score_forms     scoring  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  kit_score_forms     final    403  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  kit_score_forms     self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  kit_feedback        planned  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  kit_feedback        scoring  200  200  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  kit_feedback        final    403  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  kit_feedback        self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  agree_overview      scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  agree_overview      consensus 200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  agree_overview      check    200  200  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
GET  agree_overview      final    200  200  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  agree_overview      self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  agree_overview      unshared 200  404  403  404  404  200  404  404  403  404  404  404  404  403  404  404  302
GET  correction          scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  correction          consensus 200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  correction          check    200  200  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
GET  correction          final    200  200  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  correction          self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  correction          unshared 403  404  403  404  404  403  404  404  403  404  404  404  404  403  404  404  302
POST correction          scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST correction          consensus 302  302  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST correction          final    200  200  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST correction          reissue  302  302  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST correction          unshared 403  404  403  404  404  403  404  404  403  404  404  404  404  403  404  404  302
POST delete_correction   scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST delete_correction   consensus 302  302  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST delete_correction   final    302  302  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST delete_correction   reissue  302  302  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST delete_correction   unshared 403  404  403  404  404  403  404  404  403  404  404  404  404  403  404  404  302
GET  beside              scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  beside              consensus 200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  beside              check    200  200  200  404  404  403  404  404  404  404  403  404  403  403  404  404  302
GET  beside              back     200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  beside              final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  beside              reissue  200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  beside              self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  beside              unshared 403  404  403  404  404  403  404  404  403  404  404  404  404  403  404  404  302
GET  agree               scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  agree               consensus 200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  agree               final    200  200  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  agree               self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  agree               unshared 200  404  403  404  404  200  404  404  403  404  404  404  404  403  404  404  302
GET  narrative           scoring  200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  narrative           final    200  200  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  narrative           self     200  404  403  404  404  200  404  404  404  404  404  404  404  404  404  404  302
POST agree               scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST agree               consensus 302  302  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST agree               final    200  200  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST agree               reissue  302  302  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST agree               unshared 200  404  403  404  404  200  404  404  403  404  404  404  404  403  404  404  302
POST narrative           scoring  302  302  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST narrative           final    200  200  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST narrative           self     302  404  403  404  404  302  404  404  404  404  404  404  404  404  404  404  302
GET  fact_check          check    200  200  403  404  404  200  404  404  404  404  403  404  403  200  404  404  302
GET  fact_check          remarked 200  200  403  404  404  200  404  404  404  404  403  404  403  200  404  404  302
GET  fact_check          consensus 403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  fact_check          back     403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  fact_check          final    403  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  fact_check          self     403  404  403  404  404  403  404  404  404  404  404  404  404  404  404  404  302
GET  remark_on_item      remarked 403  403  403  404  404  200  404  404  404  404  403  404  403  200  404  404  302
GET  remark_on_item      consensus 403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  remark_on_item      back     403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  remark_on_item      final    403  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST remark_on_item      remarked 403  403  403  404  404  302  404  404  404  404  403  404  403  302  404  404  302
POST remark_on_item      consensus 403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST remark_on_item      back     403  403  403  404  404  200  404  404  404  404  403  404  403  404  404  404  302
POST remark_on_item      final    403  403  403  404  404  200  404  404  403  404  403  404  403  200  404  404  302
GET  remark_on_whole     remarked 403  403  403  404  404  200  404  404  404  404  403  404  403  200  404  404  302
GET  remark_on_whole     final    403  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST remark_on_whole     remarked 403  403  403  404  404  302  404  404  404  404  403  404  403  302  404  404  302
POST remark_on_whole     final    403  403  403  404  404  200  404  404  403  404  403  404  403  200  404  404  302
GET  change_remark       remarked 403  403  403  404  404  200  404  404  404  404  403  404  403  404  404  404  302
POST change_remark       remarked 403  403  403  404  404  302  404  404  404  404  403  404  403  404  404  404  302
POST delete_remark       remarked 403  403  403  404  404  302  404  404  404  404  403  404  403  404  404  404  302
GET  decide              remarked 200  200  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
POST decide              remarked 302  302  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
GET  draft               scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  draft               consensus 200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  draft               check    200  200  200  404  404  200  404  404  404  404  200  404  200  200  404  404  302
GET  draft               back      200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  draft               final    200  200  200  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  draft               reissue  200  200  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
GET  draft               self     200  404  403  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  draft               shared   200  404  200  404  404  200  404  404  403  404  403  404  403  403  404  404  302
GET  draft_pdf           scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  draft_pdf           consensus 200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  draft_pdf           check    200  200  200  404  404  200  404  404  404  404  200  404  200  200  404  404  302
GET  draft_pdf           self     200  404  403  404  404  200  404  404  404  404  404  404  404  404  404  404  302
GET  version             check    403  403  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
GET  version             final    200  200  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  version             reissue  200  200  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  version             unshared 200  404  200  404  404  200  404  404  200  404  404  404  404  200  404  404  302
GET  version             shared   200  404  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  version_pdf         check    403  403  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
GET  version_pdf         final    200  200  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  version_pdf         unshared 200  404  200  404  404  200  404  404  200  404  404  404  404  200  404  404  302
GET  version_pdf         shared   200  404  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  export_review/csv   scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  export_review/csv   consensus 200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  export_review/csv   check    200  200  200  404  404  200  404  404  404  404  200  404  200  200  404  404  302
GET  export_review/csv   final    200  200  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  export_review/csv   unshared 200  404  200  404  404  200  404  404  200  404  404  404  404  200  404  404  302
GET  export_review/csv   shared   200  404  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  export_review/json  scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  export_review/json  final    200  200  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  export_review/json  unshared 200  404  200  404  404  200  404  404  200  404  404  404  404  200  404  404  302
GET  export_review/xlsx  scoring  403  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  export_review/xlsx  consensus 200  200  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
GET  export_review/xlsx  check    200  200  200  404  404  200  404  404  404  404  200  404  200  200  404  404  302
GET  export_review/xlsx  final    200  200  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
GET  export_review/xlsx  unshared 200  404  200  404  404  200  404  404  200  404  404  404  404  200  404  404  302
GET  export_review/xlsx  shared   200  404  200  404  404  200  404  404  200  404  200  404  200  200  404  404  302
POST step/start          planned  302  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST step/start          scoring  302  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST step/start          self     302  404  403  404  404  302  404  404  404  404  404  404  404  404  404  404  302
POST step/hand-in        scoring  302  302  200  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST step/hand-in        self     200  404  200  404  404  200  404  404  404  404  404  404  404  404  404  404  302
POST step/withdraw       scoring  302  302  302  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST step/withdraw       self     302  404  302  404  404  302  404  404  404  404  404  404  404  404  404  404  302
POST step/fact-check     scoring  200  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST step/fact-check     consensus 302  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST step/answer         check    403  403  403  404  404  302  404  404  404  404  403  404  403  302  404  404  302
POST step/answer         final    403  403  403  404  404  302  404  404  403  404  403  404  403  302  404  404  302
POST step/answer-again   check    403  403  403  404  404  302  404  404  404  404  403  404  403  302  404  404  302
POST step/answer-again   final    403  403  403  404  404  302  404  404  403  404  403  404  403  302  404  404  302
POST step/remind         consensus 302  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST step/remind         check    302  403  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
POST step/remind         final    302  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST step/send-back      consensus 200  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST step/send-back      check    302  403  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
POST step/send-back      final    200  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST step/finalise       scoring  200  403  403  404  404  403  404  404  404  404  403  404  403  404  404  404  302
POST step/finalise       check    302  403  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
POST step/finalise       final    200  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST step/finalise       self     302  404  403  404  404  302  404  404  404  404  404  404  404  404  404  404  302
POST step/reissue        check    200  403  403  404  404  403  404  404  404  404  403  404  403  403  404  404  302
POST step/reissue        final    302  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST step/cancel         planned  302  403  403  404  404  302  404  404  404  404  302  404  302  404  404  404  302
POST step/cancel         check    302  403  403  404  404  403  404  404  404  404  302  404  302  403  404  404  302
POST step/cancel         final    200  403  403  404  404  403  404  404  403  404  200  404  200  403  404  404  302
POST step/cancel         self     302  404  403  404  404  302  404  404  404  404  404  404  404  404  404  404  302
POST step/share          final    302  403  403  404  404  403  404  404  403  404  403  404  403  403  404  404  302
POST step/share          unshared 302  404  403  404  404  302  404  404  403  404  404  404  404  403  404  404  302
POST step/share          shared   302  404  403  404  404  302  404  404  403  404  403  404  403  403  404  404  302
"""

POSTED = {
    "plan": {"kind": "self"},
    "new_action": {"text": "Lag en plan.", "status": "open", "key": str(uuid.UUID(int=8))},
    "action": {"text": "Lag en plan.", "status": "done"},
    "action/newest": {"text": "Lag en plan.", "status": "done"},
    "profile": {"name": "Kari Nordmann", "language": "nb"},
    "replace_seat": {"who_email": "ny@example.org", "reason": "Ble syk."},
    "remove_seat": {"reason": "Ble syk."},
    "add_observer": {"who_email": "ny@example.org"},
    "score": {"draft": "1"},
    "leave_section": {"reason": "missing_data"},
    "source": {"source": "DOC", "closed": "1"},
    "checklist": {"text": "Bestill møterom.", "doer": "lead", "days": "10", "moment": "before"},
    "checklist_step": {"text": "Bestill et møterom.", "doer": "lead", "days": "9", "moment": "before"},
    "tick_step": {"done": "1"},
    "checklist_template": {"text": "Bestill møterom.", "doer": "lead", "days": "10", "moment": "before"},
    "service_interval": {"interval_months": "6"},
    "template_step": {"text": "Bestill et møterom.", "doer": "lead", "days": "9", "moment": "before"},
    "figures": {"seen": "{}"},
    "context": {"participants": "30", "in_work": "8"},
    "note": {"text": "Sett i timeplanen.", "items": "B1", "date": "2026-09-15"},
    "note/new": {"text": "Sett i timeplanen.", "items": "B1", "date": "2026-09-15"},
    "interviews": {"source": "INT", "perspective": "behandler", "date": "2026-09-15"},
    "interview": {"source": "OBS", "date": "2026-09-15"},
    "agree": {"draft": "1"},
    "correction": {"score": "3", "reason": "Talt feil."},
    "narrative": {"summary": "Godt i gang."},
    "remark_on_item": {"text": "Teamet har fire jobbspesialister."},
    "remark_on_whole": {"text": "Teamet har fire jobbspesialister."},
    "change_remark": {"text": "Teamet har fem jobbspesialister."},
    "decide": {"decision": "kept", "answer": "Vi talte tre."},
    "step/fact-check": {"fact-check-due": "2026-10-20"},
    "step/send-back": {"send-back-reason": "Feil i O1."},
    "step/finalise": {"finalise-reason": "Tjenesten har svart på e-post."},
    "step/reissue": {"reissue-reason": "Feil i sammendraget."},
    "step/cancel": {"cancel-reason": "Tjenesten legges ned."},
}
"""What is sent to an address that takes more than nothing."""

OF_A_PLAN = ("action_plan", "new_action", "action", "action_plan_pdf", "action_plan_xlsx")
"""The addresses of a service's handlingsplan."""

OPEN = {"invitation"}
"""The addresses of the work that answer to those who are not logged in: the key is in the address."""


@pytest.fixture(autouse=True)
def _during_the_fact_check() -> Iterator[None]:
    """Let today be a day on which the cast's fact check is still open."""
    with time_machine.travel(FIRST_DAY.replace(month=10, day=1)):
        yield


@pytest.fixture
def quick_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand out a stand-in for the PDF: who gets one is asked here, not what is in it."""
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: PDF)
    monkeypatch.setattr(report_pdf, "write", lambda source, *, style: PDF)


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hand out what would be printed in place of the PDF, so that it can be searched."""
    monkeypatch.setattr(report_pdf, "render", lambda content, *, draft: report_pdf.html(content, draft=draft).encode())
    monkeypatch.setattr(report_pdf, "write", lambda source, *, style: source.encode())


def _cast(state: str) -> Cast:
    """Return the cast around a review in a state of the table."""
    kind = Review.Kind.SELF if state in ("self", "unshared", "shared") else Review.Kind.EXTERNAL
    status = {
        "check": Review.Status.FACT_CHECK,
        "back": Review.Status.FACT_CHECK,
        "remarked": Review.Status.FACT_CHECK,
        "self": Review.Status.SCORING,
        "reissue": Review.Status.FINAL,
        "unshared": Review.Status.FINAL,
        "shared": Review.Status.FINAL,
    }.get(state, state)
    cast = cast_for(status, kind=kind)
    ReviewStepFactory.create(review=cast.review)
    UploadFactory.create(user=cast.adviser)
    if state == "reissue":
        workflow.reissue(cast.review, cast.evaluator, "Feil i sammendraget.")
    if state == "back":
        workflow.send_back(cast.review, cast.evaluator, "Feil i O1.")
    if state == "remarked":
        workflow.save_remark(cast.review, cast.method_supervisor, "Teamet har fire jobbspesialister.")
    if state == "shared":
        workflow.share(cast.review, cast.evaluator)
    cast.review.refresh_from_db()
    return cast


def _address(name: str, cast: Cast) -> str:
    """Return the address of a row of the table; what follows the slash in its name is a step or a format."""
    name, _slash, part = name.partition("/")
    arguments: dict[str, Any] = {}
    if name in ("service", "export_service", *OF_A_PLAN) or (name.startswith("service_") and name != "service_list"):
        arguments["pk"] = cast.service.pk
    elif name == "invitation":
        # Of a seat that is there no more: what one that holds lets in stands in test_invitations.py.
        arguments["token"] = letters.link(Invitation()).rstrip("/").rpartition("/")[2]
    elif name.endswith("_sheet"):
        arguments["pk"] = cast.adviser.uploads.get().pk
    elif name in ("template_step", "delete_template_step"):
        arguments["step"] = TemplateStep.objects.values_list("pk", flat=True).first()
    elif name.startswith("overview"):
        # Across services: what is asked for stands behind the address.
        pass
    elif name not in ("tasks", "calendar", "profile", "service_list", "plan", "checklist_template", "import_sheets"):
        arguments["pk"] = cast.review.pk
    if name in (
        "score",
        "leave_section",
        "source",
        "take_over",
        "add_note",
        "agree",
        "remark_on_item",
        "correction",
        "delete_correction",
        "overview_item",
    ):
        arguments |= {"scale": "ips-25", "code": "B1"}
    if name in ("checklist_step", "tick_step", "delete_step"):
        arguments["step"] = cast.review.steps.get().pk
    if name == "action":
        of_newest = cast.service.actions.filter(version__review=cast.review) if part else None
        point = (of_newest or cast.service.actions.filter(version__review=cast.last_year)).first()
        assert point is not None
        arguments["action"] = point.pk
    if name in ("note", "delete_note"):
        arguments["note"] = uuid.UUID(int=7) if part == "new" else cast.review.notes.get(author=cast.evaluator).pk
    if name in ("interview", "delete_interview"):
        arguments["interview"] = cast.review.interviews.get().pk
    if name in ("version", "version_pdf"):
        arguments["number"] = 1
    if name in ("change_remark", "delete_remark", "decide"):
        arguments["number"] = cast.review.remarks.values_list("pk", flat=True).first() or 0
    if name in ("replace_seat", "remove_seat"):
        arguments["number"] = 2
    if name == "kit_guide":
        arguments["perspective"] = "deltaker"
    if name in ("export_review", "export_service", "overview_file", "overview_scores_file"):
        arguments["extension"] = part
    if name == "step":
        arguments["name"] = part
    query = "?about=outcome&year=2026" if name == "overview_behind" else ""
    return reverse(f"reviews:{name}", kwargs=arguments) + query


def rows() -> list[tuple[str, str, str, dict[str, int]]]:
    """Return the table: method, name, state, and the status by column."""
    head, *lines = TABLE.strip("\n").splitlines()
    columns = head.split()
    assert columns == list(PEOPLE)
    found = []
    for line in lines:
        method, name, state, *cells = line.split()
        found.append((method, name, state, dict(zip(columns, map(int, cells), strict=True))))
    return found


def _clients(cast: Cast) -> dict[str, Client]:
    """Return a browser for each column, logged in unless it is nobody's."""
    clients = {}
    for column, name in PEOPLE.items():
        clients[column] = Client()
        if name is not None:
            clients[column].force_login(getattr(cast, name))
    return clients


def _sent(name: str, cast: Cast) -> dict[str, Any]:
    """Return what is posted to the address of a row."""
    if name == "new_action":
        return {**POSTED[name], "item": str(items_of(cast.review)[0].pk)}
    return POSTED.get(name, {})


@pytest.mark.usefixtures("quick_pdf")
@pytest.mark.parametrize("state", sorted({row[2] for row in rows()}))
def test_everybody_reaches_what_the_table_says(db: None, state: str) -> None:
    cast = _cast(state)
    clients = _clients(cast)
    wrong = []
    for method, name, when, expected in rows():
        if when != state:
            continue
        address, sent = _address(name, cast), _sent(name, cast)
        for column, client in clients.items():
            with transaction.atomic():
                status = (client.get(address) if method == "GET" else client.post(address, sent)).status_code
                transaction.set_rollback(True)
            if status != expected[column]:
                wrong.append(f"{method} {name} as {column}: {status}, not {expected[column]}")
    assert not wrong, "\n".join(wrong)


def _patterns(resolver: URLResolver, prefix: str = "", spaces: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Give each address there is, as its name and its pattern."""
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            inner = (*spaces, found.namespace) if found.namespace else spaces
            yield from _patterns(found, prefix + str(found.pattern), inner)
        else:
            assert isinstance(found, URLPattern)
            yield ":".join((*spaces, found.name or "")), prefix + str(found.pattern)


def _own_names() -> set[str]:
    """Return the names of the addresses of the work."""
    return {
        name.removeprefix("reviews:") for name, _pattern in _patterns(get_resolver()) if name.startswith("reviews:")
    }


def _methods(client: Client, address: str) -> set[str]:
    """Return the methods an address takes: what it answers to one it never does."""
    refused = client.put(address)
    assert refused.status_code == 405, address
    return set(refused.headers["Allow"].replace(",", " ").split())


def test_no_address_of_the_work_and_none_of_its_methods_is_missing_from_the_table(db: None, client: Client) -> None:
    cast = _cast("planned")
    client.force_login(cast.evaluator)
    found = rows()
    listed = {(method, name.partition("/")[0]) for method, name, _state, _expected in found}
    address_of = {name.partition("/")[0]: _address(name, cast) for _method, name, _state, _expected in found}
    assert set(address_of) == _own_names()
    there = {
        (method, name) for name, address in address_of.items() for method in _methods(client, address) & {"GET", "POST"}
    }
    assert listed == there


def test_no_step_is_missing_from_the_table() -> None:
    steps = {name for _method, name, _state, _expected in rows() if name.startswith("step/")}
    assert steps == {f"step/{name}" for name in STEPS}


def test_no_format_of_an_export_is_missing_from_the_table() -> None:
    names = {name for _method, name, _state, _expected in rows() if name.startswith("export_")}
    assert names == {f"export_{what}/{form}" for what in ("review", "service") for form in ("csv", "json", "xlsx")}


# Log-in and administration: GET by nobody, by somebody without a role, and by an administrator
OTHERS = """
                                      anon out  adm
account_login                         200  302  302
account_logout                        302  200  200
account_inactive                      200  200  200
account_signup                        200  302  302
account_reauthenticate                302  200  200
account_email                         302  200  200
account_email_verification_sent       200  200  200
account_change_password               302  200  200
account_set_password                  302  302  302
account_reset_password                200  200  200
account_confirm_login_code            302  302  302
account_confirm_email                 200  200  200
account_reset_password_from_key_done  200  200  200
account_reset_password_from_key       200  200  200
account_reset_password_done           200  200  200
account_provider                      404  404  404
account_provider_callback             404  404  404
mfa_index                             302  200  200
mfa_authenticate                      302  302  302
mfa_reauthenticate                    302  302  302
mfa_activate_totp                     302  200  200
mfa_deactivate_totp                   302  404  404
mfa_view_recovery_codes               302  404  404
mfa_generate_recovery_codes           302  200  200
mfa_list_webauthn                     302  302  302
mfa_add_webauthn                      302  200  200
mfa_login_webauthn                    302  302  302
mfa_reauthenticate_webauthn           302  302  302
mfa_remove_webauthn                   302  404  404
admin:index                           302  302  200
admin:login                           302  403  302
admin:logout                          302  302  405
admin:password_change                 302  302  200
admin:password_change_done            302  302  200
admin:autocomplete                    302  302  403
admin:jsi18n                          302  302  200
admin:view_on_site                    302  302  404
admin:app_list                        302  302  200
admin:                                302  302  404
"""
_SAMPLES = (
    ("<path:content_type_id>", "1"),
    ("<path:object_id>", "1"),
    ("<int:pk>", "1"),
    (r"(?P<key>[-:\w]+)", "x"),
    (r"(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)", "1-x"),
    (r"(?P<url>.*)$", "nothing"),
)


MODEL_PAGE = re.compile(r"admin:[a-z]+_[a-z]+_(changelist|add|history|delete|change)")


def _sample(pattern: str) -> str:
    """Return an address that fits a pattern, with arguments that name nothing."""
    pattern = re.sub(r"\(\?P<app_label>(\w+)[^)]*\)", r"\1", pattern)
    for part, value in _SAMPLES:
        pattern = pattern.replace(part, value)
    return "/" + pattern.replace("^", "").replace("$", "")


def other_addresses() -> dict[str, set[str]]:
    """Return the addresses of log-in and administration by name; those of a model in the admin by none: they vary."""
    found: dict[str, set[str]] = {}
    for name, pattern in _patterns(get_resolver()):
        if not name.startswith("reviews:"):
            one_row = "/<path:object_id>/" in pattern and "content_type" not in pattern
            of_model = one_row or MODEL_PAGE.fullmatch(name)
            found.setdefault("" if of_model else name, set()).add(_sample(pattern))
    return found


def test_log_in_and_administration_answer_as_the_second_table_says(db: None) -> None:
    cast = _cast("planned")
    clients = _clients(cast)
    head, *lines = OTHERS.strip("\n").splitlines()
    addresses = other_addresses()
    del addresses[""]
    assert {line.split()[0] for line in lines} == set(addresses)
    wrong = []
    for line in lines:
        name, *cells = line.split()
        for address in sorted(addresses[name]):
            for column, expected in zip(head.split(), cells, strict=True):
                status = clients[column].get(address).status_code
                if status != int(expected):
                    wrong.append(f"{name} {address} as {column}: {status}, not {expected}")
    assert not wrong, "\n".join(wrong)


def test_only_an_administrator_gets_past_the_admins_door(db: None) -> None:
    cast = _cast("scoring")
    clients = _clients(cast)
    del clients["adm"]
    for address in sorted(other_addresses()[""]):
        for column, client in clients.items():
            response = client.get(address)
            assert response.status_code == 302, f"{address} as {column}"
            assert "login" in response.headers["Location"]


def test_the_admin_knows_nothing_of_reviews() -> None:
    """Those who keep accounts see no review; what is kept there is people, places and, to read, scales."""
    kept = {model._meta.label for model in admin.site._registry}
    work = {model._meta.label for model in apps.get_app_config("reviews").get_models()}
    places = {
        f"reviews.{name}"
        for name in ("User", "Role", "County", "Organisation", "Service", "Partnership", "TreatmentTeam")
    }
    assert kept & work <= places


def test_nobody_changes_a_scale_in_the_admin(db: None, client: Client) -> None:
    client.force_login(_cast("planned").administrator)
    for address in sorted(other_addresses()[""]):
        if address.startswith("/admin/scales/") and address.endswith(("/add/", "/delete/")):
            assert client.get(address).status_code == 403, address
    item = Item.objects.first()
    assert item is not None
    saved = client.post(reverse("admin:scales_item_change", args=[item.pk]), {"title": "Noe annet"})
    assert saved.status_code == 403
    assert Item.objects.get(pk=item.pk).title == item.title


# What holds for all of them


def _names(method: str) -> list[str]:
    """Return the rows of the table with a method, each once."""
    return list(dict.fromkeys(name for found, name, _state, _expected in rows() if found == method))


def test_an_address_that_writes_does_not_answer_to_get(db: None) -> None:
    cast = _cast("scoring")
    clients = _clients(cast)
    del clients["anon"]
    for name in [name for name in _names("POST") if name not in _names("GET")]:
        for column, client in clients.items():
            assert client.get(_address(name, cast)).status_code == 405, f"{name} as {column}"


def test_an_address_that_only_shows_does_not_answer_to_post(db: None, client: Client) -> None:
    cast = _cast("final")
    client.force_login(cast.evaluator)
    for name in [name for name in _names("GET") if name not in _names("POST")]:
        assert client.post(_address(name, cast)).status_code == 405, name


def test_htmx_gets_401_where_a_browser_is_sent_to_the_log_in(db: None, client: Client) -> None:
    cast = _cast("scoring")
    for name in set(_names("GET")) - OPEN:
        response = client.get(_address(name, cast), headers={"HX-Request": "true"})
        assert (response.status_code, response.content) == (401, b""), name
    for name in set(_names("POST")) - OPEN:
        response = client.post(_address(name, cast), headers={"HX-Request": "true"})
        assert (response.status_code, response.content) == (401, b""), name


def test_the_log_in_leads_back_to_what_was_asked_for(db: None, client: Client) -> None:
    cast = _cast("scoring")
    for name in set(_names("GET")) - OPEN:
        address = _address(name, cast)
        response = client.get(address)
        assert response.headers["Location"] == f"{reverse('account_login')}?next={quote(address)}"


def test_nothing_is_posted_without_the_token_of_the_page(db: None) -> None:
    cast = _cast("scoring")
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.evaluator)
    for name in _names("POST"):
        before = contents()
        assert client.post(_address(name, cast), _sent(name, cast)).status_code == 403, name
        assert contents() == before, name
    token = client.get(_address("score", cast)).cookies["csrftoken"].value
    sent = client.post(_address("score", cast), {"draft": "1"}, headers={"X-CSRFToken": token})
    assert sent.status_code == 302


@pytest.mark.usefixtures("quick_pdf")
@pytest.mark.parametrize("state", ["scoring", "check", "reissue", "self"])
def test_get_writes_nothing_but_the_session_and_the_audit(db: None, state: str) -> None:
    cast = _cast(state)
    clients = {
        column: client for column, client in _clients(cast).items() if column in ("lead", "obs", "mv", "adv", "anon")
    }
    before = contents()
    for client in clients.values():
        for name in _names("GET"):
            response = client.get(_address(name, cast))
            _text(response)
    after = contents()
    assert {label for label in before if before[label] != after[label]} == set()


def test_logging_in_and_out_and_keeping_accounts_write_nothing_on_get(db: None) -> None:
    cast = _cast("planned")
    clients = {column: client for column, client in _clients(cast).items() if column in ("out", "adm", "anon")}
    before = contents()
    for client in clients.values():
        for addresses in other_addresses().values():
            for address in addresses:
                client.get(address)
    after = contents()
    assert {label for label in before if before[label] != after[label]} == set()


def test_a_review_behind_an_address_that_nobody_has_is_not_found(db: None, client: Client) -> None:
    cast = _cast("final")
    client.force_login(cast.evaluator)
    nowhere = str(uuid.uuid4())
    for name in _names("GET"):
        address = _address(name, cast)
        elsewhere = address.replace(str(cast.review.pk), nowhere).replace(str(cast.service.pk), nowhere)
        if elsewhere != address:
            assert client.get(elsewhere).status_code == 404, name


@pytest.mark.parametrize(
    "address",
    [
        "score/ips-25/X9/",
        "score/ips-99/B1/",
        "agree/ips-25/X9/",
        "score/ips-25/X9/note/",
        "remarks/0/decide/",
        "remarks/99999999999999999999/decide/",
        "seats/9/replace/",
        "seats/0/remove/",
        "seats/99999999999999999999/remove/",
        "versions/2/",
        "versions/0/",
        "versions/99999999999999999999/",
        "versions/99999999999999999999.pdf",
        "export.ods",
        "notes/00000000-0000-4000-8000-000000000000/",
        "interviews/00000000-0000-4000-8000-000000000000/",
    ],
)
def test_a_part_that_a_review_does_not_have_is_not_found(db: None, client: Client, address: str) -> None:
    cast = _cast("final")
    client.force_login(cast.evaluator)
    assert client.get(_address("review", cast) + address).status_code == 404


# Blindness


SECRET = "fjellgranittmarkør"
"""A word that only the second evaluator writes."""


def _watchers(cast: Cast) -> dict[str, Client]:
    """Return a browser for everybody who sees anything of the review but the second evaluator."""
    columns = ("lead", "obs", "mv", "led", "adv", "nat", "resp", "adm")
    return {column: client for column, client in _clients(cast).items() if column in columns}


def _everything(client: Client, cast: Cast) -> Iterator[tuple[str, str]]:
    """Give every page and file that a person gets, as the row's name and its text."""
    # What was ticked and counted shows where an item has both.
    item = next(item for item in items_of(cast.review) if item.measure and item.elements)
    addresses = [(name, _address(name, cast)) for name in _names("GET")]
    place = [cast.review.pk, item.section.scale.code, item.code]
    addresses += [(f"{name} {item.code}", reverse(f"reviews:{name}", args=place)) for name in ("score", "agree")]
    for name, address in addresses:
        response = client.get(address)
        if response.status_code == 200:
            yield name, _text(response)


def _text(response: Any) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if response.headers.get("Content-Disposition", "").endswith('.xlsx"'):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            # The time it was made stands in a part of its own.
            content = b"".join(parts.read(name) for name in parts.namelist() if name != "docProps/core.xml")
    return str(content.decode())


def _blind_cast() -> Cast:
    """Return a review being scored in which the second evaluator alone has written, and has handed in."""
    cast = _cast("scoring")
    Rating.objects.filter(seat__review=cast.review).delete()
    seat = cast.seat("evaluator_two")
    Rating.objects.bulk_create(
        Rating(
            seat=seat,
            item=item,
            score=1,
            comment=f"{SECRET} Kommentar",
            recommendation=f"{SECRET} Anbefaling",
            departure=f"{SECRET} avvik",
            elements=[0],
            element_remarks={"0": f"{SECRET} element"},
            statements={"raises": {"4": True}, "needs": {"2": False}},
            obstacles=["law"],
        )
        for item in items_of(cast.review)
    )
    NoteFactory.create(review=cast.review, author=cast.evaluator_two, text=f"{SECRET} notat", private=True)
    workflow.hand_in(seat, cast.evaluator_two)
    cast.review.refresh_from_db()
    assert cast.review.status == Review.Status.SCORING
    return cast


@pytest.mark.usefixtures("printed")
def test_nobody_reads_the_second_evaluators_sheet_before_all_have_handed_in(db: None) -> None:
    cast = _blind_cast()
    for column, client in _watchers(cast).items():
        for name, text in _everything(client, cast):
            assert SECRET not in text, f"{name} as {column}"


@pytest.mark.usefixtures("printed")
def test_no_score_of_the_second_evaluators_stands_anywhere_before_all_have_handed_in(db: None) -> None:
    """The pages are the same, whatever the other evaluator's scores, elements, answers, words and private notes are."""
    cast = _blind_cast()
    clients = _watchers(cast)
    before = {column: _lasting(client, cast) for column, client in clients.items()}
    Rating.objects.filter(seat=cast.seat("evaluator_two")).update(
        score=5,
        elements=[0, 1],
        element_remarks={"1": "Bare i det ene teamet."},
        statements={},
        obstacles=[],
        comment="Noe helt annet.",
        recommendation="",
        departure="",
        updated_at=at(FIRST_DAY, 23),
    )
    _note_alone(cast)
    for column, client in clients.items():
        for was, now in zip(before[column], _lasting(client, cast), strict=True):
            assert was == now, f"{now[0]} as {column}"


def _note_alone(cast: Cast) -> None:
    """Let the second evaluator write other notes, and more of them, for themselves alone: on every item, with somebody
    nobody else has asked, and on the sheet of the interview.
    """
    review, author = cast.review, cast.evaluator_two
    review.notes.filter(author=author).delete()
    asked = InformantFactory.create(review=review, perspective="behandler")
    for columns in ({"informant": asked}, {"source": "DOC"}, {"interview": review.interviews.get()}):
        NoteFactory.create(review=review, author=author, private=True, items=items_of(review), **columns)


def _lasting(client: Client, cast: Cast) -> list[tuple[str, str]]:
    """Return every page and file that a person gets, without what is new in each answer: all read at one moment, and
    that they were read is taken back, since the log would tell it the next time.
    """
    with time_machine.travel(at(FIRST_DAY.replace(month=10, day=1)), tick=False), transaction.atomic():
        found = [(name, lasting(text)) for name, text in _everything(client, cast)]
        transaction.set_rollback(True)
    return found


@pytest.mark.usefixtures("printed")
def test_the_second_evaluators_sheet_is_seen_by_its_owner(db: None, client: Client) -> None:
    """The walk above does come past what it looks for."""
    cast = _blind_cast()
    client.force_login(cast.evaluator_two)
    assert any(SECRET in text for _name, text in _everything(client, cast))


@pytest.mark.usefixtures("printed")
def test_a_removed_evaluators_sheet_stays_hidden_for_good(db: None) -> None:
    cast = _cast("consensus")
    seat = cast.seat("removed_evaluator")
    Rating.objects.create(seat=seat, item=items_of(cast.review)[0], score=1, comment=SECRET)
    cast.review.show_evaluator_scores = True
    cast.review.save()
    for column, client in _watchers(cast).items():
        for name, text in _everything(client, cast):
            assert SECRET not in text, f"{name} as {column}"


def _exported(client: Client, name: str, cast: Cast) -> list[dict[str, Any]]:
    response = client.get(_address(name, cast))
    if response.status_code == 302:
        # There is nothing to download.
        return []
    found: list[dict[str, Any]] = json.loads(_text(response))["reviews"]
    return found


@pytest.mark.parametrize("shown", [False, True])
def test_own_scores_are_exported_only_where_the_review_shows_them(db: None, client: Client, shown: bool) -> None:
    cast = _cast("check")
    cast.review.show_evaluator_scores = shown
    cast.review.save()
    client.force_login(cast.adviser)
    lines = _exported(client, "export_review/json", cast)[0]["scales"][0]["results"]
    assert all(
        (line["evaluator_1"] is not None) is shown and (line["evaluator_2"] is not None) is shown for line in lines
    )


def test_an_export_of_a_service_leaves_out_what_is_not_handed_over(db: None, client: Client) -> None:
    cast = _cast("check")
    for person in (cast.evaluator, cast.manager, cast.method_supervisor, cast.adviser):
        client.force_login(person)
        exported = [found["id"] for found in _exported(client, "export_service/json", cast)]
        assert str(cast.review.pk) not in exported, person


def test_an_export_of_a_service_leaves_out_a_self_review_that_is_not_shared(db: None, client: Client) -> None:
    cast = _cast("unshared")
    client.force_login(cast.adviser)
    assert [found["id"] for found in _exported(client, "export_service/json", cast)] == [str(cast.last_year.pk)]
    workflow.share(cast.review, cast.evaluator)
    assert {found["id"] for found in _exported(client, "export_service/json", cast)} == {
        str(cast.last_year.pk),
        str(cast.review.pk),
    }
