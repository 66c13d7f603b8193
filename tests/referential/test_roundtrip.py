"""Properties of the parser on diplomas and files that nobody thought of."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from referential.decoding import decode, lines
from referential.findings import Severity
from referential.overlay import load_overlay
from referential.serialize import print_text
from referential.text import parse_text
from tests.paths import CONFIG
from tests.referential.samples import PLAIN, overlay
from tests.referential.strategies import noisy, overlays, referentials

QUICK = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
BTS_OVERLAY = load_overlay(CONFIG / "referentials" / "bts-sio.toml")
BTS_LINES = (CONFIG / "referentials" / "bts-sio.txt").read_text("utf-8").split("\n")


def errors(parsed):
    return [found for found in parsed.findings if found.severity is Severity.error]


@given(st.data())
@QUICK
def test_a_printed_tree_reads_back_equal(data):
    grammar = data.draw(overlays())
    tree = data.draw(referentials(grammar))
    parsed = parse_text(print_text(tree, grammar), grammar)
    assert errors(parsed) == []
    assert parsed.referential == tree


@given(st.data())
@QUICK
def test_so_it_does_through_the_noise_of_an_extraction(data):
    grammar = data.draw(overlays())
    tree = data.draw(referentials(grammar))
    parsed = parse_text(data.draw(noisy(tree, grammar)), grammar)
    assert errors(parsed) == []
    assert parsed.referential == tree


def test_the_bts_sio_reads_back_equal():
    tree = parse_text("\n".join(BTS_LINES), BTS_OVERLAY).referential
    assert tree is not None
    again = parse_text(print_text(tree, BTS_OVERLAY), BTS_OVERLAY.without_repairs())
    assert again.referential == tree


def assert_nothing_is_lost(parsed, data, grammar):
    """A tree has a node for each line that is neither blank nor a page header, in order."""
    if parsed.referential is None:
        assert errors(parsed)
        return
    text, _ = decode(data)
    headers = {found.line for found in parsed.findings if found.kind == "page_header"}
    kept = [number for number, _ in lines(text, []) if number not in headers]
    assert [node.line for node in parsed.referential.nodes] == kept


@given(st.binary(max_size=300) | st.text(max_size=300))
@QUICK
def test_any_file_gives_a_whole_tree_or_an_error(data):
    assert_nothing_is_lost(parse_text(data, overlay()), data, overlay())


@given(st.lists(st.sampled_from(PLAIN.splitlines()) | st.text("PA1.2 *-é\u200b\t", max_size=9)))
@QUICK
def test_any_lines_give_a_whole_tree_or_an_error(chosen):
    text = "\n".join(chosen)
    assert_nothing_is_lost(parse_text(text, overlay()), text, overlay())


@given(st.data())
@QUICK
def test_a_damaged_bts_sio_gives_a_whole_tree_or_an_error(data):
    damaged = list(BTS_LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        match data.draw(st.sampled_from(["delete", "double", "swap", "cut"])):
            case "delete":
                del damaged[at]
            case "double":
                damaged.insert(at, damaged[at])
            case "swap":
                damaged[at], damaged[at - 1] = damaged[at - 1], damaged[at]
            case "cut":
                damaged[at] = damaged[at][: data.draw(st.integers(0, 20))]
    text = "\n".join(damaged)
    grammar = BTS_OVERLAY.without_repairs()
    assert_nothing_is_lost(parse_text(text, grammar), text, grammar)
