"""A suggestion in words, in the reader's language and with that language's numbers.

The words that belong to the scale (nouns, units, statements) come from the item and stay in its edition's language.
"""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext

from scales.models import Item
from scales.scoring import Input, Measure, Operation, Statement, Suggestion


def working(suggestion: Suggestion, item: Item) -> str:
    """How `suggestion`, made by the measure of `item`, came about: "45 deltakere / 2,5 årsverk = 18,0 → 5",
    and counted in parts "(20 + 25) deltakere / (1 + 1,5) årsverk = 18,0 → 5", "(4 + 6) / 2 = 5,0 møter per uke → 4".

    After the score come the statements that lifted it or held it down, and those it takes for granted because nobody
    has answered them; where nothing was counted, these are all there is. Raises ValueError for an item without measure.
    """
    measure = item.parsed_measure()
    if measure is None:
        raise ValueError(f"{item.code} has no measure")
    reasons = _reasons(suggestion, measure)
    if suggestion.value is None and suggestion.elements_present is None:
        return "; ".join(reasons)
    outcome = gettext("no suggestion") if suggestion.score is None else str(suggestion.score)
    return "; ".join([f"{_counted(suggestion, suggestion.value, measure)} → {outcome}", *reasons])


def _counted(suggestion: Suggestion, value: Decimal | None, measure: Measure) -> str:
    if value is None:
        return ngettext(
            "%(present)s of %(total)s element is present",
            "%(present)s of %(total)s elements are present",
            suggestion.elements_total,
        ) % {"present": suggestion.elements_present, "total": suggestion.elements_total}
    if suggestion.operation is Operation.INPUT and suggestion.parts:
        summed = _summed(tuple(part[0] for part in suggestion.parts))
        return f"{summed} / {len(suggestion.parts)} = {_number(value)} {measure.unit}".rstrip()
    if suggestion.operation is Operation.INPUT:
        return f"{_number(value.normalize())} {measure.unit}".rstrip()
    by_key = {each.key: each for each in measure.inputs}
    parts: tuple[tuple[Decimal, ...], ...] = tuple(zip(*suggestion.parts, strict=True)) or ((),) * len(
        suggestion.inputs
    )
    operands = " / ".join(
        _with_noun(number, by_key[key], of) for (key, number), of in zip(suggestion.inputs, parts, strict=True)
    )
    # A ratio's unit follows from the operands, and a long one would only repeat them.
    unit = measure.unit if suggestion.operation is Operation.PERCENT else ""
    return f"{operands} = {_number(value)} {unit}".rstrip()


def _reasons(suggestion: Suggestion, measure: Measure) -> list[str]:
    reasons = []
    if suggestion.raised_by is not None:
        reasons.append(
            gettext("at least %(score)s because: %(statement)s")
            % {"score": suggestion.raised_by, "statement": _text(measure.raises, suggestion.raised_by)}
        )
    if suggestion.capped_by is not None:
        reasons.append(
            gettext("at most %(score)s because this is not met: %(statement)s")
            % {"score": suggestion.capped_by - 1, "statement": _text(measure.needs, suggestion.capped_by)}
        )
    return reasons + [
        gettext("provided that: %(statement)s") % {"statement": _text(measure.needs, score)}
        for score in suggestion.unanswered
    ]


def _text(statements: tuple[Statement, ...], score: int) -> str:
    return next(statement.text for statement in statements if statement.score == score)


def _with_noun(number: Decimal, counted: Input, parts: tuple[Decimal, ...]) -> str:
    one, several = counted.nouns
    return f"{_summed(parts or (number,))} {one if number == 1 else several}".rstrip()


def _summed(numbers: tuple[Decimal, ...]) -> str:
    """Numbers that are added up: "(4 + 6 + 5)"; one stands by itself."""
    said = " + ".join(_number(number.normalize()) for number in numbers)
    return f"({said})" if len(numbers) > 1 else said


def _number(value: Decimal) -> str:
    return number_format(value, use_l10n=True)
