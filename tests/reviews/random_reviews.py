"""Reviews of random content: whatever can be written in any text, with any scores, in any kind of review.

The same seed makes the same review. The texts are what people paste and what would be read as something else than text
somewhere on the way: by the page, the templates, the PDF, the spreadsheet.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from django.db.models import QuerySet

from reviews.models import (
    Actor,
    AgreedResult,
    Context,
    FactCheckRemark,
    FinalScore,
    Obstacle,
    Organisation,
    Rating,
    Review,
    Seat,
    SectionComment,
)
from reviews.models.fields import TEXT_LIMIT
from scales.models import Scale
from tests.factories import (
    FIRST_DAY,
    ServiceFactory,
    TeamFactory,
    UserFactory,
    at,
    final_review,
    issue,
    items_of,
    scored_review,
)

Scores = dict[tuple[str, str], int | None]
"""By the scale's code and the item's."""

_WORDS = [
    "jobbspesialisten",
    "følger",
    "deltakeren",
    "til",
    "intervju",
    "hos",
    "arbeidsgiver",
    "og",
    "drøfter",
    "det",
    "i",
    "behandlingsmøtet",
    "uke",
    "etter",
    "uke",
    "uten",
    "at",
    "det",
    "står",
    "noe",
    "sted",
    "hvem",
    "som",
    "skal",
    "ta",
    "det",
    "videre",
    "når",
    "behandleren",
    "slutter",
]

_C0 = "".join(chr(code) for code in range(1, 32))
_C1 = "".join(chr(code) for code in range(127, 160))


def _plain(random: Random) -> str:
    return " ".join(random.choices(_WORDS, k=random.randint(3, 60))).capitalize() + "."


def _paragraphs(random: Random) -> str:
    between = random.choice(["\n\n", "\r\n\r\n", "\n", "\r", "\n\n\n \n"])
    return between.join(_plain(random) for _number in range(random.randint(2, 4)))


def _long_word(random: Random) -> str:
    return "".join(random.choices("abcdefghijklmnoprstuvyæøå", k=300))


def _limit(random: Random) -> str:
    """10,000 characters, the most a text can have."""
    text = " ".join(random.choices(_WORDS, k=TEXT_LIMIT // 4))[: TEXT_LIMIT - 12]
    return f"{text} Aller sist."


ONE_LINE: dict[str, Callable[[Random], str]] = {
    "plain": _plain,
    "long word": _long_word,
    "long address": lambda random: f"https://example.org/{_long_word(random)[:180]}?a=1&amp=2#x",
    "emoji": lambda random: "Vi så 👩🏽‍💻, 👨‍👩‍👧‍👦, 🇳🇴, ❤️ og 1️⃣ " * random.randint(1, 3),
    "right to left": lambda random: "Sa שלום עולם (מאה 123) og مرحبا بالعالم, \u202eabc\u202c \u2067def\u2069 \u200fx.",
    "scripts": lambda random: "漢字 かな 한국어 ไทย हिन्दी Ελληνικά Кириллица \u02bbokina ŋ č đ ǧ ɓ",
    "combining": lambda random: (
        "e\u0301 A\u030a o\u0308 Z\u0337\u0322\u031ba\u0334l g" + "\u0301" * random.randint(1, 40)
    ),
    "markup": lambda random: (
        "<b>fet</b> &amp; &#65; &lt;i&gt; </p></section></article></body> <!-- x --> <![CDATA[y]]>"
    ),
    "script": lambda random: "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)></svg>",
    "foreign files": lambda random: (
        "<img src='https://example.org/x.png'><link rel=attachment href=file:///etc/passwd>"
        "<link rel=stylesheet href=//example.org><style>*{display:none}</style><object data=x></object>"
    ),
    "style": lambda random: "\"; } body { display: none } /* ' url(https://example.org) \\201C \\A",
    "template": lambda random: (
        "{{ content.service }} {% include 'x' %} {# y #} {% load i18n %} %(name)s %s %% {0} ${HOME}"
    ),
    "formula": lambda random: (
        random.choice("=+-@'") + random.choice(["1+1", "SUM(A1:A9)", 'HYPERLINK("http://x";"y")', "cmd|' /C calc'!A0"])
    ),
    "number": lambda random: random.choice(["1", "4,17", "0012", "1e5", "2026-09-15", "TRUE", "50 %", "1/2"]),
    "ligatures": lambda random: "-> => <-> != == >= 10x20 (A) 1/2 fi ffl :) ...  --- ==> |>",
    "invisible": lambda random: (
        "soft\u00adhyphen zero\u200bwidth word\u2060joiner bom\ufeff non\u00a0break thin\u202fx"
    ),
    "quotes": lambda random: '"a", \'b\'; «c»\\n, \\\\ `d` ""',
}
"""What may stand in a field of one line, and in any other."""

SEVERAL_LINES: dict[str, Callable[[Random], str]] = {
    "paragraphs": _paragraphs,
    "control": lambda random: f"Før {_C0} midt {_C1} etter \u2028 \u2029 \ufffe \uffff \ue000 \U0010fffd slutt",
    "formula after a tab": lambda random: random.choice(["\t", "\r", "\n", "'\t"]) + "=1+1",
    "blank": lambda random: random.choice([" ", "\n\n", "\t \n", "\u00a0", "\u3000", "\u200b", "\u2028"]),
    "list": lambda random: "- en\n- to\n• tre\n\n1. fire\n2. fem",
}

_USUAL = ["plain", "paragraphs"]


@dataclass
class RandomReview:
    """A final review of random content, with what was put into it: what a report of it has to show."""

    review: Review
    scores: Scores
    own: dict[tuple[str, str], list[int | None]]
    """The evaluators' own scores by item, where the report shows them."""
    previous: Scores
    """The scores of the last external review, where the report compares; empty for a first one."""
    texts: list[str] = field(default_factory=list)
    """Every text of the report."""
    item_texts: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    """Kommentar and Anbefaling by the scale's code and the item's."""
    context: tuple[int, int, int, int] | None = None
    """Participants, in work, in education, the goal in percent."""


