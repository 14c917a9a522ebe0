"""Safe names of attached files."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.attachments.file_names import NAME_LENGTH, extension_of, safe_name

NAMES = {
    "方案.pdf": "方案.pdf",
    "C:\\Users\\clerk\\方案.pdf": "方案.pdf",
    "../../etc/passwd": "passwd",
    "a\r\nX-Header: 1.pdf": "a X-Header_ 1.pdf",
    "invoice\u202efdp.exe": "invoicefdp.exe",
    "零\u200b宽\ufeff.pdf": "零宽.pdf",
    "Cafe\u0301.pdf": "Caf\u00e9.pdf",
    "CON.pdf": "_CON.pdf",
    "lpt1": "_lpt1",
    "com¹.png": "_com¹.png",
    'a<b>:"|?*.pdf': "a_b______.pdf",
    "  .hidden. ": "attachment.hidden",
    "方案.附件": "方案.附件",
    "...": "attachment",
    "": "attachment",
    "\ud800.pdf": "attachment.pdf",
    "空　格  名.pdf": "空 格 名.pdf",
    "月" * 300 + ".xlsx": "月" * 95 + ".xlsx",
    "a." + "x" * 300: "a." + "x" * 98,
    "con.tar.gz": "_con.tar.gz",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_made_safe(name: str) -> None:
    assert safe_name(name) == NAMES[name]


@given(st.text(max_size=300))
def test_any_name_becomes_a_safe_one_that_stays_the_same(name: str) -> None:
    safe = safe_name(name)

    assert 0 < len(safe) <= NAME_LENGTH
    assert safe == safe_name(safe) == unicodedata.normalize("NFC", safe)
    assert safe.isprintable()
    assert not set(safe) & set('/\\<>:"|?*')
    assert safe == safe.strip(" .")


def test_the_extension_is_what_follows_the_last_dot() -> None:
    assert [extension_of(name) for name in ("a.PDF", "a.b.csv", "a", "报告.docx")] == ["pdf", "csv", "", "docx"]
