"""The people, courses and activities of « Lycée de démonstration ».

Names are invented and hard on purpose: accents, apostrophes, quotes, `<`, `&`, an emoji,
right-to-left script, one-letter and very long names. They are data everywhere.
"""

from __future__ import annotations

from lti_app.demo.model import Activity, Course, Enrolment, Seed, User

ADMIN = 2
CAMILLE = 3
INES = 4
FIRST_STUDENT = 5

_STUDENTS = (
    ("Chloé", "Abadie"),
    ("Rayan", "Aït-Saïd"),
    ("Émilie", "Barthélémy"),
    ("Noah", "Bénard"),
    ("Yanis", "Benyahia"),
    ("Léa", "Bœuf"),
    ("Hugo", "Chevallier"),
    ("Inaya", "Cissé"),
    ("Maëlys", "Courtois"),
    ("Zoé <Test>", 'D\'Ar & "Co" < 3'),
    ("Théo", "de La Fontaine-Saint-Ange"),
    ("Maxence", "Dupré"),
    ("Aïcha", "El Amrani"),
    ("Ève", "Étienne"),
    ("Nathan", "Faure"),
    ("Jade", "Garçon"),
    ("Louis-Étienne", "Guérin"),
    ("Björn", "Håkansson"),
    ("Sacha", "Imbert"),
    ("Łukasz", "Jabłoński"),
    ("Manon", "Lefèvre"),
    ("Tom 🎸", "Le Goff"),
    ("Anaïs", "L’Hôte"),
    ("Enzo", "Marchand"),
    ("Clément", "N’Diaye"),
    ("Phúc", "Nguyễn"),
    ("Sean", "O'Connor"),
    ("Lou", "Ô"),
    ("Gabriel", "Perrin & Fils"),
    ("Océane", "Roussel"),
    ("Bilal", "Saïdi"),
    ("Mathilde", "Šimić"),
    ("Ömer", "Yılmaz"),
    ("نور", "الهاشمي"),
    ("明", "陳"),
)

_TEACHERS = (
    User(ADMIN, "admin", "Dominique", "Administratrice", "admin@example.com", admin=True),
    User(CAMILLE, "cdurand", "Camille", "Durand", "camille.durand@example.com", "PROF1"),
    User(INES, "iobrien", "Inès", "O'Brien", "ines.obrien@example.com", "PROF2"),
)


def _student(number: int) -> User:
    given, family = _STUDENTS[number - 1]
    return User(
        id=FIRST_STUDENT + number - 1,
        username=f"eleve{number}",
        given=given,
        family=family,
        email=f"eleve{number}@example.com",
        idnumber=f"ELEVE{number}",
    )


_PUPILS = tuple(_student(number) for number in range(1, len(_STUDENTS) + 1))
_SECOND_YEAR = _PUPILS[:6]

DEMO_SEED = Seed(
    users=_TEACHERS + _PUPILS,
    courses=(
        Course(2, "SIO1", "BTS SIO 1re année"),
        Course(3, "SIO2", "BTS SIO 2e année"),
    ),
    enrolments=(
        Enrolment(2, CAMILLE, "editingteacher"),
        Enrolment(2, INES, "teacher"),
        *(Enrolment(2, pupil.id, "student") for pupil in _PUPILS),
        Enrolment(3, CAMILLE, "editingteacher"),
        *(Enrolment(3, pupil.id, "student") for pupil in _SECOND_YEAR),
    ),
    activities=(
        Activity(
            id=1,
            cmid=2,
            course_id=2,
            name="Compétences — tout le référentiel",
            intro="Toutes les compétences du BTS SIO, une note sur 20.",
            resource_id="bts-sio",
            tag="competences",
        ),
        Activity(
            id=2,
            cmid=3,
            course_id=2,
            name="P1 Production de services",
            intro="Les compétences du processus P1 seulement.",
            custom={"scope": "P1"},
            resource_id="bts-sio-p1",
            tag="competences",
        ),
        Activity(
            id=3,
            cmid=4,
            course_id=3,
            name="Compétences — tout le référentiel",
            intro="La même activité dans un autre cours.",
            resource_id="bts-sio",
            tag="competences",
        ),
    ),
)
