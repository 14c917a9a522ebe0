"""Access tokens: what is ours is read, everything else is refused with the one error type."""

import ast
import string
import sys
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwk as joserfc_jwk
from joserfc import jwt as joserfc_jwt
from joserfc.jwt import JWTClaimsRegistry

from shared.access import tokens
from shared.vocabulary import Role
from tests.shared.hostile_tokens import (
    GOOD,
    HOSTILE,
    ISSUER,
    KEY,
    NOW,
    PRIVATE,
    SERVICE,
    STRANGER,
    Hostile,
    b64,
    forge,
    header,
    valid,
    with_claims,
)

ROOT = Path(__file__).parents[3]
KEYS = {KEY.kid: KEY.public(), "stranger": tokens.SigningKeyPair(STRANGER).public()}
REQUIRED = ["iss", "sub", "client_id", "aud", "iat", "exp", "jti"]


@pytest.fixture(autouse=True)
def clock_of_the_others() -> Iterator[None]:
    """The other libraries look at the real clock: it stands still, however long ago the tokens' module was loaded."""
    with time_machine.travel(NOW, tick=False):
        yield


def verify(token: str, now_s: float = NOW) -> tokens.Claims:
    return tokens.verify_token(token, KEYS, issuer=ISSUER, service=SERVICE, now_s=now_s)


def ours_accepts(token: str) -> bool:
    try:
        verify(token)
    except tokens.TokenError:
        return False
    return True


def pyjwt_accepts(token: str) -> bool:
    try:
        jwt.decode(token, PRIVATE.public_key(), ["ES256"], {"require": REQUIRED}, audience=SERVICE, issuer=ISSUER, leeway=30)
    except Exception:  # noqa: BLE001 - however it refuses
        return False
    return True


def joserfc_accepts(token: str) -> bool:
    wanted = {name: {"essential": True} for name in REQUIRED}
    registry = JWTClaimsRegistry(leeway=30, **wanted | {"iss": {"essential": True, "value": ISSUER}})  # type: ignore[arg-type]
    try:
        key = joserfc_jwk.ECKey.import_key(KEY.public_jwk)  # type: ignore[arg-type]
        registry.validate(joserfc_jwt.decode(token, key, algorithms=["ES256"]).claims)
    except Exception:  # noqa: BLE001 - however it refuses
        return False
    return True


def test_an_issued_token_says_who_its_client_is() -> None:
    claims = verify(valid())

    assert (claims.client_id, claims.campaign, claims.org) == ("liangjiang-2022.telecom.1", "liangjiang-2022", "telecom")
    assert claims.role is Role.CARRIER
    assert claims.audience == ("identity", "ingest", "indicators", "cases")
    assert (claims.issued_at, claims.expires_at) == (NOW, NOW + 600)


@pytest.mark.parametrize("name", GOOD)
def test_good_tokens_are_read_by_us_and_by_others(name: str) -> None:
    token = GOOD[name]()

    assert verify(token).org == "telecom"
    assert pyjwt_accepts(token)
    assert joserfc_accepts(token)


@pytest.mark.parametrize("case", HOSTILE, ids=[case.name for case in HOSTILE])
def test_hostile_tokens_are_refused(case: Hostile) -> None:
    with pytest.raises(tokens.TokenError):
        verify(case.make())


def test_no_case_is_listed_twice() -> None:
    assert len({case.name for case in HOSTILE}) == len(HOSTILE)


