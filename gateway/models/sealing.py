"""Encrypt what must not be readable on a stolen disk (MultiFernet), and make keyed hashes to search it by.

The wiring sets the keys once (`use_keys`), before the first query; without keys nothing can be read or written.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import logging
import zlib
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

log = logging.getLogger(__name__)
UNREADABLE = "(unreadable: sealed with other keys)"  # what stands for a value that none of our keys opens
FORGOTTEN = "#"  # a pseudonym begins with this; no sender of a carrier does
_signing_keys: tuple[Ed25519PrivateKey, ...] = ()
_ring: MultiFernet | None = None
_hash_keys: tuple[bytes, ...] = ()
_address_keys: tuple[AESSIV, ...] = ()
_LONGEST_TOLD = 10_000  # bytes of what an address tells


def use_keys(keys: Sequence[str]) -> None:
    """Set the Fernet keys: the first encrypts, all of them decrypt. Raises ValueError for an invalid key."""
    global _ring, _hash_keys, _address_keys, _signing_keys
    _ring = MultiFernet([Fernet(key) for key in keys])
    _hash_keys = tuple(hashlib.sha256(b"search:" + key.encode()).digest() for key in keys)
    _address_keys = tuple(AESSIV(hashlib.sha512(b"address:" + key.encode()).digest()) for key in keys)
    seeds = (hashlib.sha256(b"signature:" + key.encode()).digest() for key in keys)
    _signing_keys = tuple(Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds)


def _keys() -> MultiFernet:
    if _ring is None:
        raise RuntimeError("no encryption keys yet: sealing.use_keys() comes before the first query")
    return _ring


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Return the decrypted text. Raises cryptography.fernet.InvalidToken if none of our keys encrypted it."""
    return _keys().decrypt(token.encode()).decode()


def seal_bytes(content: bytes) -> bytes:
    return _keys().encrypt(content)


def unseal_bytes(token: bytes) -> bytes:
    """Return the decrypted bytes. Raises ValueError if none of our keys encrypted them."""
    try:
        return _keys().decrypt(token)
    except InvalidToken as error:
        raise ValueError("sealed with other keys") from error


def read(token: str) -> str:
    """Return the decrypted text, or UNREADABLE: one row of other keys must not hide the rows beside it."""
    try:
        return unseal(token)
    except InvalidToken:
        log.error("a sealed value was written with keys that are not in ENCRYPTION_KEYS")
        return UNREADABLE


def reseal(token: str) -> str:
    """Return the same text encrypted with the first key (key rotation)."""
    return _keys().rotate(token.encode()).decode()


def pseudonym(number: str) -> str:
    """Return the string that replaces a forgotten number.

    The same number always gives the same one, and only with our keys.
    """
    forgotten = not number or number.startswith(FORGOTTEN)
    return number if forgotten else f"{FORGOTTEN}{fingerprints(f'number:{number}')[0][:24]}"


def mark(text: str) -> str:
    """Return a keyed hash (hexadecimal) of a text: it tells nothing, and is the same for the same text."""
    return fingerprints(text)[0]


def fingerprints(text: str) -> tuple[str, ...]:
    """Return keyed hashes to search encrypted text by, one per key; the first is the one to store."""
    _keys()
    return tuple(hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in _hash_keys)


def sign(content: bytes) -> bytes:
    """Return an Ed25519 signature (64 bytes) by the key that belongs to the first of our keys."""
    _keys()
    return _signing_keys[0].sign(content)


def is_signed(content: bytes, signature: bytes) -> bool:
    """Return whether one of our keys made this signature over this content."""
    _keys()
    return any(_made(key, content, signature) for key in _signing_keys)


def _made(key: Ed25519PrivateKey, content: bytes, signature: bytes) -> bool:
    try:
        key.public_key().verify(signature, content)
    except InvalidSignature:
        return False
    return True


def seal_address(text: str) -> str:
    """Return the text as a piece of an address that tells nothing and that only we can make. The same text gives the
    same address, so whoever fetches it may keep what they got."""
    _keys()
    sealed = _address_keys[0].encrypt(zlib.compress(text.encode(), 9), None)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unseal_address(piece: str) -> str | None:
    """Return the text of an address that we made, or None for any other."""
    _keys()
    try:
        sealed = base64.urlsafe_b64decode(piece + "=" * (-len(piece) % 4))
    except (ValueError, binascii.Error):
        return None
    for key in _address_keys:
        try:
            return zlib.decompressobj().decompress(key.decrypt(sealed, None), _LONGEST_TOLD).decode()
        except (InvalidTag, ValueError, zlib.error):
            continue
    return None
