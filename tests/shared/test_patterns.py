"""Every regular expression of the product takes time proportional to the text, whatever the text is."""

import ast
import gc
import importlib
import random
import re
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
PACKAGES = ("services", "shared", "cli")
METHODS = {"search", "match", "fullmatch", "sub", "split", "findall", "finditer"}
LENGTH = 3_000
LINEAR_S = 0.0005  # at this length no pattern whose time grows with the square is as fast
GROWTH = 2.5  # by which the time for each character may grow while the text doubles three times; squared, it grows by 8
PLAIN_FACTOR = 50  # times the cost of replacing every character
PATIENCE_S = 1.0  # of processor time for one text; an exponential pattern never ends
WORDS_MAX = 120
_SRE: Any = importlib.import_module("re._parser")


@dataclass(frozen=True)
class Used:
    """A pattern, and one way in which the product uses it."""

    where: str
    pattern: re.Pattern[Any]
    method: str

    def apply(self, text: str) -> None:
        """Use the pattern on a text."""
        subject: Any = text.encode("latin-1", "replace") if isinstance(self.pattern.pattern, bytes) else text
        if self.method == "sub":
            self.pattern.sub(subject[:0], subject)
        elif self.method == "finditer":
            list(self.pattern.finditer(subject))
        else:
            getattr(self.pattern, self.method)(subject)


