"""From text to tree: each irregularity is a finding, and never a smaller tree in silence."""

import pytest

from referential.decoding import MAX_LINE
from referential.findings import ReferentialError, Severity
from referential.text import MAX_ERRORS, load, parse_file
from tests.referential.samples import PLAIN, TIERS, overlay, parse, tree

PLAIN_TREE = [
    "P1 Produire",
    "A1.1 Étudier",
    "C1.1.1 Recenser les besoins",
    "C1.1.2 Chiffrer",
    "A1.2 Choisir",
    "C1.2.1 Comparer",
    "P2 Maintenir",
    "A2.1 Dépanner",
    "C2.1.1 Diagnostiquer",
]


def test_a_plain_text_gives_its_tree_and_no_finding():
    assert tree(PLAIN) == PLAIN_TREE
    assert parse(PLAIN).findings == ()


def replace(old: str, new: str) -> str:
    assert old in PLAIN
    return PLAIN.replace(old, new)


# What is understood: the tree is that of the plain text, and a finding says what was unusual.
HARMLESS = {
    "bom": ("\ufeff" + PLAIN, None),
    "decomposed": (replace("É", "E\u0301"), None),
    "page_header": (replace("Chiffrer", "Diplôme d'essai, page 3\nChiffrer"), 4),
    "bullet": (replace("A1.1", "- A1.1"), 2),
    "separator": (replace("A1.1 ", "A1.1. "), 2),
    "emphasis": (replace("Étudier", "*Étudier*"), 2),
    "unclosed_emphasis": (replace("Étudier", "*Étudier"), 2),
    "invisible": (replace("Étudier", "Étu\u00addier"), 2),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_what_is_understood_leaves_the_tree_whole(kind):
    text, line = HARMLESS[kind]
    assert tree(text) == PLAIN_TREE
    assert [(f.kind, f.line) for f in parse(text).findings] == [(kind, line)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(PLAIN.replace("\n", "\r\n"), id="crlf"),
        pytest.param(PLAIN.replace("\n", "\r"), id="cr"),
        pytest.param(PLAIN.replace("\n", "\n \n\t\n"), id="blank-lines"),
        pytest.param(PLAIN.replace("\n", " \u00a0\n  "), id="spaces-around"),
        pytest.param(PLAIN.replace(" ", "  \t "), id="spaces-within"),
        pytest.param(PLAIN.rstrip("\n"), id="no-last-line-end"),
        pytest.param("\f" + PLAIN, id="form-feed"),
        pytest.param(PLAIN.replace("1.1 É", "1.1\u00a0É"), id="no-break-space-after-code"),
    ],
)
def test_blanks_and_line_ends_mean_nothing(text):
    assert tree(text) == PLAIN_TREE
    assert parse(text).findings == ()


@pytest.mark.parametrize("bullet", ["- ", "– ", "— ", "• ", "•", "\uf0b7 ", "* ", "-"])
def test_a_bullet_may_stand_before_a_code(bullet):
    assert tree(replace("A1.1", bullet + "A1.1")) == PLAIN_TREE


@pytest.mark.parametrize("bullet", ["- ", "• ", "\uf0b7\t"])
def test_a_bullet_may_stand_before_a_competence(bullet):
    text = replace("Chiffrer", bullet + "Chiffrer")
    assert tree(text) == PLAIN_TREE
    assert [(f.kind, f.en) for f in parse(text).findings] == [
        ("bullet", "Bullet removed before C1.1.2.")
    ]


@pytest.mark.parametrize(
    "line", ["A1.1 *Étudier*", "A1.1 **Étudier**", "A1.1 _Étudier_", "*A1.1 Étudier*"]
)
def test_emphasis_stands_around_the_title_or_the_line(line):
    text = replace("A1.1 Étudier", line)
    assert tree(text) == PLAIN_TREE
    assert [f.kind for f in parse(text).findings] == ["emphasis"]


# What someone should look at: the tree stands as the text has it.
DOUBTFUL = {
    "stray_emphasis": (replace("Étudier", "Étu*dier"), 2),
    "damaged": (replace("Étudier", "Étudier la \ufffdn"), 2),
    "continued": (replace("Chiffrer", "chiffrer"), 4),
    "gap": (replace("A1.2", "A1.4"), 5),
    "out_of_order": (PLAIN + "P4 Quatre\nA4.2 Deux\nTester\nA4.1 Un\nLivrer\n", 13),
    "childless": (PLAIN + "A2.2 Ranger\n", 10),
    "repeated_wording": (replace("Chiffrer", "Recenser les besoins"), 4),
    "duplicate_wording": (replace("Comparer", "Chiffrer"), 6),
}


