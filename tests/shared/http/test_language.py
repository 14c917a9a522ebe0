"""The choice of a response's language from `Accept-Language`."""

import pytest

from shared.http.language import preferred_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("fr", "zh"),
        ("en", "en"),
        ("EN-us", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.8, zh;q=0.9", "zh"),
        ("en;q=0.9, zh;q=0.8", "en"),
        ("fr, en;q=0.1", "en"),
        ("zh;q=0, *;q=0.5", "en"),
        ("en;q=0, *", "zh"),
        ("en;q=0", "zh"),
        ("*", "zh"),
        ("english", "zh"),
        ("en;q=2, zh;q=0.1", "zh"),
        ("en;q=nan, zh;q=0.1", "zh"),
        ("en;q=1e9", "zh"),
        ("en ; q=0.5 , zh ; q=0.4", "en"),
        (";;;,,,q=", "zh"),
    ],
)
def test_the_weights_of_the_header_decide(header: str, language: str) -> None:
    assert preferred_language(header) == language
