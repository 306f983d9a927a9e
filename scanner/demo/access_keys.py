"""The account inside an access key id, as AWS (and moto) packs it."""

import base64
import binascii

_START = 0x80_0000_0000
"""What an id packs is half the account number, counted from here, in 40 bits of base32."""
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def access_key_id(account: str) -> str:
    """An access key id that belongs to the account; always the same one."""
    number = int(account)
    packed = base64.b32encode((number // 2 + _START).to_bytes(5, "big")).decode()
    parity = _ALPHABET[-1] if number % 2 else _ALPHABET[0]
    return f"AKIA{packed}{parity}EXAMPLE"


def account_of(key_id: str) -> str | None:
    """The account that an access key id belongs to; None for one that packs none."""
    try:
        packed = int.from_bytes(base64.b32decode(key_id[4:12]), "big") - _START
        odd = _ALPHABET.index(key_id[12]) >= len(_ALPHABET) // 2
    except (binascii.Error, ValueError, IndexError):
        return None
    return f"{packed * 2 + odd:012}" if packed >= 0 else None
