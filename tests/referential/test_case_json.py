"""A CASE package becomes a tree: ours equal to the one exported, others as far as they tell."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporters import registry
from referential.case_json import looks_like, read
from referential.findings import Severity
from referential.library import load_named, load_named_scale
from referential.moodle_csv import read as read_moodle
from referential.rows import Known
from tests.paths import CONFIG
from tests.referential.test_moodle_csv import MOODLE
from tests.referential.trees import forests, grown

QUICK = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
SCALE = load_named_scale(CONFIG, "bts-sio-4")
DOCUMENT = "11111111-0000-4000-8000-000000000000"
NEW = Known("FR", "")


def uuid(number):
    return f"22222222-0000-4000-8000-{number:012d}"


def item(number, statement, code=None, **more):
    found = {"identifier": uuid(number), "fullStatement": statement, **more}
    return found | ({"humanCodingScheme": code} if code else {})


def child(number, parent=None, sequence=None):
    found = {
        "associationType": "isChildOf",
        "originNodeURI": {"identifier": uuid(number)},
        "destinationNodeURI": {"identifier": uuid(parent) if parent else DOCUMENT},
    }
    return found | ({"sequenceNumber": sequence} if sequence is not None else {})


PACKAGE = {
    "CFDocument": {"identifier": DOCUMENT, "title": "Cuisine", "creator": "Académie"},
    "CFItems": [
        item(1, "Préparer", "B1", CFItemType="Bloc"),
        item(2, "Émincer", "C2", CFItemType="Savoir-faire", notes="En dés."),
        item(3, "Éplucher", "C1", CFItemType="Savoir-faire"),
    ],
    "CFAssociations": [child(1, None, 1), child(2, 1, 2), child(3, 1, 1)],
}
"""As another registry would write it: the order is in the sequence numbers."""


def changed(edit):
    package = copy.deepcopy(PACKAGE)
    edit(package)
    return json.dumps(package)


def text(package):
    return json.dumps(package, ensure_ascii=False)


def errors(parsed):
    return [found.kind for found in parsed.findings if found.severity is Severity.error]


@pytest.fixture(scope="module")
def bts():
    return load_named(CONFIG, "bts-sio")


def test_our_own_package_reads_back_equal(bts):
    parsed = read(registry.get("case").render(bts, SCALE))
    assert parsed.referential == bts
    assert [found.kind for found in parsed.findings] == ["case_left"]  # the related competences


def test_so_does_one_whose_id_numbers_are_moodles():
    tree = read_moodle(MOODLE.read_bytes()).referential
    assert read(registry.get("case").render(tree, SCALE)).referential == tree


@given(st.data())
@QUICK
def test_any_tree_reads_back_equal(data):
    before = grown(data.draw(forests()))
    assert read(registry.get("case").render(before, SCALE)).referential == before


def test_another_registrys_package_is_a_tree():
    parsed = read(text(PACKAGE), NEW)
    assert parsed.findings == ()
    tree = parsed.referential
    assert (tree.code, tree.title, tree.source) == ("FR", "Cuisine", "Académie")
    assert [(n.depth, n.code, n.label, n.description, str(n.uuid)) for n in tree] == [
        (0, "B1", "Préparer", "", uuid(1)),
        (1, "C1", "Éplucher", "", uuid(3)),
        (1, "C2", "Émincer", "En dés.", uuid(2)),
    ]
    assert [(t.letter, t.name_fr, t.plural_fr) for t in tree.tiers] == [
        ("B", "Bloc", "Blocs"),
        ("C", "Savoir-faire", "Savoir-faire"),
    ]


def test_codes_that_a_registry_does_not_give_are_built_from_the_place():
    package = copy.deepcopy(PACKAGE)
    for one in package["CFItems"]:
        del one["humanCodingScheme"]
    parsed = read(text(package), NEW)
    assert [(n.code, n.label) for n in parsed.referential] == [
        ("E1", "Préparer"),
        ("E1.1", "Éplucher"),
        ("E1.2", "Émincer"),
    ]
    assert [found.kind for found in parsed.findings] == ["codes_built"]


def test_without_sequence_numbers_the_order_of_the_items_stands():
    package = copy.deepcopy(PACKAGE)
    for one in package["CFAssociations"]:
        del one["sequenceNumber"]
    assert [n.code for n in read(text(package), NEW).referential] == ["B1", "C2", "C1"]


def edit_items(at, **values):
    return changed(lambda package: package["CFItems"][at].update(values))


def add(member, value):
    return changed(lambda package: package[member].append(value))


BROKEN = {
    "json_broken": '{"CFDocument": {,}',
    "case_member": edit_items(0, fullStatement=7),
    "case_orphan": add("CFItems", item(4, "Seul", "C4")),
    "case_two_parents": add("CFAssociations", child(3, 2)),
    "parent_unknown": changed(lambda p: p["CFAssociations"].__setitem__(1, child(2, 99))),
    "parent_cycle": changed(lambda p: p["CFAssociations"].__setitem__(0, child(1, 2))),
    "value_twice": add("CFItems", item(1, "Encore", "B9")),
    "cell_long": edit_items(0, fullStatement="x" * 2001),
    "cell_control": edit_items(0, fullStatement="Pré\x02parer"),
    "no_rows": changed(lambda p: p.update(CFItems=[], CFAssociations=[])),
    "not_utf8": b'{"CFDocument": "\xff"}',
}
NOTICED = {
    "codes_built": changed(lambda p: p["CFItems"][0].pop("humanCodingScheme")),
    "code_adapted": edit_items(0, humanCodingScheme="B 1, a"),
    "case_left": edit_items(0, educationLevel=["18"]),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_an_error_gives_no_tree(kind):
    parsed = read(BROKEN[kind], NEW)
    assert parsed.referential is None
    assert errors(parsed) == [kind]


@pytest.mark.parametrize("kind", NOTICED)
def test_what_is_changed_or_left_out_is_said(kind):
    parsed = read(NOTICED[kind], NEW)
    assert [found.kind for found in parsed.findings] == [kind]
    assert len(parsed.referential) == 3


MESSAGES = {
    "member": (
        edit_items(0, identifier="B1"),
        'CFItems[0]: “identifier” is "B1"; a UUID is expected.',
    ),
    "orphan": (
        add("CFItems", item(4, "Seul", "C4")),
        "CFItems[3]: C4 hangs on nothing; an isChildOf association to its parent or to the "
        "document is missing.",
    ),
    "list": (
        changed(lambda p: p.update(CFItems={})),
        "CFPackage: “CFItems” is {}; a list is expected.",
    ),
    "deep": ("[" * 100_000, "The file is not valid JSON: too many values inside each other."),
    "half-a-character": (
        edit_items(0, fullStatement=["\ud800"]),
        'CFItems[0]: “fullStatement” is ["\\ud800"]; a text is expected.',
    ),
    "digits": (
        '{"a": ' + "1" * 5000 + "}",
        "The file is not valid JSON: a number has thousands of digits.",
    ),
}


@pytest.mark.parametrize(("data", "message"), MESSAGES.values(), ids=MESSAGES.keys())
def test_messages_say_where_and_what_would_be_right(data, message):
    found = read(data, NEW).findings
    assert found[0].en == message


def test_a_foreign_description_of_the_tiers_is_an_error():
    edit = {"code": "X", "tiers": [{"letter": "P"}]}
    data = changed(lambda p: p["CFDocument"].update(extensions={"competences": edit}))
    assert errors(read(data)) == ["case_member"]


def test_too_few_tiers_are_not_believed(bts):
    package = json.loads(registry.get("case").render(bts, SCALE))
    del package["CFDocument"]["extensions"]["competences"]["tiers"][2:]
    tree = read(text(package)).referential
    assert tree.nodes == bts.nodes
    assert [t.letter for t in tree.tiers] == ["P", "D", "A", "C"]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(b'\xef\xbb\xbf {"CFDocument"', True, id="json"),
        pytest.param(b"code;parent", False, id="table"),
    ],
)
def test_the_format_is_recognised(data, expected):
    assert looks_like(data) is expected


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@given(st.data())
@QUICK
def test_any_damage_gives_a_whole_tree_or_an_error(data):
    package = copy.deepcopy(PACKAGE)
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = package, data.draw(st.sampled_from(sorted(package)))
        while isinstance(holder[key], dict | list) and holder[key] and data.draw(st.booleans()):
            holder = holder[key]
            keys = sorted(holder) if isinstance(holder, dict) else range(len(holder))
            key = data.draw(st.sampled_from(list(keys)))
        holder[key] = data.draw(JSON)
    parsed = read(json.dumps(package), NEW)
    if parsed.referential is None:
        assert errors(parsed)
    else:
        assert len(parsed.referential) == len(package["CFItems"])
