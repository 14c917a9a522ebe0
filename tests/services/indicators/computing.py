"""Computes the expressions of explanations again, knowing nothing of the code that wrote them."""

import re
from fractions import Fraction
from math import ceil, floor
from typing import Any

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_ALLOWED = re.compile(r"[0-9.+−×÷≥≤⌈⌉⌊⌋(), ]|min|max")


def computed(expression: str) -> Fraction | bool:
    """Return the exact value of an expression."""
    assert _ALLOWED.sub("", expression) == "", expression
    exact = _NUMBER.sub(lambda found: f"F('{found[0]}')", expression)
    for sign, python in (
        ("−", "-"),
        ("×", "*"),
        ("÷", "/"),
        ("≥", ">="),
        ("≤", "<="),
        ("⌈", "ceil("),
        ("⌉", ")"),
        ("⌊", "floor("),
        ("⌋", ")"),
    ):
        exact = exact.replace(sign, python)
    names = {"F": Fraction, "ceil": ceil, "floor": floor, "min": min, "max": max, "__builtins__": {}}
    result: Fraction | bool = eval(exact, names)  # noqa: S307 - nothing but numbers and signs, see above
    return result


def shown(value: Fraction, text: str) -> bool:
    """Return true if the text is the value truncated, never rounded, to as many decimals as the text has."""
    decimals = len(text.partition(".")[2])
    return Fraction(text) == Fraction(floor(value * 10**decimals), 10**decimals)


def faults(variant: dict[str, Any]) -> list[str]:
    """The steps of an explained variant that do not come to what they say."""
    wrong = []
    for step in variant["steps"]:
        if step["expression"] is None:
            continue
        value = computed(step["expression"])
        if step["kind"] == "verdict":
            right = value == (step["result"] == "met") and step["result"] in {"met", "not_met"}
        elif step["kind"] in {"value", "display"}:
            right = shown(Fraction(value), step["result"])
        else:
            right = value == int(step["result"])
        if not right:
            wrong.append(f"{step['expression']} is not {step['result']}")
    return wrong
