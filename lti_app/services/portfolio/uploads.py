"""What a student may upload as evidence, told from the bytes themselves.

The name and type that a browser sends decide nothing: a file is taken when its first bytes are those of
one of a few kinds that can do no harm when they are opened, and it is then called by that kind. What can
run code is refused (programs, HTML, SVG, macros), and text of any language is saved as plain text, so that a
double click opens it in an editor.
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from flask_babel import gettext as _

from lti_app.errors import InputError

MAX_SIZE = 5 * 1024 * 1024  # bytes of one file
MAX_NAME = 80  # characters, without the extension
ACCEPT = (
    ".pdf,.png,.jpg,.jpeg,.gif,.webp,.docx,.xlsx,.pptx,.odt,.ods,.odp,text/*"  # for the dialogue
)

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
SIGNATURES = (
    (b"%PDF-", "pdf", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "png", "image/png"),
    (b"\xff\xd8\xff", "jpg", "image/jpeg"),
    (b"GIF87a", "gif", "image/gif"),
    (b"GIF89a", "gif", "image/gif"),
)
OFFICE = {
    "word/document.xml": ("docx", OOXML + "wordprocessingml.document"),
    "xl/workbook.xml": ("xlsx", OOXML + "spreadsheetml.sheet"),
    "ppt/presentation.xml": ("pptx", OOXML + "presentationml.presentation"),
}
OPEN_DOCUMENT = {
    ODF + "text": "odt",
    ODF + "spreadsheet": "ods",
    ODF + "presentation": "odp",
}
MACROS = re.compile(r"(^|/)(vbaProject\.bin|activeX/|Basic/|Scripts/)|\.(exe|dll|js|vbs|bat|cmd)$")
TEXT_ENDINGS = {
    "txt",
    "md",
    "sql",
    "json",
    "yaml",
    "yml",
    "ini",
    "conf",
    "log",
}  # no program opens them
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)")  # devices, to Windows
MARKUP = re.compile(rb"\A(\xef\xbb\xbf)?\s*<(!doctype|html|svg|script|\?xml|head|body|!--)", re.I)
UNSAFE = re.compile(r'[<>:"/\\|?*%\s]+')


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be kept: its safe name, its true type, its bytes."""

    name: str
    content_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def checked(name: str, data: bytes) -> Upload:
    """The file as it may be kept. Raises ``InputError`` when it is empty, too big or of no kind taken."""
    if not data:
        raise InputError(_("Ce fichier est vide."))
    if len(data) > MAX_SIZE:
        raise InputError(_("Ce fichier dépasse 5 Mo. Un lien vers lui convient aussi."))
    found = _binary(data) or _text(name, data)
    if found is None:
        raise InputError(
            _(
                "Ce type de fichier n’est pas accepté. Les PDF, les images, les documents de "
                "bureautique sans macro et les textes le sont."
            )
        )
    extension, content_type = found
    return Upload(safe_name(name, extension), content_type, data)


def safe_name(name: str, extension: str) -> str:
    """A name that any system can save under and that shows its only extension last.

    Letters of all scripts stay; paths, control characters and those that turn the reading direction
    (« exe.fdp » for « pdf.exe ») go, and dots inside become dashes.
    """
    base = PurePosixPath(name.replace("\\", "/")).name
    stem, dot, ending = base.rpartition(".")
    if not dot or not stem:
        stem, ending = base, ""
    aliases = {extension, "jpeg"} if extension == "jpg" else {extension}
    if ending and ending.lower() not in aliases:
        stem = f"{stem}-{ending}"
    stem = "".join(
        c for c in unicodedata.normalize("NFC", stem) if unicodedata.category(c)[0] != "C"
    )
    stem = UNSAFE.sub("-", stem.strip()).replace(".", "-").strip("-_~")[:MAX_NAME]
    if not stem or RESERVED.fullmatch(stem):
        stem = f"preuve-{stem}".strip("-")
    return f"{stem}.{extension}"


def _binary(data: bytes) -> tuple[str, str] | None:
    for signature, extension, content_type in SIGNATURES:
        if data.startswith(signature):
            return extension, content_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp", "image/webp"
    return _document(data) if data.startswith(b"PK\x03\x04") else None


def _document(data: bytes) -> tuple[str, str] | None:
    """The kind of an office document, told from its table of contents; nothing is unpacked but the type
    that an OpenDocument states first, which is stored without compression."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if any(MACROS.search(name) for name in names):
                return None
            if "[Content_Types].xml" in names:
                return next((OFFICE[name] for name in OFFICE if name in names), None)
            if names and names[0] == "mimetype":
                stated = archive.getinfo("mimetype")
                if stated.compress_type == zipfile.ZIP_STORED and stated.file_size < 100:
                    content_type = archive.read(stated).decode("ascii", "replace")
                    extension = OPEN_DOCUMENT.get(content_type)
                    return (extension, content_type) if extension else None
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError):
        return None  # damaged, encrypted, or compressed in a way that zipfile does not know
    return None


def _text(name: str, data: bytes) -> tuple[str, str] | None:
    if MARKUP.match(data):
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if any(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f" for c in text):
        return None
    ending = name.rpartition(".")[2].lower()
    return (ending if ending in TEXT_ENDINGS else "txt"), "text/plain"
