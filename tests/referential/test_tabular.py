"""A plain table becomes a tree, or findings that say which row and cell, and what would be right."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referential.findings import Severity
from referential.rows import MAX_NODES, Known
from referential.tabular import read
from tests.referential.samples import PLAIN, parse
from tests.referential.trees import forests, grown

QUICK = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
NEW = Known("CAP", "CAP Cuisine")
GOOD = """\
code;parent;intitulé;description
B1;;Préparer;
C1;B1;Éplucher;Laver avant.
C2;B1;Émincer;
B2;;Cuire;
C3;B2;Saisir;
"""


def tree(text, known=NEW):
    parsed = read(text, known)
    assert parsed.referential is not None, parsed.findings
    return [(n.depth, n.code, n.label, n.description) for n in parsed.referential]


def kinds(text, known=NEW):
    return [(found.kind, found.line) for found in read(text, known).findings]


EXPECTED = [
    (0, "B1", "Préparer", ""),
    (1, "C1", "Éplucher", "Laver avant."),
    (1, "C2", "Émincer", ""),
    (0, "B2", "Cuire", ""),
    (1, "C3", "Saisir", ""),
]


def test_a_table_is_a_tree():
    parsed = read(GOOD, NEW)
    assert parsed.findings == ()
    found = parsed.referential
    assert (found.code, found.title) == ("CAP", "CAP Cuisine")
    assert [(tier.letter, tier.plural_fr) for tier in found.tiers] == [
        ("B", "domaines"),
        ("C", "compétences"),
    ]
    assert [node.idnumber for node in found] == ["CAP-B1", "CAP-C1", "CAP-C2", "CAP-B2", "CAP-C3"]
    assert tree(GOOD) == EXPECTED


AS_SPREADSHEETS_WRITE_IT = {
    "commas": GOOD.replace(";", ","),
    "tabs": GOOD.replace(";", "\t"),
    "crlf": GOOD.replace("\n", "\r\n"),
    "cr": GOOD.replace("\n", "\r"),
    "byte-order-mark": b"\xef\xbb\xbf" + GOOD.encode(),
    "sep-line": "sep=;\r\n" + GOOD,
    "quoted": '"code";"parent";"intitulé";"description"\n' + GOOD.split("\n", 1)[1],
    "english": GOOD.replace("code;parent;intitulé", "Code;Parent code;Label"),
    "capitals-and-stars": GOOD.replace("code;parent;intitulé", "CODE *;Code parent;INTITULÉ *"),
    "title-rows-above": "CAP Cuisine;;;\n;;;\n" + GOOD,
    "blank-rows": GOOD.replace("\nB2;", "\n;;;\n\nB2;"),
    "spaces": GOOD.replace("C1;B1;Éplucher", " C1 ; B1 ;  Éplucher "),
    "children-first": "code;parent;intitulé;description\n"
    "C1;B1;Éplucher;Laver avant.\nC2;B1;Émincer;\nC3;B2;Saisir;\nB1;;Préparer;\nB2;;Cuire;\n",
    "columns-in-another-order": "\n".join(
        ";".join(line.split(";")[at] for at in (2, 0, 3, 1)) for line in GOOD.splitlines()
    ),
    "short-rows": GOOD.replace("Préparer;", "Préparer"),
}


@pytest.mark.parametrize(
    "text", AS_SPREADSHEETS_WRITE_IT.values(), ids=AS_SPREADSHEETS_WRITE_IT.keys()
)
def test_it_is_read_as_spreadsheets_write_it(text):
    assert tree(text) == EXPECTED
    assert read(text, NEW).findings == ()


def test_windows_1252_is_read_and_said():
    parsed = read(GOOD.encode("cp1252"), NEW)
    assert [found.kind for found in parsed.findings] == ["cp1252"]
    assert tree(GOOD.encode("cp1252")) == EXPECTED


def test_a_cell_may_hold_several_lines():
    text = 'code;parent;intitulé;description\nB1;;"Préparer\nles plats";"Un.\n\n  Deux."\n'
    assert tree(text) == [(0, "B1", "Préparer les plats", "Un.\nDeux.")]


def test_the_type_column_names_the_tiers():
    text = "code;parent;intitulé;type\nB1;;Préparer;bloc\nC1;B1;Éplucher;savoir-faire\n"
    found = read(text, NEW).referential
    assert [(t.name_fr, t.plural_fr) for t in found.tiers] == [
        ("bloc", "blocs"),
        ("savoir-faire", "savoir-faire"),
    ]


def test_what_the_table_does_not_tell_comes_from_the_version_before():
    before = parse(PLAIN).referential
    rows = "".join(f"{node.code};{node.parent or ''};{node.label}\n" for node in before)
    assert read("code;parent;intitulé\n" + rows, Known(like=before)).referential == before


HEADER = "code;parent;intitulé;description\n"
WRONG = {
    # kind: (text, line of the finding)
    "header_unknown": ("Nom;Prénom\nDurand;Chloé\n", 1),
    "column_missing": ("code;intitulé\nB1;Préparer\n", 1),
    "column_twice": ("code;parent;intitulé;Libellé\nB1;;Préparer;Cuire\n", 1),
    "column_count": (HEADER + "B1;;Préparer;;trop\n", 2),
    "cell_empty": (HEADER + "B1;;Préparer;\n;B1;Éplucher;\n", 3),
    "cell_control": (HEADER + "B1;;Pré\x02parer;\n", 2),
    "cell_long": (HEADER + f"B1;;{'x' * 2001};\n", 2),
    "csv_broken": (HEADER + 'B1;;"Préparer;\nC1;B1;Éplucher;\n', 2),
    "code_form": (HEADER + "B 1;;Préparer;\n", 2),
    "value_twice": (HEADER + "B1;;Préparer;\nC1;B1;Éplucher;\nB1;;Cuire;\n", 4),
    "parent_unknown": (HEADER + "B1;;Préparer;\nC1;B3;Éplucher;\n", 3),
    "parent_cycle": (HEADER + "B1;;Préparer;\nC1;C2;Éplucher;\nC2;C1;Émincer;\n", 3),
    "too_deep_tree": (
        HEADER + "".join(f"N{n};{f'N{n - 1}' if n else ''};Niveau;\n" for n in range(9)),
        10,
    ),
    "no_rows": (HEADER, None),
}
DOUBTFUL_TABLES = {
    "column_ignored": ("code;parent;intitulé;remarque\nB1;;Préparer;à voir\n", 1),
    "cell_invisible": (HEADER + "B1;;Pré\u200bparer;\n", 2),
    "cp1252": (GOOD.encode("cp1252"), None),
}
HEADS = {
    "framework_missing": Known("", "CAP Cuisine"),
    "title_missing": Known("CAP", ""),
    "framework_form": Known("CAP Cuisine", "CAP Cuisine"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_an_error_names_its_row_and_there_is_no_tree(kind):
    text, line = WRONG[kind]
    parsed = read(text, NEW)
    assert parsed.referential is None
    assert [(f.kind, f.line) for f in parsed.findings if f.severity is Severity.error] == [
        (kind, line)
    ]


@pytest.mark.parametrize("kind", DOUBTFUL_TABLES)
def test_a_doubt_is_a_warning_and_the_tree_is_whole(kind):
    text, line = DOUBTFUL_TABLES[kind]
    assert kinds(text) == [(kind, line)]
    assert read(text, NEW).referential is not None


@pytest.mark.parametrize("kind", HEADS)
def test_code_and_title_are_asked_for(kind):
    assert kinds(GOOD, HEADS[kind]) == [(kind, None)]
    assert read(GOOD, HEADS[kind]).referential is None


MESSAGES = {
    "code": (
        HEADER + "B 1,2;;Préparer;\n",
        "« B 1,2 » ne peut pas être un code : ni espace ni virgule, 100 caractères au plus. "
        "Par exemple : B_1_2.",
    ),
    "twice": (
        HEADER + "B1;;Préparer;\nB1;;Cuire;\n",
        "« code » : B1 figure déjà ligne 2 ; il doit être unique.",
    ),
    "loop": (
        HEADER + "B1;B1;Préparer;\n",
        "Ces éléments se contiennent en boucle : B1 > B1. L’un d’eux doit avoir un autre parent, "
        "ou aucun.",
    ),
    "parent": (
        HEADER + "C1;B3;Éplucher;\n",
        "Le parent de C1, « B3 », ne figure pas dans le fichier.",
    ),
    "empty": (HEADER + "B1;;;\n", "« intitulé » est vide pour B1 : donnez l'intitulé."),
    "columns": (
        "Nom;Prénom\nDurand;Chloé\n",
        "Les colonnes ne sont pas reconnues : « Nom | Prénom ». La première ligne doit nommer au "
        "moins « code », « parent », « intitulé ».",
    ),
}


@pytest.mark.parametrize(("text", "message"), MESSAGES.values(), ids=MESSAGES.keys())
def test_messages_quote_the_value_and_say_what_would_be_right(text, message):
    (found,) = read(text, NEW).findings
    assert found.fr.replace("\u202f", " ") == message


def test_a_branch_without_competences_is_a_warning():
    assert kinds(HEADER + "B1;;Préparer;\nC1;B1;Éplucher;\nB2;;Cuire;\n") == [("childless", 4)]


def test_reading_stops_after_200_errors():
    text = HEADER + "".join(f"B{n};X;Préparer;\n" for n in range(5000))
    found = read(text, NEW).findings
    assert [one.kind for one in found[-2:]] == ["parent_unknown", "too_many"]
    assert len(found) == 201


def test_a_table_without_end_is_no_referentiel():
    text = HEADER + "".join(f"B{n};;Préparer;\n" for n in range(MAX_NODES + 2))
    assert kinds(text) == [("too_many_nodes", None)]


def written(tree, delimiter):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(["code", "parent", "intitulé", "description"])
    writer.writerows([n.code, n.parent, n.label, n.description] for n in tree)
    return out.getvalue()


@given(st.data())
@QUICK
def test_a_written_tree_reads_back_equal(data):
    before = grown(data.draw(forests()))
    text = written(before, data.draw(st.sampled_from(",;\t")))
    deep = max(node.depth for node in before)
    parsed = read(text, Known(like=before))
    assert [f for f in parsed.findings if f.severity is Severity.error] == []
    if deep == 2:
        assert parsed.referential == before
    assert parsed.referential.nodes == before.nodes


@given(
    st.binary(max_size=200) | st.text(max_size=200) | st.text('code;,parentB1\n"\t', max_size=99)
)
@QUICK
def test_any_file_gives_a_tree_or_an_error(data):
    parsed = read(data, NEW)
    assert (parsed.referential is None) == any(
        found.severity is Severity.error for found in parsed.findings
    )


@given(st.lists(st.lists(st.sampled_from(["A", "B", "C", "", "A B"]), min_size=3, max_size=3)))
@QUICK
def test_any_rows_give_a_node_each_or_an_error(rows):
    text = "code;parent;intitulé\n" + "".join(";".join(row) + "\n" for row in rows)
    parsed = read(text, NEW)
    if parsed.referential is None:
        assert any(found.severity is Severity.error for found in parsed.findings)
    else:
        assert len(parsed.referential) == sum(any(row) for row in rows)