@pytest.mark.parametrize("value", [None, b"x.y.z", 1, ["x"]])
def test_what_is_not_text_is_refused(value: object) -> None:
    with pytest.raises(tokens.TokenError):
        verify(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(("after_s", "good"), [(-31, False), (-30, True), (599.9, True), (600, False)])
def test_a_token_is_good_from_half_a_minute_ahead_until_it_expires_and_no_longer(after_s: float, good: bool) -> None:
    token = valid()

    if good:
        assert verify(token, NOW + after_s).org == "telecom"
    else:
        with pytest.raises(tokens.TokenError):
            verify(token, NOW + after_s)


def test_an_unknown_key_is_told_apart_so_that_keys_can_be_read_again() -> None:
    token = tokens.SigningKeyPair.generate().issue(
        issuer=ISSUER, client_id="c.o.1", campaign="c", org="o", role=Role.BUREAU, audience=(SERVICE,), now_s=NOW, life_s=60
    )

    with pytest.raises(tokens.UnknownKeyError):
        verify(token)


def test_a_token_of_another_of_our_keys_does_not_pass_under_this_kid() -> None:
    token = forge(header(kid="stranger"), b"{}")

    with pytest.raises(tokens.TokenError):
        verify(token)


def test_every_signature_has_the_low_s_so_that_it_has_one_spelling() -> None:
    signatures = [tokens._decode(valid().rsplit(".")[2]) for _ in range(32)]

    assert all(int.from_bytes(signature[32:]) <= tokens._ORDER // 2 for signature in signatures)


@settings(max_examples=150, deadline=None)
@given(position=st.integers(min_value=0), character=st.sampled_from(string.printable + "é\ud800\x00"))
def test_any_token_with_one_character_changed_is_refused(position: int, character: str) -> None:
    token = valid()
    at = position % len(token)
    changed = token[:at] + character + token[at + 1 :]

    assert ours_accepts(changed) == (changed == token)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(
        st.text(),
        st.binary().map(b64),
        st.tuples(st.binary(), st.binary(), st.binary()).map(lambda parts: ".".join(map(b64, parts))),
    )
)
def test_no_text_makes_anything_but_the_one_error(text: str) -> None:
    assert not ours_accepts(text)


@settings(max_examples=100, deadline=None)
@given(head=st.binary(max_size=200), body=st.binary(max_size=200))
def test_signed_rubbish_is_refused(head: bytes, body: bytes) -> None:
    assert not ours_accepts(forge(head, body))
    assert not ours_accepts(forge(header(), body))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(changes=st.dictionaries(st.sampled_from([*REQUIRED, "org", "role", "nbf", "cnf"]), JSON, min_size=1, max_size=2))
def test_we_are_at_least_as_strict_as_two_other_libraries(changes: dict[str, object]) -> None:
    token = with_claims(**changes)

    if ours_accepts(token):
        assert pyjwt_accepts(token)
        assert joserfc_accepts(token)


@pytest.mark.parametrize("case", HOSTILE, ids=[case.name for case in HOSTILE])
def test_what_others_refuse_we_refuse(case: Hostile) -> None:
    token = case.make()
    stricter = pyjwt_accepts(token) and joserfc_accepts(token)

    assert stricter or not ours_accepts(token)
    assert not ours_accepts(token)


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        [],
        {},
        {**KEY.public_jwk, "kty": "RSA"},
        {**KEY.public_jwk, "crv": "P-384"},
        {**KEY.public_jwk, "use": "enc"},
        {**KEY.public_jwk, "alg": "HS256"},
        {**KEY.public_jwk, "x": KEY.public_jwk["y"], "y": KEY.public_jwk["y"]},
        {**KEY.public_jwk, "x": "AA"},
        {**KEY.public_jwk, "x": 1},
        {**KEY.public_jwk, "d": KEY.public_jwk["x"]},
        {name: value for name, value in KEY.public_jwk.items() if name != "y"},
    ],
)
def test_a_key_that_is_not_a_public_p256_signature_key_is_refused(jwk: object) -> None:
    with pytest.raises(tokens.TokenError):
        tokens.PublicKey.from_jwk(jwk)


def test_keys_of_other_kinds_are_refused() -> None:
    other_curve = ec.generate_private_key(ec.SECP384R1())
    other_kind = rsa.generate_private_key(65537, 2048)

    for key in (other_curve.public_key(), other_kind.public_key(), b"", "secret"):
        with pytest.raises(tokens.TokenError):
            tokens.PublicKey(key)  # type: ignore[arg-type]
    for private in (other_curve, other_kind):
        der = private.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        with pytest.raises(tokens.TokenError):
            tokens.SigningKeyPair.from_private_bytes(der)


def test_a_signing_key_survives_being_stored() -> None:
    again = tokens.SigningKeyPair.from_private_bytes(KEY.private_bytes())

    assert again.public_jwk == KEY.public_jwk
    assert "d" not in again.public_jwk
    assert tokens.PublicKey.from_jwk(again.public_jwk)


def test_the_backend_is_the_safe_one() -> None:
    tokens.require_safe_backend()


def test_the_unsafe_backend_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ecdsa", tokens)

    with pytest.raises(RuntimeError, match="cryptography"):
        tokens.require_safe_backend()


def test_only_one_module_imports_jose() -> None:
    importers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("shared", "services", "cli", "migrations", "openapi", "bench", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if "jose" in imported_packages(path)
    }

    assert importers == {"shared/access/tokens.py"}


def imported_packages(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.partition(".")[0] for name in plain | {n.module or "" for n in nodes if isinstance(n, ast.ImportFrom)}}