@pytest.mark.parametrize("kind", DOUBTFUL)
def test_what_is_doubtful_is_kept_and_said(kind):
    text, line = DOUBTFUL[kind]
    parsed = parse(text)
    assert (kind, line) in [(f.kind, f.line) for f in parsed.findings]
    assert parsed.referential is not None
    assert len(parsed.referential) == len(text.splitlines())


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("A1.3", "A1.2"),
        ("A1.4", "A1.2, A1.3"),
        ("A1.005", "A1.002, A1.003, A1.004"),
        ("A1.999999", "A1.000002 … A1.999998"),
    ],
)
def test_a_gap_names_what_is_missing(code, missing):
    found = parse(replace("A1.2", code)).findings
    assert [f.en for f in found] == [f"The numbering has a gap: {missing} missing before {code}."]


def test_a_wording_under_three_activities_may_be_a_page_header():
    text = PLAIN.replace("Comparer", "Chiffrer").replace("Diagnostiquer", "Chiffrer")
    assert [(f.kind, f.line) for f in parse(text).findings] == [
        ("duplicate_wording", 6),
        ("repeated_wording", 9),
    ]


# What makes any tree untrustworthy.
FATAL = {
    "empty": ("", None),
    "utf16": (PLAIN.encode("utf-16"), None),
    "binary": (b"%PDF-1.7\n" + PLAIN.encode(), None),
    "not_utf8": (PLAIN.encode("latin-1"), 2),
    "control_character": (replace("Étudier", "Étudier\x07"), 2),
    "line_too_long": ("x" * 5_000_000, 1),
    "too_large": (b"x" * 128_000_001, None),
    "no_code": ("Chère collègue,\nvoici le fichier.\n", None),
    "no_letters": (replace("Chiffrer", "12"), 4),
    "orphan": ("A1.1 Étudier\nChiffrer\n", 1),
    "orphan_line": ("Chiffrer\n" + PLAIN, 1),
    "foreign_code": (replace("A1.2", "A2.2"), 5),
    "duplicate_code": (replace("A1.2", "A1.1"), 5),
    "malformed_code": (replace("A1.2", "A1.2.1"), 5),
    "printed_position": (replace("Comparer", "C1.2.1 Comparer"), 6),
    "untitled": (replace("A1.2 Choisir", "A1.2"), 5),
    "too_many": (PLAIN + "P1 Encore\n" * (MAX_ERRORS + 1), 10 + MAX_ERRORS),
}


@pytest.mark.parametrize("kind", FATAL)
def test_an_error_means_no_tree(kind):
    text, line = FATAL[kind]
    parsed = parse(text)
    assert parsed.referential is None
    found = {(f.kind, f.line, f.severity) for f in parsed.findings}
    assert (kind, line, Severity.error) in found


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(b" \r\n\t\n", "empty", id="blank"),
        pytest.param(b"\xef\xbb\xbf", "empty", id="only-a-bom"),
        pytest.param(PLAIN.encode("utf-16-le"), "utf16", id="utf16-le-without-bom"),
        pytest.param(PLAIN.encode("utf-16-be"), "utf16", id="utf16-be-without-bom"),
        pytest.param(PLAIN.encode("utf-32"), "utf16", id="utf32"),
        pytest.param(b"\x7fELF\x02\x01\x00\x00" * 50, "binary", id="executable"),
        pytest.param(b"PK\x03\x04rest", "binary", id="docx"),
        pytest.param(b"\x89PNG\r\n\x1a\n\xff", "binary", id="image"),
    ],
)
def test_a_file_that_is_no_text_is_told_apart(data, kind):
    parsed = parse(data)
    assert parsed.referential is None
    assert [f.kind for f in parsed.findings if f.severity is Severity.error] == [kind]


def test_latin1_is_located_and_named():
    [found] = parse(b"P1 Produire\r\nA1.1 \xc9tudier\r\n").findings
    assert (found.line, found.excerpt) == (2, "A1.1 Étudier")
    assert found.en == (
        "Byte 0xC9 is not UTF-8; the file looks like Latin-1 or Windows-1252. Save it as UTF-8."
    )


def test_the_longest_line_allowed_is_read():
    label = "x" * (MAX_LINE - len("P1 "))
    assert tree(f"P1 {label}\n") == [f"P1 {label}"]


