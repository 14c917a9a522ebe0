"""Names of files in headers."""

import pytest

from shared.http.attachment import content_disposition


def test_a_chinese_name_has_a_plain_one_beside_it() -> None:
    header = content_disposition("observations-telecom-2022-08.xlsx", "电信 2022年8月.xlsx")["Content-Disposition"]

    assert header == (
        'attachment; filename="observations-telecom-2022-08.xlsx"; '
        "filename*=UTF-8''%E7%94%B5%E4%BF%A1%202022%E5%B9%B48%E6%9C%88.xlsx"
    )


@pytest.mark.parametrize("hostile", ['a"b\\c.csv', "a\r\nSet-Cookie: x=1", "\u202egpj.csv", "x" * 4_096, "../../etc", "a;b=c'd"])
def test_a_hostile_name_stays_one_harmless_header(hostile: str) -> None:
    header = content_disposition(hostile, hostile)["Content-Disposition"]

    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    assert header.count(";") == 2
    assert "%E2%80%AE" not in header
    assert len(header) < 400
