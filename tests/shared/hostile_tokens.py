"""Hostile access tokens, each under the id of its class: A1 … A22 as the threat list counts them.

They are forged from bytes, not through a JOSE library, so that a library's manners do not tidy them up.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from shared.access.tokens import SigningKeyPair
from shared.vocabulary import Role

ISSUER = "https://gigacity.example"
SERVICE = "ingest"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
REMOVED = object()  # as a value: the claim or header is left out

PRIVATE = ec.generate_private_key(ec.SECP256R1())
KEY = SigningKeyPair(PRIVATE)
STRANGER = ec.generate_private_key(ec.SECP256R1())
NOW = 1_700_000_000  # the clock of the tests stands there


def valid() -> str:
    """A token as the issuer makes it."""
    return KEY.issue(
        issuer=ISSUER,
        client_id="liangjiang-2022.telecom.1",
        campaign="liangjiang-2022",
        org="telecom",
        role=Role.CARRIER,
        audience=("identity", "ingest", "indicators", "cases"),
        now_s=NOW,
        life_s=600,
    )


def header(**changes: Any) -> dict[str, Any]:
    return _changed({"alg": "ES256", "typ": "at+jwt", "kid": KEY.kid}, changes)


def claims(**changes: Any) -> dict[str, Any]:
    return _changed(json.loads(unb64(valid().split(".")[1])), changes)


def _changed(fields: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (fields | changes).items() if value is not REMOVED}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def es256(message: bytes, key: ec.EllipticCurvePrivateKey = PRIVATE, *, high: bool = False) -> bytes:
    size = (key.key_size + 7) // 8
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    if key.key_size == PRIVATE.key_size:
        s = max(s, ORDER - s) if high else min(s, ORDER - s)
    return r.to_bytes(size) + s.to_bytes(size)


def hs256(secret: bytes) -> Callable[[bytes], bytes]:
    return lambda message: hmac.digest(secret, message, hashlib.sha256)


def rs256(message: bytes) -> bytes:
    return rsa.generate_private_key(65537, 1024).sign(message, padding.PKCS1v15(), hashes.SHA256())  # noqa: S505 - it is hostile


def forge(head: bytes | dict[str, Any], body: bytes | dict[str, Any], sign: Callable[[bytes], bytes] = es256) -> str:
    """A compact token of these very bytes, signed."""
    parts = [part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode() for part in (head, body)]
    message = ".".join(b64(part) for part in parts)
    return f"{message}.{b64(sign(message.encode()))}"


def with_header(**changes: Any) -> str:
    return forge(header(**changes), claims())


def with_claims(**changes: Any) -> str:
    return forge(header(), claims(**changes))


def with_raw_claim(name: str, value: str) -> str:
    """A claim whose value is this JSON text, whatever it is."""
    return forge(header(), json.dumps(claims(**{name: "@@"})).replace('"@@"', value).encode())


def public(encoding: serialization.Encoding, form: serialization.PublicFormat) -> bytes:
    return PRIVATE.public_key().public_bytes(encoding, form)


def respelled(change: Callable[[str], str]) -> str:
    head, body, signature = valid().split(".")
    return f"{head}.{body}.{change(signature)}"


def spare_bits_flipped(signature: str) -> str:
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return signature[:-1] + alphabet[alphabet.index(signature[-1]) ^ 1]


def high_s(signature: str) -> str:
    raw = unb64(signature)
    return b64(raw[:32] + (ORDER - int.from_bytes(raw[32:])).to_bytes(32))


def nested(depth: int, opening: str = "[", closing: str = "]") -> str:
    return opening * depth + closing * depth


def stranger_jwk() -> dict[str, str]:
    return SigningKeyPair(STRANGER).public_jwk


def unsigned(alg: str, signature: bytes = b"x" * 64) -> str:
    return forge(header(alg=alg), claims(), lambda _: signature)


def with_hmac(secret: bytes) -> str:
    return forge(header(alg="HS256"), claims(), hs256(secret))


PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER
SPKI = serialization.PublicFormat.SubjectPublicKeyInfo
SSH = serialization.PublicFormat.OpenSSH
P384 = ec.generate_private_key(ec.SECP384R1())


@dataclass(frozen=True)
class Hostile:
    """One token that must be refused."""

    name: str
    make: Callable[[], str]


HOSTILE = [
    Hostile("A1 alg none", lambda: unsigned("none")),
    Hostile("A1 alg NoNe", lambda: unsigned("NoNe")),
    Hostile("A1 alg none, empty signature", lambda: unsigned("none", b"")),
    Hostile("A2 HMAC keyed with the public key as PEM", lambda: with_hmac(public(PEM, SPKI))),
    Hostile("A2 HMAC keyed with the public key as OpenSSH", lambda: with_hmac(public(serialization.Encoding.OpenSSH, SSH))),
    Hostile("A3 HMAC keyed with the public key as DER", lambda: with_hmac(public(DER, SPKI))),
    Hostile("A4 crit names an unknown extension", lambda: with_header(crit=["x"], x=1)),
    Hostile("A4 b64 false", lambda: with_header(crit=["b64"], b64=False)),
    Hostile("A5 typ absent", lambda: with_header(typ=REMOVED)),
    Hostile("A5 typ JWT", lambda: with_header(typ="JWT")),
    Hostile("A5 typ of a proof", lambda: with_header(typ="dpop+jwt")),
    Hostile("A5 typ of a client assertion (A20)", lambda: with_header(typ="client-authentication+jwt")),
    Hostile("A6 aud absent", lambda: with_claims(aud=REMOVED)),
    Hostile("A6 aud of another service", lambda: with_claims(aud=["cases"])),
    Hostile("A6 aud with a foreign name", lambda: with_claims(aud=["ingest", "billing"])),
    Hostile("A6 aud as text", lambda: with_claims(aud="ingest")),
    Hostile("A6 aud empty", lambda: with_claims(aud=[])),
    Hostile("A6 aud with a number", lambda: with_claims(aud=["ingest", 1])),
    Hostile("A7 iss absent", lambda: with_claims(iss=REMOVED)),
    Hostile("A7 iss with a trailing slash", lambda: with_claims(iss=ISSUER + "/")),
    Hostile("A7 iss in another case", lambda: with_claims(iss=ISSUER.upper())),
    Hostile("A8 exp absent", lambda: with_claims(exp=REMOVED)),
    Hostile("A8 exp as text", lambda: with_claims(exp=str(NOW + 600))),
    Hostile("A8 exp 10^300", lambda: with_claims(exp=10**300)),
    Hostile("A8 life over ten minutes", lambda: with_claims(exp=NOW + 601)),
    Hostile("A8 expired", lambda: with_claims(iat=NOW - 601, exp=NOW - 1)),
    Hostile("A8 exp before iat", lambda: with_claims(iat=NOW + 20, exp=NOW + 10)),
    Hostile("A8 exp with a fraction", lambda: with_claims(exp=NOW + 600.0)),
    Hostile("A8 exp true", lambda: with_claims(exp=True, iat=False)),
    Hostile("A9 exp Infinity", lambda: with_raw_claim("exp", "Infinity")),
    Hostile("A9 exp 1e400", lambda: with_raw_claim("exp", "1e400")),
    Hostile("A9 iat NaN", lambda: with_raw_claim("iat", "NaN")),
    Hostile("A9 exp of 2 000 digits", lambda: with_raw_claim("exp", "9" * 2000)),
    Hostile("A9 nbf Infinity", lambda: with_raw_claim("nbf", "Infinity")),
    Hostile("A9 nbf in the future", lambda: with_claims(nbf=NOW + 400)),
    Hostile("A9 exp null", lambda: with_claims(exp=None)),
    Hostile("A9 exp a list", lambda: with_claims(exp=[NOW + 600])),
    Hostile("A9 iat one year ahead", lambda: with_claims(iat=NOW + 31_536_000, exp=NOW + 31_536_600)),
    Hostile("A9 iat negative", lambda: with_claims(iat=-1, exp=500)),
    Hostile("A10 sub twice", lambda: forge(header(), json.dumps(claims())[:-1].encode() + b',"sub":"liangjiang-2022.mobile.1"}')),
    Hostile("A10 alg twice", lambda: forge(json.dumps(header())[:-1].encode() + b',"alg":"ES256"}', claims())),
    Hostile("A11 header nested 2 000 deep", lambda: forge(f'{{"alg":{nested(2000)}}}'.encode(), claims(), lambda _: b"x" * 64)),
    Hostile("A11 header nested 400 deep", lambda: forge(f'{{"alg":{nested(400)}}}'.encode(), claims(), lambda _: b"x" * 64)),
    Hostile("A12 claims nested 5 000 deep", lambda: with_raw_claim("aud", nested(5000))),
    Hostile("A12 claims nested 1 200 deep", lambda: with_raw_claim("aud", nested(1200))),
    Hostile("A13 alg a list", lambda: with_header(alg=["ES256"])),
    Hostile("A13 alg a number", lambda: with_header(alg=256)),
    Hostile("A13 alg an object", lambda: with_header(alg={"ES256": 1})),
    Hostile("A14 JWE of five parts", lambda: f"{b64(json.dumps({'alg': 'dir', 'enc': 'A256GCM'}).encode())}..{'.'.join('abc')}"),
    Hostile("A14 JWE that inflates", lambda: with_header(zip="DEF", enc="A256GCM")),
    Hostile("A14 8 MB", lambda: with_claims(sub="x" * 8_000_000)),
    Hostile("A14 5 KB of it blanks", lambda: forge(header(), json.dumps(claims()).encode() + b" " * 4000)),
    Hostile("A15 junk in the signature", lambda: respelled(lambda text: f"{text[:40]}!{text[40:]}")),
    Hostile("A15 line break in the signature", lambda: respelled(lambda text: f"{text[:40]}\n{text[40:]}")),
    Hostile("A15 padded signature", lambda: respelled(lambda text: text + "==")),
    Hostile("A15 spare bits flipped", lambda: respelled(spare_bits_flipped)),
    Hostile("A15 s turned to n - s", lambda: respelled(high_s)),
    Hostile("A15 trailing line break", lambda: valid() + "\n"),
    Hostile("A16 P-384 key under ES256", lambda: forge(header(), claims(), lambda message: es256(message, P384))),
    Hostile("A16 RSA of 1024 bits", lambda: forge(header(alg="RS256"), claims(), rs256)),
    Hostile("A16 empty HMAC key", lambda: with_hmac(b"")),
    Hostile("A16 HMAC key of one byte", lambda: with_hmac(b"k")),
    Hostile("A17 unknown kid", lambda: with_header(kid="another")),
    Hostile("A17 kid absent", lambda: with_header(kid=REMOVED)),
    Hostile("A17 kid a number", lambda: with_header(kid=1)),
    Hostile("A17 kid with a path", lambda: with_header(kid="../../dev/null")),
    Hostile("A17 kid with SQL", lambda: with_header(kid="' OR kid = kid --")),
    Hostile("A17 kid of 4 KB", lambda: with_header(kid="k" * 4096)),
    Hostile("A17 jku", lambda: with_header(jku="https://evil.example/jwks")),
    Hostile("A17 x5u", lambda: with_header(x5u="https://evil.example/cert")),
    Hostile("A17 x5c", lambda: with_header(x5c="MIIB")),
    Hostile("A17 embedded jwk", lambda: forge(header(jwk=stranger_jwk()), claims(), lambda message: es256(message, STRANGER))),
    Hostile("A18 signed with another key", lambda: forge(header(), claims(), lambda message: es256(message, STRANGER))),
    Hostile("A21 bound to a key (cnf) without proof", lambda: with_claims(cnf={"jkt": "x"})),
    Hostile("A21 cnf flat", lambda: with_claims(cnf="x")),
    Hostile("A22 lone surrogate", lambda: valid() + "\ud800"),
    Hostile("A22 empty", lambda: ""),
    Hostile("A22 full-width dots", lambda: valid().replace(".", "．")),
    Hostile("role we do not know", lambda: with_claims(role="sysadmin")),
    Hostile("role a list", lambda: with_claims(role=["carrier"])),
    Hostile("org absent", lambda: with_claims(org=REMOVED)),
    Hostile("org that is not the client's", lambda: with_claims(org="mobile")),
    Hostile("sub that is not the client", lambda: with_claims(sub="liangjiang-2022.mobile.1")),
    Hostile("jti absent", lambda: with_claims(jti=REMOVED)),
    Hostile("client_id absent", lambda: with_claims(client_id=REMOVED)),
    Hostile("claims a list", lambda: forge(header(), b"[]")),
    Hostile("claims in UTF-16", lambda: forge(header(), json.dumps(claims()).encode("utf-16"))),
    Hostile("claims with a byte-order mark", lambda: forge(header(), b"\xef\xbb\xbf" + json.dumps(claims()).encode())),
    Hostile("claims with something behind", lambda: forge(header(), json.dumps(claims()).encode() + b" 1")),
    Hostile("claims empty", lambda: forge(header(), b"")),
    Hostile("header of 2 KB", lambda: forge(json.dumps(header()).encode() + b" " * 2000, claims())),
    Hostile("two parts", lambda: valid().rsplit(".", 1)[0]),
    Hostile("four parts", lambda: valid() + ".x"),
]

GOOD: dict[str, Callable[[], str]] = {
    "as issued": valid,
    "forged by hand, low s": lambda: forge(header(), claims()),
    "for this service only": lambda: with_claims(aud=["ingest"]),
    "issued by a clock 30 s ahead": lambda: with_claims(iat=NOW + 30, exp=NOW + 630),
    "about to expire": lambda: with_claims(iat=NOW - 599, exp=NOW + 1),
    "spaces in the JSON": lambda: forge(json.dumps(header(), indent=1).encode(), json.dumps(claims(), indent=1).encode()),
}
