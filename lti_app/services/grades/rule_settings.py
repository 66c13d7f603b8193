"""The rules of an activity as words: custom parameters, a form, a stored setting; all the same keys.

====================  ==================================================  =========================
``grade_rule``        one of ``referential.grading.GRADE_RULES``          ``share_weighted``
``not_assessed``      ``zero`` or ``left_out``                            ``zero``
``coefficients``      codes with a number; inherited by what is under     ``P1:2 D2.1:0.5``
``level_values``      what the levels are worth out of 100                ``0 33 67 100``
``points_needed``     for full marks under ``points``; 0: all of them     ``30``
``required``          codes that must be acquired under ``points``        ``A1.1.03 C1.2.01.1``
``required_cap``      percent of the maximum not passed while one is not  ``50``
``rounding``          step of the grade                                   ``0.5``
``rounding_mode``     ``nearest``, ``up`` or ``down``                     ``nearest``
``mastery_rule``      one of ``referential.mastery.RULES``                ``decaying_average``
``mastery_number``    the rule's share in percent, or count               ``65``
``mastery_last``      only so many of the latest judgements; 0: all       ``5``
``mastery_rounding``  ``nearest`` or ``down``                             ``down``
``columns``           letters of tiers and codes of parts, a column each  ``P``, ``D1.1 D1.2``
``send_as``           ``auto``, ``points`` or ``level``                   ``auto``
====================  ==================================================  =========================

An absent or empty key takes its default. Keys are in small letters, since Moodle sends others twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from flask_babel import gettext as _

from lti_app.errors import InputError
from referential.grading import (
    CENT,
    GRADE_RULES,
    HUNDRED,
    MAX_COEFFICIENT,
    NOT_ASSESSED,
    ROUNDING_MODES,
    SHARE_PROFICIENT,
    ZERO,
    GradeRule,
)
from referential.mastery import LATEST, MAX_LAST, ROUNDINGS, RULES, MasteryRule

KEYS: Final = (
    "grade_rule",
    "not_assessed",
    "coefficients",
    "level_values",
    "points_needed",
    "required",
    "required_cap",
    "rounding",
    "rounding_mode",
    "mastery_rule",
    "mastery_number",
    "mastery_last",
    "mastery_rounding",
    "columns",
    "send_as",
)
SEND_AS: Final = ("auto", "points", "level")
MAX_POINTS = Decimal(100_000)
MAX_STEP = Decimal(10)


@dataclass(frozen=True, slots=True)
class Rules:
    """How an activity grades. ``columns``: letters of tiers and codes of nodes that get a column of
    their own beside the activity's. ``send_as``: ``level`` sends a level where ``points`` sends a
    grade; ``auto`` follows what the gradebook's column is."""

    grade: GradeRule = SHARE_PROFICIENT
    mastery: MasteryRule = LATEST
    columns: tuple[str, ...] = ()
    send_as: str = "auto"


DEFAULT: Final = Rules()


def read(values: Mapping[str, Any]) -> Rules:
    """The rules in these values; other keys are ignored.

    Raises ``InputError`` that names the first value which is out of range or no word of ours.
    Whether a code exists is known only with the référentiel: see ``framing.resolve``.
    """
    text = {key: str(values.get(key) or "").strip() for key in KEYS}
    grade = GradeRule(
        name=_word(text["grade_rule"], GRADE_RULES, _no_grade_rule),
        not_assessed=_word(text["not_assessed"], NOT_ASSESSED, _no_policy),
        coefficients=_coefficients(text["coefficients"]),
        level_values=_level_values(text["level_values"]),
        points_needed=_number(text["points_needed"], ZERO, ZERO, MAX_POINTS, _points_label()),
        required=_codes(text["required"]),
        required_cap=_number(text["required_cap"], Decimal(50), ZERO, HUNDRED, _cap_label()),
        rounding=_number(text["rounding"], CENT, CENT, MAX_STEP, _step_label()),
        rounding_mode=_word(text["rounding_mode"], tuple(ROUNDING_MODES), _no_rounding),
    )
    return Rules(
        grade=grade,
        mastery=_mastery(text),
        columns=_codes(text["columns"]),
        send_as=_word(text["send_as"], SEND_AS, _no_sending),
    )


def write(rules: Rules) -> dict[str, str]:
    """The values that ``read`` reads back to the same rules; defaults are left out."""
    usual = values(DEFAULT)
    usual["mastery_number"] = str(MasteryRule(rules.mastery.name).number or "")
    return {key: text for key, text in values(rules).items() if text != usual[key]}