def uses_in(tree: ast.Module, module: ModuleType, where: str) -> Iterator[Used]:
    """Yield every use of a pattern in a module: `re.compile` under a name with the methods called on it, and direct calls."""
    named: dict[str, re.Pattern[Any]] = {}
    compiled: set[ast.expr] = set()
    for statement in tree.body:
        target = next(iter(_targets(statement)), None)
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        if target and isinstance(value, ast.Call) and _re_function(value) == "compile":
            named[ast.unparse(target)] = _pattern(value, module)
            compiled.add(value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node not in compiled and (function := _re_function(node)):
            assert function in METHODS, f"{where}:{node.lineno}: assign re.{function}(…) to a name of the module"
            yield Used(f"{where}:{node.lineno}", _pattern(node, module), function)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in named and node.attr in METHODS:
            name = ast.unparse(node.value)
            yield Used(f"{where} {name}", named[name], node.attr)


def _targets(statement: ast.stmt) -> list[ast.expr]:
    return (
        statement.targets
        if isinstance(statement, ast.Assign)
        else [statement.target]
        if isinstance(statement, ast.AnnAssign)
        else []
    )


def _re_function(call: ast.Call) -> str | None:
    function = call.func
    is_re = isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "re"
    return function.attr if isinstance(function, ast.Attribute) and is_re else None


def _pattern(call: ast.Call, module: ModuleType) -> re.Pattern[Any]:
    """Compile the pattern of a call; NameError if it depends on anything but the module's globals."""
    flags = call.args[1:] if _re_function(call) == "compile" else [word.value for word in call.keywords if word.arg == "flags"]
    values = [eval(ast.unparse(argument), vars(module)) for argument in (call.args[0], *flags)]  # noqa: S307 - our own source
    return re.compile(*values)


def _all_uses() -> list[Used]:
    uses: list[Used] = []
    for path in sorted(path for package in PACKAGES for path in (PROJECT / package).rglob("*.py") if path.name != "__main__.py"):
        source = path.read_text(encoding="utf-8")
        if "re." in source and "import re\n" in source:
            where = str(path.relative_to(PROJECT))
            name = where.removesuffix(".py").replace("/", ".").removesuffix(".__init__")
            uses += uses_in(ast.parse(source), importlib.import_module(name), where)
    return uses


USES = _all_uses()


def texts(pattern: re.Pattern[Any]) -> Iterator[Callable[[int], str]]:
    """Yield makers of adversarial texts of any length: characters and words that the pattern knows, repeated, ended or not."""
    source = pattern.pattern
    known = sorted(set(_known(_SRE.parse(source, pattern.flags & ~re.UNICODE if isinstance(source, str) else pattern.flags))))
    characters = [word for word in known if len(word) == 1]
    words = [*known, *(f"{first}{second}" for first, second in product(known, known) if first != second)]
    if len(words) > WORDS_MAX:
        words = [*known, *random.Random(1).sample(words, WORDS_MAX)]  # noqa: S311 - the same ones each time
    for word, end in product(words, ("", "\x7f")):
        yield lambda length, word=word, end=end: (word * (length // len(word) + 1))[:length] + end  # type: ignore[misc]
    for first, word in product(characters[:8], characters[:8]):
        yield lambda length, first=first, word=word: first + word * length  # type: ignore[misc]


def _known(parsed: Any) -> Iterator[str]:
    """Yield a member of each set of characters in a parsed pattern, and each text that it spells out."""
    spelled = ""
    for operation, argument in parsed:
        name = str(operation)
        if name == "LITERAL":
            spelled += chr(argument)
            yield chr(argument)
        else:
            yield spelled or "~"
            spelled = ""
            for part in _parts(name, argument):
                yield from _known(part)
        if name == "IN":
            yield from _members(argument)
    yield spelled or "~"


def _parts(name: str, argument: Any) -> Sequence[Any]:
    """Return the patterns within an operation of a parsed pattern."""
    if name == "BRANCH":
        return list(argument[1])
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT", "SUBPATTERN", "ASSERT", "ASSERT_NOT"}:
        return [argument[-1]]
    return [argument] if name == "ATOMIC_GROUP" else []


def _members(items: Any) -> Iterator[str]:
    for operation, argument in items:
        name = str(operation)
        if name == "NEGATE":
            yield "~"
            yield "1"
        elif name == "LITERAL":
            yield chr(argument)
        elif name == "RANGE":
            yield chr(argument[0])
        elif name == "CATEGORY":
            yield {"SPACE": " ", "DIGIT": "1", "WORD": "a"}.get(str(argument).rpartition("_")[2], "~")


@contextmanager
def _patience() -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise TimeoutError

    gc.disable()  # a collection takes long beside many tests, and drops an error that is raised during it
    previous = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)
        gc.enable()


def _seconds(used: Used, text: str, times: int) -> float:
    """Return the least processor time of some uses."""
    taken = []
    for _ in range(times):
        started = time.thread_time()
        used.apply(text)
        taken.append(time.thread_time() - started)
    return min(taken)


def superlinear(used: Used) -> str | None:
    """Return a text that a pattern takes too long for, shortened; None if there is none."""
    plain_s = _seconds(Used("", re.compile("[ab]"), "sub"), "ab" * (LENGTH // 2), 5)
    for text_of in texts(used.pattern):
        try:
            with _patience():
                if (once := _seconds(used, text_of(LENGTH), 1)) < LINEAR_S:
                    continue
                if once > PLAIN_FACTOR * plain_s and _seconds(used, text_of(LENGTH), 2) > PLAIN_FACTOR * plain_s:
                    return text_of(20)
                short, long = _seconds(used, text_of(LENGTH // 4), 5), _seconds(used, text_of(2 * LENGTH), 3)
        except TimeoutError:
            return text_of(20)
        if long > 8 * GROWTH * max(short, LINEAR_S / 8):
            return text_of(20)
    return None


@pytest.mark.parametrize("used", USES, ids=[f"{used.where} {used.method}" for used in USES])
def test_a_pattern_takes_time_proportional_to_the_text(used: Used) -> None:
    assert superlinear(used) is None or superlinear(used) is None  # a busy machine is slow once, such a pattern each time


def test_all_patterns_of_the_product_are_found() -> None:
    where = {used.where.partition(" ")[0].partition(":")[0] for used in USES}

    assert len(USES) > 80
    assert {"shared/values/formula_safe.py", "services/ingest/formats/cells/labels.py", "cli/server/request_head.py"} <= where


@pytest.mark.parametrize(
    ("pattern", "method"),
    [
        (r"(^|[,;\t\r\n])(?=[\s'\"]*[=+])", "sub"),  # looks ahead over the same blanks from each separator
        (r"(.+?)\s*[(\[]", "fullmatch"),
        (r"\s+$", "sub"),
        (r'"(?:[^"\\]|\\.)*"', "sub"),  # texts that never end
        (r"(a+)+b", "match"),
        (r"\d*\d*x", "match"),
        (rb"<c\s+[^>]*r=", "search"),
    ],
)
def test_a_pattern_that_is_not_linear_is_noticed(pattern: str | bytes, method: str) -> None:
    assert superlinear(Used("", re.compile(pattern), method)) is not None
