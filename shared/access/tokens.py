"""Access tokens: strict verification and signing of ES256 compact tokens. The only module that imports jose.

python-jose alone ignores `crit`, tries every key, accepts other encodings of a token and lets exceptions escape. So a token is
checked strictly before the library reads it, and its claims after its signature. A token has exactly one encoding: base64url
is canonical and the signature's s is low (issued so, refused otherwise), so that it can be cached by its text.
A list of denied tokens must still be keyed by `jti`.
"""

import base64
import hashlib
import json
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jws  # type: ignore[import-untyped]  # the library ships no types
from jose.backends import ECKey  # type: ignore[import-untyped]

from shared.settings import SERVICES
from shared.vocabulary import Role

ALGORITHM: Final = "ES256"
TYPE: Final = "at+jwt"
MAX_TOKEN_BYTES: Final = 4096
MAX_HEADER_BYTES: Final = 1024
MAX_LIFE_S: Final = 600
CLOCK_SKEW_S: Final = 30  # by which the issuer's clock may be ahead; an expiry has no tolerance

_CLAIMS: Final = frozenset({"iss", "sub", "client_id", "aud", "iat", "exp", "jti", "campaign", "org", "role"})
_COORDINATE_BYTES: Final = 32
_SIGNATURE_BYTES: Final = 2 * _COORDINATE_BYTES
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_CODE: Final = re.compile(r"[a-z0-9_-]{1,64}")
_CLIENT_NUMBER: Final = re.compile(r"[1-9][0-9]{0,8}")
_JTI: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


class TokenError(Exception):
    """The token or key is not valid. The message is for logs and never contains the token."""


class UnknownKeyError(TokenError):
    """The token names a key that is not known (yet)."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims of a verified token. Times in seconds since 1970."""

    client_id: str
    campaign: str
    org: str
    role: Role
    audience: tuple[str, ...]
    issued_at: int
    expires_at: int
    jti: str


class PublicKey:
    """A P-256 public key."""

    def __init__(self, key: ec.EllipticCurvePublicKey) -> None:
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
            raise TokenError("the key is not on P-256")
        self.prepared = ECKey(key, ALGORITHM)

    @classmethod
    def from_jwk(cls, jwk: object) -> Self:
        """Return the key of a public JWK. Raises TokenError unless it is a P-256 signature key without a private part."""
        if not isinstance(jwk, Mapping):
            raise TokenError("the key is not an object")
        expected = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": ALGORITHM}
        if {name: jwk.get(name) for name in expected} != expected or "d" in jwk:
            raise TokenError("the key is not a public P-256 signature key")
        try:
            x, y = (int.from_bytes(_coordinate(jwk[name])) for name in ("x", "y"))
            return cls(ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key())
        except (KeyError, ValueError) as error:  # a missing or wrong coordinate, a point off the curve
            raise TokenError("the key's coordinates are not a point of P-256") from error


class _LowSKey(ECKey):  # type: ignore[misc]  # the library ships no types
    """Signs with the lower of the two valid values of s, so that a signature has only one form."""

    def sign(self, msg: bytes) -> bytes:
        signature: bytes = super().sign(msg)
        s = int.from_bytes(signature[_COORDINATE_BYTES:])
        return signature[:_COORDINATE_BYTES] + min(s, _ORDER - s).to_bytes(_COORDINATE_BYTES)


class SigningKeyPair:
    """A P-256 key pair. Its `kid` is the RFC 7638 thumbprint of the public key."""

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        point = key.public_key().public_numbers()
        coordinates = {"x": _encode(point.x.to_bytes(_COORDINATE_BYTES)), "y": _encode(point.y.to_bytes(_COORDINATE_BYTES))}
        self._private = key
        self._prepared = _LowSKey(key, ALGORITHM)
        self.kid = _encode(hashlib.sha256(_json({"crv": "P-256", "kty": "EC", **coordinates})).digest())
        self.public_jwk = {"kty": "EC", "crv": "P-256", **coordinates, "use": "sig", "alg": ALGORITHM, "kid": self.kid}

    @classmethod
    def generate(cls) -> Self:
        """Return a new key pair."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_private_bytes(cls, der: bytes) -> Self:
        """Return the key pair from its `private_bytes`. Raises TokenError for another kind of key."""
        key = serialization.load_der_private_key(der, password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise TokenError("the key is not on P-256")
        return cls(key)

    def private_bytes(self) -> bytes:
        """Return the private key as unencrypted PKCS #8 DER, which must be sealed before it is stored."""
        return self._private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def public(self) -> PublicKey:
        """Return the public key of the pair."""
        return PublicKey(self._private.public_key())

    def issue(
        self,
        *,
        issuer: str,
        client_id: str,
        campaign: str,
        org: str,
        role: Role,
        audience: tuple[str, ...],
        now_s: int,
        life_s: int,
    ) -> str:
        """Return an access token for a client, issued at `now_s` (seconds since 1970) and valid for `life_s` seconds."""
        claims = {
            "iss": issuer,
            "sub": client_id,
            "client_id": client_id,
            "aud": list(audience),
            "iat": now_s,
            "exp": now_s + life_s,
            "jti": secrets.token_urlsafe(16),
            "campaign": campaign,
            "org": org,
            "role": role.value,
        }
        token: str = jws.sign(_json(claims), self._prepared, headers={"typ": TYPE, "kid": self.kid}, algorithm=ALGORITHM)
        return token


