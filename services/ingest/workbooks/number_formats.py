"""Number formats of cells, as far as they change what a reader of the sheet sees: percent, fixed digits, literal text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_LENGTH_MAX = 1_000  # characters of a format; spreadsheet programs allow 255
_DIGITS_MAX = 30  # of a number whose format is applied
_TOKEN = re.compile(r'"([^"]*+)"?|[\\!](.)|[_*].|\[[^\[\]]*+\]?|(general)|(.)', re.DOTALL | re.IGNORECASE)
_PLACEHOLDERS = frozenset("0#?")
_NOT_DIGITS = frozenset("eE/@yYmMdDhHsSgGbB年月日")  # scientific, fractions, text, dates
_PERCENT = frozenset("%‰％﹪")
_MULTIPLIER = re.compile(r"[万亿]|[百千](?!米|瓦|克|兆)")
_MULTIPLIER_LETTERS = frozenset("kKmM")
_BUILT_IN = {2: "0.00", 4: "#,##0.00", 9: "0%", 10: "0.00%", 39: "#,##0.00", 40: "#,##0.00"}


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """A format that shows a number otherwise than as its plain digits."""

    percent: str = ""  # the sign that is shown, if any
    percent_scale: int = 1  # by which the number is multiplied to be shown
    is_multiple: bool = False  # shows 12 as 12万, which is another number than the cell's
    integer: Sequence[str] = ()  # digit placeholders and literal texts before the decimal point
    decimals: int = 0
    suffix: str = ""
    has_digits: bool = False  # `integer`, `decimals` and `suffix` are known

    @property
    def is_plain(self) -> bool:
        """True if numbers are read as if the cell had no format."""
        literal = self.suffix or any(token not in _PLACEHOLDERS for token in self.integer)
        return not (self.percent or self.is_multiple or literal or self.decimals or self.integer.count("0") > 1)

    def percentage(self, text: str) -> str:
        """Return a number as a percentage."""
        digits = f"{float(text) * self.percent_scale:.15g}"
        return (format(Decimal(digits), "f") if "e" in digits else digits) + self.percent

    def show(self, text: str) -> str | None:
        """Return a number as the format shows it, None if that is not known."""
        if not self.has_digits or len(text) > _DIGITS_MAX or text.startswith("-"):
            return None
        number = Decimal(text).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)
        whole, _, fraction = f"{number:f}".partition(".")
        return f"{self._whole(whole)}{'.' if fraction else ''}{fraction}{self.suffix}"

    def _whole(self, digits: str) -> str:
        """Fill the placeholders from the right; the first one takes all digits that remain."""
        shown: list[str] = []
        remaining = "" if digits == "0" else digits
        placeholders = sum(token in _PLACEHOLDERS for token in self.integer)
        for token in reversed(self.integer):
            if token not in _PLACEHOLDERS:
                shown.append(token)
                continue
            placeholders -= 1
            taken = remaining[-1:] if placeholders else remaining
            remaining = remaining[: len(remaining) - len(taken)]
            shown.append(taken or ("0" if token == "0" else ""))
        return "".join(reversed(shown))


def built_in_format(number: int) -> NumberFormat | None:
    """Return a format that workbooks refer to by its number without defining it; None if it is plain."""
    code = _BUILT_IN.get(number)
    return parse_format(code) if code else None


def parse_format(code: str) -> NumberFormat | None:
    """Return what a format shows of positive numbers; None if it is plain."""
    if len(code) > _LENGTH_MAX:
        return None
    percent, scale = "", 1
    sections: list[list[tuple[str, bool]]] = [[]]  # text and whether it is literal
    for token in _TOKEN.finditer(code):
        literal, sign = token[1] or token[2] or "", token[4] or ""
        if sign == ";":
            sections.append([])
        elif literal or sign or token[3]:
            sections[-1].append((literal or sign or "#", bool(literal)))
        if sign == "%":
            percent, scale = "%", 100
        else:
            percent = percent or next((each for each in literal + sign if each in _PERCENT), "")
    if percent:
        return NumberFormat(percent, scale)
    parsed = _parse_section(sections[0])
    return None if parsed.is_plain else parsed


def _parse_section(section: Sequence[tuple[str, bool]]) -> NumberFormat:
    integer: list[str] = []
    decimals, suffix = 0, ""
    has_digits, has_point, is_scaled = True, False, False
    for text, is_literal in section:
        is_placeholder = not is_literal and text in _PLACEHOLDERS
        if is_placeholder:
            is_scaled = False
            has_digits = has_digits and not suffix and (not has_point or text == "0")
            if has_point:
                decimals += 1
            else:
                integer.append(text)
        elif is_literal or text not in ".,":
            has_digits = has_digits and (is_literal or text not in _NOT_DIGITS)
            if has_point:
                suffix += text
            else:
                integer.append(text)
        elif text == ",":
            is_scaled = True  # unless a placeholder follows
        else:
            has_digits, has_point = has_digits and not has_point, True
    literals = "".join([*(token for token in integer if token not in _PLACEHOLDERS), suffix])
    has_digits = has_digits and not is_scaled and any(token in _PLACEHOLDERS for token in integer)
    is_multiple = has_digits and (bool(_MULTIPLIER.search(literals)) or literals.strip() in _MULTIPLIER_LETTERS)
    if not literals.strip() or not has_digits:
        integer, suffix = [token for token in integer if token in _PLACEHOLDERS], ""
    return NumberFormat(
        is_multiple=is_multiple,
        integer=tuple(integer) if has_digits else (),
        decimals=decimals if has_digits else 0,
        suffix=suffix,
        has_digits=has_digits,
    )
