"""Another diploma is a new pair of files: no code knows of the BTS SIO."""

from referential.library import available, load_named

BLOCKS = """
code = "BTSX"
title = "BTS Exemple"
title_en = "Example BTS"
source = "inventé"
page_headers = ["[0-9]+ / 40"]

[[tiers]]
letter = "B"
name_fr = "bloc"
name_en = "block"
plural_fr = "blocs"
plural_en = "blocks"
taxonomy = "domain"

[[tiers]]
letter = "C"
prefix = "B"
name_fr = "compétence"
name_en = "competence"
plural_fr = "compétences"
plural_en = "competences"
taxonomy = "competency"
"""
BLOCKS_TEXT = """\
B1 Support et mise à disposition
  B1.1 Gérer le patrimoine
12 / 40
  B1.2 Répondre aux incidents
B2 Administration
  B2.1 Installer un réseau
"""

POLES = """
code = "CAPX"
title = "CAP Exemple"
title_en = "Example CAP"
source = "inventé"

[[tiers]]
letter = "P"
name_fr = "pôle"
name_en = "pole"
plural_fr = "pôles"
plural_en = "poles"
taxonomy = "domain"

[[tiers]]
letter = "C"
numbering = "own"
name_fr = "compétence"
name_en = "competence"
plural_fr = "compétences"
plural_en = "competences"
taxonomy = "competency"
"""


def install(folder, name, overlay, text):
    config = folder / "referentials"
    config.mkdir(exist_ok=True)
    (config / f"{name}.toml").write_text(overlay, "utf-8")
    (config / f"{name}.txt").write_text(text, "utf-8")


def test_two_tiers_with_codes_like_b1_2(tmp_path):
    install(tmp_path, "btsx", BLOCKS, BLOCKS_TEXT)
    assert available(tmp_path) == ("btsx",)
    tree = load_named(tmp_path, "btsx")
    assert [(n.idnumber, n.parent, n.sort_key) for n in tree.nodes] == [
        ("BTSX-B1", None, (1,)),
        ("BTSX-B1.1", "B1", (1, 1)),
        ("BTSX-B1.2", "B1", (1, 2)),
        ("BTSX-B2", None, (2,)),
        ("BTSX-B2.1", "B2", (2, 1)),
    ]
    assert dict(tree.counts()) == {"B": 2, "C": 3}
    assert [leaf.label for leaf in tree.leaves("B1")] == [
        "Gérer le patrimoine",
        "Répondre aux incidents",
    ]


def test_competences_counted_through_all_poles(tmp_path):

    install(tmp_path, "capx", POLES, "P1 Un\nC01 Lire\nC02 Écrire\nP2 Deux\nC03 Compter\n")
    tree = load_named(tmp_path, "capx")
    assert [(n.code, n.parent, n.position) for n in tree.leaves()] == [
        ("C01", "P1", 1),
        ("C02", "P1", 2),
        ("C03", "P2", 1),
    ]


def test_a_text_without_overlay_is_not_available(tmp_path):
    install(tmp_path, "btsx", BLOCKS, BLOCKS_TEXT)
    (tmp_path / "referentials" / "btsx.toml").unlink()
    assert available(tmp_path) == ()