def values(rules: Rules) -> dict[str, str]:
    """Every key with its value, as a form shows them."""
    grade, mastery = rules.grade, rules.mastery
    return {
        "grade_rule": grade.name,
        "not_assessed": grade.not_assessed,
        "coefficients": " ".join(f"{code}:{plain(value)}" for code, value in grade.coefficients),
        "level_values": " ".join(map(plain, grade.level_values)),
        "points_needed": plain(grade.points_needed),
        "required": " ".join(grade.required),
        "required_cap": plain(grade.required_cap),
        "rounding": plain(grade.rounding),
        "rounding_mode": grade.rounding_mode,
        "mastery_rule": mastery.name,
        "mastery_number": str(mastery.number or ""),
        "mastery_last": str(mastery.last),
        "mastery_rounding": mastery.rounding,
        "columns": " ".join(rules.columns),
        "send_as": rules.send_as,
    }


def decimal(value: str) -> Decimal | None:
    """A number as people type it, with a comma or a point; None when it is none."""
    try:
        number = Decimal(value.replace(",", ".").replace("\u202f", "").replace("\u00a0", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _mastery(text: Mapping[str, str]) -> MasteryRule:
    name = _word(text["mastery_rule"], tuple(RULES), _no_mastery_rule)
    allowed = RULES[name]
    number = 0
    if allowed is not None and text["mastery_number"]:
        label = _("La part de la dernière évaluation") if allowed.percent else _("Le nombre")
        number = _whole(text["mastery_number"], 0, allowed.low, allowed.high, label)
    last = _whole(text["mastery_last"], 0, 0, MAX_LAST, _("Le nombre de dernières évaluations"))
    rounding = _word(text["mastery_rounding"], ROUNDINGS, _no_rounding)
    return MasteryRule(name, number, last, rounding)


def _word(value: str, words: tuple[str, ...], refusal: Callable[[str], str]) -> str:
    if not value:
        return words[0]
    if value not in words:
        raise InputError(refusal(value[:60]))
    return value


def _number(value: str, default: Decimal, low: Decimal, high: Decimal, label: str) -> Decimal:
    if not value:
        return default
    number = decimal(value)
    if number is None or not low <= number <= high:
        raise InputError(
            _(
                "%(label)s « %(value)s » n’est pas un nombre entre %(low)s et %(high)s.",
                label=label,
                value=value[:60],
                low=_shown(low),
                high=_shown(high),
            )
        )
    return number


def _whole(value: str, default: int, low: int, high: int, label: str) -> int:
    number = _number(value, Decimal(default), Decimal(low), Decimal(high), label)
    if number != int(number):
        raise InputError(
            _("%(label)s « %(value)s » n’est pas un nombre entier.", label=label, value=value[:60])
        )
    return int(number)


def _coefficients(value: str) -> tuple[tuple[str, Decimal], ...]:
    found: dict[str, Decimal] = {}
    for pair in value.replace(";", " ").split():
        code, colon, text = pair.replace("=", ":").rpartition(":")
        if not colon or not code:
            raise InputError(
                _(
                    "Le coefficient « %(value)s » n’a pas la forme attendue : un code, deux-points, "
                    "un nombre, comme « P1:2 ».",
                    value=pair[:60],
                )
            )
        label = _("Le coefficient de %(code)s", code=code[:60])
        found[code] = _number(text or "?", ZERO, ZERO, Decimal(MAX_COEFFICIENT), label)
    return tuple(found.items())


def _level_values(value: str) -> tuple[Decimal, ...]:
    label = _("La valeur d’un niveau")
    values = tuple(
        _number(text, ZERO, ZERO, HUNDRED, label) for text in value.replace(";", " ").split()
    )
    if list(values) != sorted(values):
        raise InputError(
            _("Les valeurs des niveaux « %(value)s » ne vont pas en montant.", value=value[:60])
        )
    return values


def _codes(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.replace(",", " ").replace(";", " ").split()))


def plain(number: Decimal) -> str:
    """« 0.5 », « 20 », never « 2E+1 »."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown(number: Decimal) -> str:
    return (
        plain(number).replace(".", ",") if number < 1000 else f"{number:,f}".replace(",", "\u202f")
    )


def _points_label() -> str:
    return _("Le nombre de points à réunir")


def _cap_label() -> str:
    return _("La limite sans les compétences obligatoires")


def _step_label() -> str:
    return _("L’arrondi")


def _no_grade_rule(value: str) -> str:
    return _("La règle de note « %(value)s » n’existe pas ici.", value=value)


def _no_mastery_rule(value: str) -> str:
    return _("La règle de maîtrise « %(value)s » n’existe pas ici.", value=value)


def _no_policy(value: str) -> str:
    return _(
        "« %(value)s » ne dit pas ce que devient une compétence non évaluée : « zero » ou "
        "« left_out ».",
        value=value,
    )


def _no_rounding(value: str) -> str:
    return _("Le sens d’arrondi « %(value)s » n’existe pas ici.", value=value)


def _no_sending(value: str) -> str:
    return _(
        "« %(value)s » ne dit pas quoi envoyer : « auto », « points » ou « level ».", value=value
    )