def verify_token(token: str, keys: Mapping[str, PublicKey], *, issuer: str, service: str, now_s: float) -> Claims:
    """Return the claims of a token, signed by one of `keys` (by `kid`) and valid for `service` at `now_s` (seconds since 1970).

    Raises UnknownKeyError if the key is not among them, TokenError for any other fault, and no other exception.
    """
    try:
        key = keys.get(_key_id(token))
        if key is None:
            raise UnknownKeyError("unknown key")  # noqa: TRY301 - handled like every other error
        payload: bytes = jws.verify(token, key.prepared, [ALGORITHM])
        return _claims(_flat_object(payload, lists=1), issuer, service, now_s)
    except TokenError:
        raise
    except Exception as error:  # noqa: BLE001 - any exception of the parsers or the library means an invalid token
        raise TokenError(type(error).__name__) from None


def require_safe_backend() -> None:
    """Raise RuntimeError if jose would use its pure-Python cryptography, which allows timing attacks on signing."""
    fallback = {"ecdsa", "rsa"} & sys.modules.keys()
    if fallback or not ECKey.__module__.endswith("cryptography_backend"):
        loaded = ", ".join(fallback) or ECKey.__module__
        message = f"python-jose must use `cryptography`, but {loaded} is loaded: install python-jose[cryptography]"
        raise RuntimeError(message)


def _key_id(token: object) -> str:
    """Return the `kid` of a token after strict checks of its form, before the library reads it."""
    if not isinstance(token, str) or not token.isascii() or len(token) > MAX_TOKEN_BYTES:
        raise TokenError("not a token of ASCII text within the size limit")
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenError("not three parts")
    header, _, signature = (_decode(part) for part in parts)
    if len(header) > MAX_HEADER_BYTES:
        raise TokenError("header too large")
    if len(signature) != _SIGNATURE_BYTES or int.from_bytes(signature[_COORDINATE_BYTES:]) > _ORDER // 2:
        raise TokenError("signature of the wrong length, or with a high s")
    fields = _flat_object(header, lists=0)
    kid = fields.get("kid")
    # Exactly these fields: `crit`, `b64`, `jku`, `jwk`, `zip` and any other extension are refused.
    if not isinstance(kid, str) or fields != {"alg": ALGORITHM, "typ": TYPE, "kid": kid}:
        raise TokenError("unexpected header")
    return kid


def _claims(claims: dict[str, Any], issuer: str, service: str, now_s: float) -> Claims:
    # Exactly these claims: an unknown one (`cnf`, `nbf`) may restrict the token, and ignoring it would lift the restriction.
    if claims.keys() != _CLAIMS or claims["iss"] != issuer or claims["sub"] != claims["client_id"]:
        raise TokenError("unexpected claims")
    issued_at, expires_at = _seconds(claims["iat"]), _seconds(claims["exp"])
    if not 0 < expires_at - issued_at <= MAX_LIFE_S or issued_at > now_s + CLOCK_SKEW_S or expires_at <= now_s:
        raise TokenError("expired, too long, or from the future")
    campaign, org, jti = _text(claims["campaign"], _CODE), _text(claims["org"], _CODE), _text(claims["jti"], _JTI)
    client_id = _client_id(claims["client_id"], f"{campaign}.{org}.")
    return Claims(client_id, campaign, org, Role(claims["role"]), _audience(claims["aud"], service), issued_at, expires_at, jti)


def _audience(names: object, service: str) -> tuple[str, ...]:
    if not isinstance(names, list) or service not in names or not set(names) <= set(SERVICES):
        raise TokenError("not for this service")
    return tuple(names)


def _seconds(value: object) -> int:
    if type(value) is not int:
        raise TokenError("a time is not a whole number of seconds")
    return value  # its range is checked against the clock


def _text(value: object, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise TokenError("a code is malformed")
    return value


def _client_id(value: object, prefix: str) -> str:
    if not isinstance(value, str) or not value.startswith(prefix) or not _CLIENT_NUMBER.fullmatch(value, len(prefix)):
        raise TokenError("a client id is malformed")
    return value


def _flat_object(data: bytes, *, lists: int) -> dict[str, Any]:
    """Return a JSON object in ASCII without floats and duplicate keys, and nothing nested but at most `lists` lists."""
    if data.count(b"{") != 1 or data.count(b"[") > lists:  # counted in the bytes, so that no parser sees deep nesting
        raise TokenError("nested")
    parsed = json.loads(data.decode("ascii"), object_pairs_hook=_unique_keys, parse_float=_refuse, parse_constant=_refuse)
    if not isinstance(parsed, dict):
        raise TokenError("not an object")
    return parsed


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise TokenError("duplicate key")
    return fields


def _refuse(_text: str) -> None:
    raise TokenError("not a whole number")


def _json(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode("ascii")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decode(text: str) -> bytes:
    """Return the bytes of canonical base64url without padding."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encode(data) != text:  # the decoder skips invalid characters and ignores unused bits
        raise TokenError("not canonical base64url")
    return data


def _coordinate(text: object) -> bytes:
    if not isinstance(text, str) or len(data := _decode(text)) != _COORDINATE_BYTES:
        raise TokenError("a coordinate is not 32 bytes")
    return data
