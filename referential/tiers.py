"""The tiers of a tree whose file does not describe them: from its words, else from Moodle's.

A file mostly tells little: a Moodle framework one taxonomy a tier, a table perhaps a type for
each row. What a version already here says of its tiers is kept wherever the file does not differ.
"""

import re
from collections.abc import Sequence

from referential.model import Referential, Tier
from referential.overlay import LETTERS

COMPETENCY = "competency"
WORDS: dict[str, tuple[str, str, str, str]] = {
    "behaviour": ("comportement", "behaviour", "comportements", "behaviours"),
    "competency": ("compétence", "competence", "compétences", "competences"),
    "concept": ("concept", "concept", "concepts", "concepts"),
    "domain": ("domaine", "domain", "domaines", "domains"),
    "indicator": ("indicateur", "indicator", "indicateurs", "indicators"),
    "level": ("niveau", "level", "niveaux", "levels"),
    "outcome": ("objectif", "outcome", "objectifs", "outcomes"),
    "practice": ("activité", "practice", "activités", "practices"),
    "proficiency": ("aptitude", "proficiency", "aptitudes", "proficiencies"),
    "skill": ("savoir-faire", "skill", "savoir-faire", "skills"),
    "value": ("valeur", "value", "valeurs", "values"),
}
"""Moodle's taxonomies in the words of French diplomas: singular and plural in French, English."""

_USUAL = {
    1: (COMPETENCY,),
    2: ("domain", COMPETENCY),
    3: ("domain", "practice", COMPETENCY),
    4: ("concept", "domain", "practice", COMPETENCY),
}
_PREFIX = re.compile(r"[A-Za-z]{1,8}")


def tiers_of(
    codes: Sequence[Sequence[str]],
    kinds: Sequence[str],
    taxonomies: Sequence[str],
    like: Referential | None,
) -> tuple[Tier, ...]:
    """One tier for each depth of ``codes`` (the codes of the nodes there, none empty).

    ``kinds``: what the file calls each tier, "" for nothing. ``taxonomies``: Moodle's words for the
    first of them, as far as the file tells. ``like``: the version whose words are kept.
    """
    count = len(codes)
    letters: list[str] = []
    tiers: list[Tier] = []
    usual = _USUAL.get(count, ("concept", *["level"] * (count - 2), COMPETENCY))
    for depth in range(count):
        told = taxonomies[depth] if depth < len(taxonomies) else ""
        tier = _known(like, depth, count, told, kinds[depth]) or _made(
            told or usual[depth], kinds[depth], _letter(codes[depth])
        )
        letter = _free(tier.letter, letters)
        letters.append(letter)
        tiers.append(tier if letter == tier.letter else _relettered(tier, letter))
    return tuple(tiers)


def _known(
    like: Referential | None, depth: int, count: int, taxonomy: str, kind: str
) -> Tier | None:
    """The tier as the known version has it, unless the file says something else."""
    if like is None or len(like.tiers) != count:
        return None
    tier = like.tiers[depth]
    same_words = kind.casefold() in ("", tier.name_fr.casefold(), tier.name_en.casefold())
    return tier if taxonomy in ("", tier.taxonomy) and same_words else None


def _made(taxonomy: str, kind: str, letter: str) -> Tier:
    words = WORDS[taxonomy]
    if kind and kind.casefold() not in (words[0], words[1]):
        words = (kind, kind, plural(kind), plural(kind))
    return Tier(letter or taxonomy[0].upper(), words[0], words[1], words[2], words[3], taxonomy)


def _letter(codes: Sequence[str]) -> str:
    """The letters that all of the codes begin with, "" if they do not begin alike."""
    found = {match[0] if (match := _PREFIX.match(code)) else "" for code in codes}
    return found.pop() if len(found) == 1 else ""


def _free(letter: str, taken: Sequence[str]) -> str:
    """The letter, or another one that no tier has yet."""
    if letter not in taken and LETTERS.fullmatch(letter):
        return letter
    return next(other for other in "ABCDEFGHIJKLMNOPQ" if other not in taken)


def _relettered(tier: Tier, letter: str) -> Tier:
    return Tier(letter, tier.name_fr, tier.name_en, tier.plural_fr, tier.plural_en, tier.taxonomy)


def plural(word: str) -> str:
    """The plural of a French noun, or a noun phrase's first word: blocs, niveaux, savoir-faire."""
    first, space, rest = word.partition(" ")
    if first.endswith(("s", "x", "z", "-faire")):
        return word
    if first.endswith(("eau", "eu")):
        return f"{first}x{space}{rest}"
    if first.endswith("al"):
        return f"{first[:-2]}aux{space}{rest}"
    return f"{first}s{space}{rest}"
