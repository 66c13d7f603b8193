"""An overlay says everything about a diploma, and every mistake in it is named."""

import pytest

from referential.findings import ReferentialError
from referential.overlay import parse_overlay
from tests.referential.samples import COMPETENCES, HEAD, TIERS, overlay

WHOLE = HEAD + TIERS + COMPETENCES


def test_it_tells_how_each_tiers_codes_look():
    forms = [(s.tier.letter, s.prefix, s.numbering, s.numbers) for s in overlay().tiers]
    assert forms == [
        ("P", "P", "nested", 1),
        ("A", "A", "nested", 2),
        ("C", "C", "position", 0),
    ]


def test_without_repairs_only_the_grammar_is_left():
    more = '[[titles]]\ncode = "A1.2"\ntitle = "Choisir"\nsource = "le JO"\n'
    assert overlay(more).titles == {"A1.2": ("Choisir", "le JO")}
    assert overlay(more).without_repairs() == overlay()


def findings(text: str | bytes):
    with pytest.raises(ReferentialError) as caught:
        parse_overlay(text if isinstance(text, bytes) else text.encode(), "x.toml")
    assert caught.value.name == "x.toml"
    return [(found.kind, found.en) for found in caught.value.findings]


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new, 1)


def invalid(key: str, value: str, expected: str) -> tuple[str, str]:
    return ("config_invalid", f"“{key}” is {value}; {expected} is expected.")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            changed('code = "TEST"\n', ""),
            [("config_missing", "“code” is missing.")],
            id="no-code",
        ),
        pytest.param(
            changed("source", "sauce"),
            [
                ("config_missing", "“source” is missing."),
                ("config_unknown", "“sauce” is not known."),
            ],
            id="typing-mistake",
        ),
        pytest.param(
            changed('"TEST"', '"1TEST"'),
            [invalid("code", "« 1TEST »", "a letter, then letters, digits or _ (40 at most)")],
            id="code-beginning-with-a-digit",
        ),
        pytest.param(
            changed('"TEST"', "7"), [invalid("code", "7", "one line of text")], id="no-text"
        ),
        pytest.param(HEAD, [("config_missing", "“tiers” is missing.")], id="no-tiers"),
        pytest.param(
            HEAD + "tiers = 3\n", [invalid("tiers", "3", "tables [[…]]")], id="tiers-no-tables"
        ),
        pytest.param(
            WHOLE + COMPETENCES.replace('"C"', '"X"'),
            [
                invalid(
                    "tiers[3].numbering",
                    "« position »",
                    "“nested” or “own”, except on the last tier",
                )
            ],
            id="position-not-last",
        ),
        pytest.param(
            HEAD + COMPETENCES,
            [
                invalid(
                    "tiers[1].numbering",
                    "« position »",
                    "“nested” or “own”, except on the last tier",
                )
            ],
            id="position-alone",
        ),
        pytest.param(
            changed('letter = "A"', 'letter = "P"'),
            [invalid("tiers[2].letter", "« P »", "a letter and a form of code of this tier alone")],
            id="same-letter",
        ),
        pytest.param(
            changed('letter = "C"', 'letter = "C"\nprefix = "A"'),
            [invalid("tiers[3].letter", "« C »", "a letter and a form of code of this tier alone")],
            id="position-with-a-printed-prefix",
        ),
        pytest.param(
            changed('letter = "A"', 'letter = "1"'),
            [
                invalid("tiers[2].letter", "« 1 »", "1 to 8 letters"),
                invalid("tiers[2].prefix", "« 1 »", "1 to 8 letters"),
            ],
            id="letter-no-letter",
        ),
        pytest.param(
            changed('"practice"', '"activity"'),
            [
                invalid(
                    "tiers[2].taxonomy",
                    "« activity »",
                    "one of: behaviour, competency, concept, domain, indicator, level, outcome, "
                    "practice, proficiency, skill, value",
                )
            ],
            id="taxonomy-moodle-does-not-know",
        ),
        pytest.param(
            changed("[0-9]+", "["),
            [
                invalid(
                    "page_headers",
                    "« Diplôme d'essai, page [ »",
                    "a regular expression (unterminated character set at position 22)",
                )
            ],
            id="page-header-no-expression",
        ),
        pytest.param(
            changed('["Diplôme d\'essai, page [0-9]+"]', '"x"'),
            [invalid("page_headers", "« x »", "a list of texts")],
            id="page-headers-no-list",
        ),
        pytest.param(
            WHOLE
            + 2 * '[[corrections]]\nline = 4\nexpected = "a"\nreplacement = "b"\nsource = "c"\n',
            [invalid("corrections[2].line", "4", "one correction a line")],
            id="two-corrections-of-a-line",
        ),
        pytest.param(
            WHOLE + '[[corrections]]\nline = 0\nexpected = "a"\nreplacement = "b"\nsource = "c"\n',
            [invalid("corrections[1].line", "0", "a positive integer")],
            id="line-zero",
        ),
        pytest.param(
            WHOLE + '[[titles]]\ncode = "A1.1"\ntitle = "X"\n',
            [("config_missing", "“titles[1].source” is missing.")],
            id="title-without-source",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(text, expected):
    assert findings(text) == expected


def test_a_file_that_is_no_toml_says_where():
    [(kind, message)] = findings("code = \n")
    assert kind == "config_toml"
    assert message == "The file is not valid TOML: Invalid value (at line 1, column 8)."


def test_a_file_that_is_no_utf8_says_where():
    assert findings('code = "X"\ntitle = "\u00e9"'.encode("latin-1"))[0][0] == "not_utf8"
