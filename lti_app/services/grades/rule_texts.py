"""The rules in words: what a page calls them, and the sentence that explains each.

The names are those the field uses: « part acquise » is Moodle's reading, « pourcentage d’acquis » and
« moyenne » SACoche's, « moyenne décroissante » Canvas'.
"""

from __future__ import annotations

from decimal import Decimal

from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from lti_app.services.activities.framing import Framing
from referential.grading import GradeRule, Use, level_values
from referential.mastery import MasteryRule
from referential.occasions import Standing

GRADE_NAMES: dict[str, LazyString] = {
    "share_proficient": _l("Part acquise"),
    "share_weighted": _l("Part acquise, avec coefficients"),
    "share_half": _l("Pourcentage d’acquis"),
    "mean_of_levels": _l("Moyenne des niveaux"),
    "points": _l("Points et compétences obligatoires"),
}
GRADE_HELP: dict[str, LazyString] = {
    "share_proficient": _l(
        "Le nombre de compétences acquises, divisé par le nombre de compétences."
    ),
    "share_weighted": _l(
        "La même part, où certains processus, domaines ou compétences comptent davantage."
    ),
    "share_half": _l("Une compétence en cours d’acquisition compte pour la moitié d’une acquise."),
    "mean_of_levels": _l("Chaque niveau a une valeur sur 100 ; la note en est la moyenne."),
    "points": _l(
        "Chaque compétence acquise rapporte des points ; il en faut un certain nombre, et "
        "certaines compétences sont exigées."
    ),
}
MASTERY_NAMES: dict[str, LazyString] = {
    "latest": _l("La plus récente"),
    "highest": _l("La meilleure"),
    "mean": _l("La moyenne"),
    "best_mean": _l("La moyenne des meilleures"),
    "weighted_average": _l("La dernière face aux précédentes"),
    "decaying_average": _l("La moyenne décroissante"),
    "n_mastery": _l("Un nombre de réussites"),
    "mode_high": _l("La plus fréquente, au mieux"),
    "mode_low": _l("La plus fréquente, au plus juste"),
    "arithmetic": _l("La moyenne pondérée 1, 2, 3…"),
    "geometric": _l("La moyenne pondérée 1, 2, 4…"),
}
MASTERY_HELP: dict[str, LazyString] = {
    "latest": _l("La dernière évaluation remplace les autres."),
    "highest": _l("Une réussite reste acquise, même après une évaluation plus faible."),
    "mean": _l("Toutes les évaluations comptent autant."),
    "best_mean": _l("Seules les meilleures évaluations comptent."),
    "weighted_average": _l(
        "La dernière évaluation compte pour une part fixe, la moyenne des précédentes pour le reste."
    ),
    "decaying_average": _l("Une évaluation compte d’autant moins qu’elle est ancienne."),
    "n_mastery": _l("La compétence est acquise quand elle a été réussie plusieurs fois."),
    "mode_high": _l("Le niveau donné le plus souvent ; à égalité, le plus haut."),
    "mode_low": _l("Le niveau donné le plus souvent ; à égalité, le plus bas."),
    "arithmetic": _l("Chaque évaluation compte un peu plus que la précédente."),
    "geometric": _l("Chaque évaluation compte deux fois plus que la précédente."),
}
MASTERY_SENTENCES: dict[str, LazyString] = {
    "latest": _l("Pour chaque compétence, c’est l’évaluation la plus récente qui compte."),
    "highest": _l("Pour chaque compétence, c’est la meilleure évaluation qui compte."),
    "mean": _l("Pour chaque compétence, c’est la moyenne des évaluations qui compte."),
    "best_mean": _l(
        "Pour chaque compétence, c’est la moyenne des %(count)s meilleures évaluations qui compte."
    ),
    "weighted_average": _l(
        "Pour chaque compétence, la dernière évaluation compte pour %(last)s %%, la moyenne des "
        "précédentes pour %(rest)s %%."
    ),
    "decaying_average": _l(
        "Pour chaque compétence, à chaque évaluation la nouvelle compte pour %(last)s %%, ce qui "
        "précède pour %(rest)s %%."
    ),
    "n_mastery": _l(
        "Une compétence est acquise quand elle a été réussie %(count)s fois ; c’est alors la moyenne "
        "des réussites qui compte."
    ),
    "mode_high": _l(
        "Pour chaque compétence, c’est le niveau donné le plus souvent qui compte ; à égalité, le "
        "plus haut."
    ),
    "mode_low": _l(
        "Pour chaque compétence, c’est le niveau donné le plus souvent qui compte ; à égalité, le "
        "plus bas."
    ),
    "arithmetic": _l(
        "Pour chaque compétence, c’est la moyenne des évaluations qui compte, de poids 1, 2, 3… de "
        "la plus ancienne à la plus récente."
    ),
    "geometric": _l(
        "Pour chaque compétence, c’est la moyenne des évaluations qui compte, de poids 1, 2, 4… de "
        "la plus ancienne à la plus récente."
    ),
}
MARKS: dict[str, LazyString] = {
    "absent": _l("absent"),
    "exempt": _l("dispensé"),
    "not_evaluated": _l("non évalué"),
    "comment": _l("commentaire"),
}
STANDINGS: dict[Standing, LazyString] = {
    Standing.CORRECTED: _l("corrigée dans la demi-heure, ne compte pas"),
    Standing.UNDONE: _l("saisie annulée, ne compte pas"),
    Standing.TAKEN_BACK: _l("retirée depuis, ne compte pas"),
    Standing.RESET: _l("retire les évaluations précédentes"),
    Standing.MARKED: _l("ne compte dans aucune moyenne"),
    Standing.COMMENT: _l("commentaire seul"),
}
USES: dict[Use, LazyString] = {
    Use.NOT_ASSESSED: _l("pas encore évaluée : compte comme non acquise"),
    Use.LEFT_OUT: _l("pas encore évaluée : ne compte pas"),
    Use.EXCUSED: _l("absence ou dispense : ne compte pas"),
}


