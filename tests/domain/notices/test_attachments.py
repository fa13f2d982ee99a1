"""The files of a circular: what is a PDF, and under which name it is kept."""

import pytest

from portal.domain.errors import Refusal, TooLarge
from portal.domain.notices.attachments import (
    LARGEST_FILE,
    Attachment,
    check_attachments,
    check_sizes,
    is_pdf,
    safe_name,
)


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-", b"%PDF-1.7 without an end", b"MZ%PDF-1.7 %%EOF", b" %PDF-1.7 %%EOF", b"%pdf-1.7 %%eof",
     b"%PDF-1.7 %%EOF" + b" " * 1024],
)  # fmt: skip
def test_what_is_no_pdf_by_its_bytes(content):
    assert not is_pdf(content)
    with pytest.raises(Refusal, match=r"Не е PDF: а\.pdf"):
        check_attachments([Attachment("а.pdf", content)])


@pytest.mark.parametrize("more", [b"", b"\n", b"\r\n", b"\0" * 1000])
def test_what_programs_leave_behind_the_end_is_none_of_our_business(more):
    check_attachments([Attachment("а.pdf", b"%PDF-1.7\n0\n%%EOF" + more)])


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Заповед № 5.pdf", "Заповед № 5.pdf"),
        ("заповед.PDF", "заповед.pdf"),
        ("заповед", "заповед.pdf"),
        (r"C:\Users\Нора\заповед.pdf", "заповед.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ('a"; filename="evil.exe', "a filename=evil.exe.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie x.pdf"),
        ("\u202efdp.exe", "fdp.exe.pdf"),
        ("", "prilozhenie-2.pdf"),
        ("...pdf", "prilozhenie-2.pdf"),
        ("а" * 300 + ".pdf", "а" * 100 + ".pdf"),
    ],
)
def test_a_name_is_safe_on_any_computer(sent, kept):
    assert safe_name(sent, 2) == kept


def test_the_largest_still_fits():
    check_sizes([Attachment("а.pdf", b"0" * LARGEST_FILE)])
    with pytest.raises(TooLarge, match=r"По-голям от 5 MB: б.pdf"):
        check_sizes([Attachment("б.pdf", b"0" * (LARGEST_FILE + 1))])
