"""What may be uploaded is told by the bytes; names are made safe to save under."""

from __future__ import annotations

import io
import zipfile

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lti_app.errors import InputError
from lti_app.services.portfolio import uploads
from tests.uploads import DOCX, GIF, JPEG, ODT, PDF, PNG, WEBP, archive


@pytest.fixture(autouse=True)
def words(app: Flask):
    """Refusals are sentences in the page's language."""
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("name", "data", "kept", "content_type"),
    [
        pytest.param("rapport.pdf", PDF, "rapport.pdf", "application/pdf", id="pdf"),
        pytest.param("photo.JPEG", JPEG, "photo.jpg", "image/jpeg", id="jpeg"),
        pytest.param("écran.png", PNG, "écran.png", "image/png", id="png"),
        pytest.param("a.gif", GIF, "a.gif", "image/gif", id="gif"),
        pytest.param("a.webp", WEBP, "a.webp", "image/webp", id="webp"),
        pytest.param("a.docx", DOCX, "a.docx", uploads.OFFICE["word/document.xml"][1], id="docx"),
        pytest.param("a.odt", ODT, "a.odt", "application/vnd.oasis.opendocument.text", id="odt"),
        pytest.param("notes.md", "# Été".encode(), "notes.md", "text/plain", id="markdown"),
        pytest.param("dump.sql", b"select 1;", "dump.sql", "text/plain", id="sql"),
    ],
)
def test_kinds_that_are_taken(name, data, kept, content_type):
    upload = uploads.checked(name, data)
    assert (upload.name, upload.content_type, upload.data) == (kept, content_type, data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("virus.pdf", b"MZ\x90\x00" + bytes(64), id="program-called-pdf"),
        pytest.param(
            "page.txt", b"<!DOCTYPE html><script>alert(1)</script>", id="html-called-text"
        ),
        pytest.param("page.txt", b"\xef\xbb\xbf \n<HTML>", id="html-behind-a-mark"),
        pytest.param("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg-called-png"),
        pytest.param("a.zip", archive({"a.txt": b"x"}), id="plain-archive"),
        pytest.param(
            "a.docx",
            archive(
                {"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b""}
            ),
            id="macros",
        ),
        pytest.param("a.odt", archive({"content.xml": b"", "mimetype": ODT[38:77]}), id="odt-late"),
        pytest.param("a.docx", b"PK\x03\x04broken", id="broken-archive"),
        pytest.param("a.txt", b"nul \x00 inside", id="binary-called-text"),
        pytest.param("a.txt", "été".encode("latin-1"), id="not-utf-8"),
        pytest.param("a.pdf", b"", id="empty"),
        pytest.param("a.pdf", PDF + bytes(uploads.MAX_SIZE), id="too-large"),
    ],
)
def test_what_is_refused(name, data):
    with pytest.raises(InputError):
        uploads.checked(name, data)


def test_a_packed_mimetype_is_not_unpacked():
    """A bomb would hide there: an OpenDocument stores its type without compression."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    with pytest.raises(InputError):
        uploads.checked("a.odt", buffer.getvalue())


def test_scripts_are_saved_as_text():
    assert uploads.checked("install.ps1", b"Write-Host 1").name == "install-ps1.txt"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        pytest.param("../../etc/passwd", "passwd.pdf", id="path"),
        pytest.param("C:\\Users\\moi\\rapport final.pdf", "rapport-final.pdf", id="windows-path"),
        pytest.param("rapport\u202efdp.exe", "rapportfdp-exe.pdf", id="reversed-direction"),
        pytest.param("facture.pdf.exe", "facture-pdf-exe.pdf", id="second-extension"),
        pytest.param(".htaccess", "htaccess.pdf", id="hidden"),
        pytest.param("con.pdf", "preuve-con.pdf", id="device"),
        pytest.param("\r\nSet-Cookie: a=b.pdf", "Set-Cookie-a=b.pdf", id="header"),
        pytest.param("", "preuve.pdf", id="nothing"),
        pytest.param("Journal de bord – été.pdf", "Journal-de-bord-–-été.pdf", id="accents"),
    ],
)
def test_names_are_safe_to_save_under(name, safe):
    assert uploads.safe_name(name, "pdf") == safe


@given(st.text(max_size=200), st.sampled_from(["pdf", "png", "txt"]))
def test_any_name_becomes_one_plain_file_name(name, extension):
    safe = uploads.safe_name(name, extension)
    stem, _, ending = safe.rpartition(".")
    assert ending == extension
    assert 0 < len(stem) <= uploads.MAX_NAME + len("preuve-")
    assert not set(stem) & set('<>:"/\\|?*%. \t\r\n\x00')
    assert uploads.safe_name(safe, extension) == safe