def random_review(seed: int, small: list[Scale] | None = None) -> RandomReview:
    """Make the review of that seed, with its first version.

    `small`: scales that may take the place of the two real ones, so that there is less to draw.
    """
    return _Maker(Random(seed), small).make()


class _Maker:
    def __init__(self, random: Random, small: list[Scale] | None) -> None:
        self.random = random
        self.small = small
        self.limits = random.randint(0, 2)
        """How many texts may be as long as a text can be."""
        self.texts: list[str] = []

    def make(self) -> RandomReview:
        random = self.random
        scales = self._scales()
        external = random.random() < 0.75
        plans = random.random() < 0.2
        compares = random.random() < 0.7
        service = ServiceFactory.create(name=self._name())
        before: Scores = {}
        if random.random() < 0.6:
            earlier = final_review(
                service=service,
                scales=scales,
                first_day=FIRST_DAY.replace(year=random.choice([2023, 2025])),
                scores=lambda item: random.randint(1, 5) if random.random() < 0.97 else None,
            )
            before = {key: row.score for key, row in _by_item(earlier.versions.get().scores.all()).items()}
        texts: dict[str, Any] = {
            name: self._text()
            for name in ("summary", "purpose", "method", "participants")
            + ("outside_meetings", "outside_economy", "outside_voices")
            + (("independence",) if external else ())
            if random.random() < 0.6
        }
        if random.random() < 0.5:
            texts["recipients"] = self._text(longest=500)
        chance = random.choice([0.1, 0.6, 1, 1, 1])
        review = scored_review(
            service=service,
            scales=scales,
            kind=Review.Kind.EXTERNAL if external else Review.Kind.SELF,
            basis=Review.Basis.PLANS if plans else Review.Basis.PRACTICE,
            language=random.choice(["nb", "en"]),
            evaluators=[
                # As long as a person's name may be; PostgreSQL holds that too.
                UserFactory.create(name=self._name()[:150])
                for _number in range(random.randint(1, 3) if external else 1)
            ],
            scores=lambda item: random.randint(1, 5) if random.random() < chance else None,
            last_day=FIRST_DAY + datetime.timedelta(days=random.randint(0, 2)),
            show_evaluator_scores=random.random() < 0.4,
            show_fact_check=random.random() < 0.4,
            show_comparison=compares,
            strengths="\n".join(self._name() for _number in range(random.randint(0, 5))),
            **texts,
        )
        self._score_one(review)
        teams = [
            TeamFactory.create(service=service, name=f"{self._name()[:190]} {n}") for n in range(random.randint(0, 3))
        ]
        review.teams.set(teams)
        made = RandomReview(review, {}, {}, before if compares and not plans else {})
        self._own(review, made)
        self._sections(review)
        self._results(review, made)
        self._remark(review)
        if random.random() < 0.6:
            made.context = self._context(review)
        issue(review)
        made.scores = {key: row.score for key, row in _by_item(AgreedResult.objects.filter(review=review)).items()}
        made.texts = [*self.texts, service.name]
        return made

    def _scales(self) -> list[Scale]:
        if self.small is not None and self.random.random() < 0.6:
            return self.small
        both = list(Scale.objects.newest())
        return self.random.choice([both, both, both[:1], both[1:]])

    def _name(self) -> str:
        kind = self.random.choice([name for name in ONE_LINE if name != "invisible"])
        return " ".join(ONE_LINE[kind](self.random)[: self.random.choice([30, 200])].split()) or "IPS"

    def _text(self, *, longest: int | None = None) -> str:
        """A text of any kind that the report is to show; of one line where the field has a `longest`."""
        kinds = {**ONE_LINE, **SEVERAL_LINES} if longest is None else ONE_LINE
        if longest is None and self.limits and self.random.random() < 0.1:
            self.limits -= 1
            text = _limit(self.random)
        elif self.random.random() < 0.4:
            text = kinds[self.random.choice([kind for kind in _USUAL if kind in kinds])](self.random)
        else:
            chosen = self.random.sample(sorted(kinds), self.random.choice([1, 2]))
            text = " ".join(kinds[kind](self.random) for kind in chosen)
        text = text[:longest]
        self.texts.append(text)
        return text

    def _score_one(self, review: Review) -> None:
        """Let one item at least be scored: a review of none is tested by itself."""
        row = AgreedResult.objects.filter(review=review).order_by("pk").first()
        assert row is not None
        row.score, row.not_scored = self.random.randint(1, 5), ""
        row.save()

    def _own(self, review: Review, made: RandomReview) -> None:
        seats = list(Seat.objects.filter(review=review).order_by("number"))
        for rating in Rating.objects.filter(seat__in=seats):
            rating.score = self.random.choice([None, 1, 2, 3, 4, 5])
            rating.not_scored = "" if rating.score else "missing_data"
            rating.save()
        if not review.show_evaluator_scores:
            return
        for seat in seats:
            for key, row in _by_item(seat.ratings.all()).items():
                made.own.setdefault(key, []).append(row.score)

    def _sections(self, review: Review) -> None:
        for section in {item.section_id for item in items_of(review)}:
            if self.random.random() < 0.3:
                SectionComment.objects.create(review=review, section_id=section, comment=self._text())

    def _results(self, review: Review, made: RandomReview) -> None:
        for key, row in sorted(_by_item(AgreedResult.objects.filter(review=review)).items()):
            # Items that are all unscored for one reason are told of as one; they have no texts then.
            row.comment = self._text() if row.score and self.random.random() < 0.5 else ""
            row.recommendation = self._text() if row.score and self.random.random() < 0.3 else ""
            row.obstacles = self._some(Obstacle.values) if row.score else []
            row.actors = self._some(Actor.values) if row.recommendation else []
            row.save()
            made.item_texts[key] = (row.comment, row.recommendation)

    def _some(self, values: list[str]) -> list[str]:
        return self.random.sample(values, self.random.choice([0, 0, 1, 2]))

    def _remark(self, review: Review) -> None:
        """A remark from the fact check that was kept, told of in the report where that is shown."""
        shown = review.is_external and review.show_fact_check
        if not shown or self.random.random() < 0.4:
            return
        review.fact_check_at, review.fact_check_due = at(FIRST_DAY, 15), FIRST_DAY + datetime.timedelta(days=14)
        review.status = Review.Status.FACT_CHECK
        review.save()
        respondent = review.respondents.create(user=UserFactory.create())
        FactCheckRemark.objects.create(
            review=review,
            respondent=respondent,
            item=self.random.choice([None, *items_of(review)]),
            text=self._text() or "x",
            decision=FactCheckRemark.Decision.KEPT,
            answer=self._text(),
            decided_at=at(FIRST_DAY, 16),
        )

    def _context(self, review: Review) -> tuple[int, int, int, int]:
        participants = self.random.randint(1, 120)
        in_work = self.random.randint(0, participants)
        in_education = self.random.randint(0, participants - in_work)
        goal = self.random.randint(1, 100)
        Context.objects.create(
            review=review,
            participants=participants,
            in_work=in_work,
            in_education=in_education,
            goal=goal,
            posts=self.random.choice([None, Decimal(self.random.randint(0, 99999)) / 100]),
            left_last_year=self.random.choice([None, 0, 9999]),
            teams=self.random.choice([None, 0, 12]),
            employers=self._some(Organisation.Kind.values),
            dispersed=self.random.choice([None, True, False]),
        )
        return participants, in_work, in_education, goal


_Row = TypeVar("_Row", AgreedResult, FinalScore, Rating)


def _by_item(rows: QuerySet[_Row]) -> dict[tuple[str, str], _Row]:
    return {(row.item.section.scale.code, row.item.code): row for row in rows.select_related("item__section__scale")}