def grade_sentences(framing: Framing) -> list[str]:
    """How competences make the grade, in whole sentences."""
    rule = framing.settings.rules.grade
    said = [_share(rule, framing), *_coefficients(rule)]
    if rule.name == "points":
        said += _points(rule)
    if rule.leaves_out:
        said.append(_("Une compétence pas encore évaluée ne compte pas."))
    elif rule.name == "points":
        said.append(_("Une compétence pas encore évaluée ne rapporte rien."))
    else:
        said.append(_("Une compétence pas encore évaluée compte comme non acquise."))
    said.append(_rounded(rule, framing.settings.maximum))
    return said


def level_sentences(framing: Framing) -> list[str]:
    """How competences make the level that a column of levels gets, in whole sentences."""
    rule = framing.settings.rules.grade
    said = [
        _("La colonne de Moodle montre des niveaux et non des points."),
        _("Le niveau envoyé est la moyenne des niveaux, arrondie au plus proche."),
        *_coefficients(rule),
    ]
    if rule.not_assessed == "left_out":
        said.append(_("Une compétence pas encore évaluée ne compte pas."))
    else:
        lowest = framing.scale.default.name(str(get_locale() or "fr"))
        said.append(
            _("Une compétence pas encore évaluée compte comme « %(level)s ».", level=lowest)
        )
    if rule.name == "points" and rule.required:
        codes = ", ".join(rule.required)
        said.append(
            _(
                "Tant qu’il manque une compétence de %(codes)s, le niveau reste au-dessous.",
                codes=codes,
            )
        )
    return said


def mastery_sentences(rule: MasteryRule) -> list[str]:
    """What several judgements of one competence amount to, in whole sentences."""
    said = [_mastery(rule)]
    if rule.last:
        said.append(_("Seules les %(count)s dernières évaluations comptent.", count=rule.last))
    if rule.name not in ("latest", "highest", "mode_high", "mode_low"):
        said.append(
            _("Entre deux niveaux, c’est celui du dessous qui est retenu.")
            if rule.rounding == "down"
            else _("Entre deux niveaux, c’est le plus proche qui est retenu.")
        )
    return said


def number(value: Decimal) -> str:
    """« 12,5 », « 0,33 »: at most two decimals, as short as can be."""
    return str(format_decimal(value, format="#,##0.##"))


def _share(rule: GradeRule, framing: Framing) -> str:
    match rule.name:
        case "share_weighted":
            return _(
                "La note est la part des compétences acquises, chacune comptant selon son coefficient."
            )
        case "share_half":
            return _(
                "La note est la part des compétences acquises ; une compétence en cours "
                "d’acquisition y compte pour moitié."
            )
        case "mean_of_levels":
            worth = rule.level_values or level_values(framing.scale)
            return _(
                "La note est la moyenne des niveaux, qui valent de bas en haut %(values)s sur 100.",
                values=", ".join(map(number, worth)),
            )
        case "points":
            return _("Chaque compétence acquise rapporte des points.")
    return _("La note est la part des compétences acquises.")


def _coefficients(rule: GradeRule) -> list[str]:
    if not rule.coefficients or rule.name == "share_proficient":
        return []
    told = ", ".join(f"{code} {number(value)}" for code, value in rule.coefficients)
    if rule.name == "points":
        return [_("Points par compétence : %(told)s ; 1 ailleurs.", told=told)]
    return [_("Coefficients : %(told)s ; 1 ailleurs.", told=told)]


def _points(rule: GradeRule) -> list[str]:
    said = [
        _("Il faut %(points)s points pour la note maximale.", points=number(rule.points_needed))
        if rule.points_needed
        else _("Il faut tous les points pour la note maximale.")
    ]
    if rule.required:
        codes = ", ".join(rule.required)
        said.append(
            _(
                "Sont obligatoires : %(codes)s. Tant qu’il en manque, la note ne dépasse pas "
                "%(cap)s %% du maximum.",
                codes=codes,
                cap=number(rule.required_cap),
            )
        )
    return said


def _rounded(rule: GradeRule, maximum: Decimal) -> str:
    values = {"maximum": number(maximum), "step": number(rule.rounding)}
    if rule.rounding_mode == "up":
        return _("Elle est sur %(maximum)s, arrondie à %(step)s au-dessus.", **values)
    if rule.rounding_mode == "down":
        return _("Elle est sur %(maximum)s, arrondie à %(step)s au-dessous.", **values)
    return _("Elle est sur %(maximum)s, arrondie à %(step)s près.", **values)


def _mastery(rule: MasteryRule) -> str:
    values = {"count": rule.number, "last": rule.number, "rest": 100 - rule.number}
    return str(MASTERY_SENTENCES[rule.name]) % values