@pytest.mark.parametrize(
    "line",
    [
        "a1.2 Choisir",
        "A 1.2 Choisir",
        "A1. 2 Choisir",
        "A.1.2 Choisir",
        "A1.2Choisir",
        "A1..2 Choisir",
        "A1.2.x Choisir",
        "A1234567.2 Choisir",
        "A1 Choisir",
        "P1.2 Choisir",
    ],
)
def test_what_resembles_a_code_never_becomes_a_competence(line):
    parsed = parse(replace("A1.2 Choisir", line))
    assert parsed.referential is None
    assert [(f.kind, f.line) for f in parsed.findings] == [("malformed_code", 5)]


def test_the_same_number_written_otherwise_is_the_same_code():
    parsed = parse(replace("A1.2", "A1.01"))
    assert [(f.kind, f.line) for f in parsed.findings] == [("duplicate_code", 5)]


def test_an_activity_after_a_new_process_is_not_under_the_old_one():
    parsed = parse(replace("A2.1", "A1.3"))
    assert [f.en for f in parsed.findings] == [
        "A1.3 stands under P2, whose numbers it does not repeat.",
    ]


def test_a_competence_directly_under_a_process_has_no_place():
    parsed = parse(replace("A2.1 Dépanner\n", ""))
    assert [(f.kind, f.line) for f in parsed.findings] == [("childless", 7), ("orphan_line", 8)]


def test_without_a_tier_by_position_every_line_needs_a_code():
    parsed = parse("P1 Produire\nA1.1 Étudier\nChiffrer\n", tiers=TIERS)
    assert parsed.referential is None
    assert [(f.kind, f.line) for f in parsed.findings] == [("uncoded_line", 3)]


# Repairs of the overlay
TITLE = '[[titles]]\ncode = "A1.2"\ntitle = "Choisir"\nsource = "le JO"\n'
ABSENT = '[[absent]]\ncodes = ["A1.2"]\nsource = "le JO"\n'
CORRECTION = (
    "[[corrections]]\nline = 4\n"
    'expected = "Chiffrez"\nreplacement = "Chiffrer"\nsource = "coquille"\n'
)

REPAIRED = {
    "title_supplied": (replace("A1.2 Choisir", "A1.2"), TITLE, 5),
    "corrected": (replace("Chiffrer", "Chiffrez"), CORRECTION, 4),
}


@pytest.mark.parametrize("kind", REPAIRED)
def test_a_repair_gives_the_plain_tree(kind):
    text, more, line = REPAIRED[kind]
    assert tree(text, more) == PLAIN_TREE
    assert [(f.kind, f.line) for f in parse(text, more).findings] == [(kind, line)]


def test_a_known_gap_is_no_warning():
    [found] = parse(replace("A1.2", "A1.3"), ABSENT).findings
    assert (found.kind, found.severity) == ("known_gap", Severity.info)
    assert found.fr == "Il manque A1.2 avant A1.3, comme prévu\u202f: le JO."


STALE = {
    "title_unused": (PLAIN, TITLE, 5),
    "absent_present": (PLAIN, ABSENT, 5),
    "correction_mismatch": (PLAIN, CORRECTION, 4),
}


@pytest.mark.parametrize("kind", STALE)
def test_a_repair_that_no_longer_fits_is_an_error(kind):
    text, more, line = STALE[kind]
    parsed = parse(text, more)
    assert parsed.referential is None
    assert [(f.kind, f.line) for f in parsed.findings] == [(kind, line)]


def test_a_title_for_a_code_that_is_nowhere_is_an_error():
    parsed = parse(PLAIN, TITLE.replace("A1.2", "A7.7"))
    assert [f.en for f in parsed.findings] == [
        "The overlay gives a title to A7.7, which is not in the text."
    ]


def test_a_correction_says_where_its_text_went():
    text = "\n" + replace("Chiffrer", "Chiffrez")
    assert [f.en for f in parse(text, CORRECTION).findings] == [
        "The correction meant for this line expects “Chiffrez”, which is on line 5."
    ]


def test_a_correction_may_mend_a_code():
    mend = CORRECTION.replace("Chiffrez", "A1 .2 Choisir").replace("Chiffrer", "A1.2 Choisir")
    mend = mend.replace("line = 4", "line = 5")
    assert tree(replace("A1.2", "A1 .2"), mend) == PLAIN_TREE


def test_files_that_cannot_be_read_are_findings(tmp_path):
    [found] = parse_file(tmp_path / "none.txt", overlay()).findings
    assert found.kind == "unreadable"
    with pytest.raises(ReferentialError) as caught:
        load(tmp_path / "none.txt", tmp_path / "none.toml")
    assert [f.kind for f in caught.value.findings] == ["unreadable"]
    assert str(caught.value).startswith("none.toml: The file cannot be read")
