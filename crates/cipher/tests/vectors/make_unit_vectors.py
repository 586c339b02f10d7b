#!/usr/bin/env python3
"""Makes unit_v1.txt: vectors of docs/formats/unit.md, independent of the Rust code.

Needs the PyPI package `cryptography` (made with 48.0.0). Prints to standard output:

    python3 make_unit_vectors.py > unit_v1.txt

All inputs are fixed octets, so the output never changes.
"""

from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

SUBKEY_LABEL = b"strongroom unit subkey v1"
CHECK_LABEL = b"strongroom dek check v1"
# Suites: the octet in the meta.
GCM, GCM_SIV, GCM_DRAWN = 1, 2, 3


def number(value: int, octets: int) -> bytes:
    return value.to_bytes(octets, "big")


def counted(octets: bytes) -> bytes:
    return number(len(octets), 1) + octets


def expand(key: bytes, info: bytes, length: int) -> bytes:
    return HKDFExpand(SHA256(), length, info).derive(key)


def pattern(length: int) -> bytes:
    return bytes((7 * at + 3) % 256 for at in range(length))


def show(**fields: object) -> None:
    for name, value in fields.items():
        print(f"{name} = {value.hex() if isinstance(value, bytes) else value}")


def unit(name, dek, store, key_id, generation, epoch, counter, place, version, plaintext,
         suite=GCM, drawn=None):
    object_name, unit_number = place
    info = (SUBKEY_LABEL + number(suite, 1) + store + counted(key_id)
            + number(generation, 4) + epoch)
    subkey = expand(dek, info, 32)
    fixed = number(1, 1) + number(suite, 1) + number(0, 2) + number(generation, 4)
    header = fixed + epoch + number(counter, 8)
    version_octets = b"" if version is None else number(version, 8)
    aad = (header + counted(key_id) + counted(object_name) + number(unit_number, 8)
           + counted(version_octets))
    nonce = bytes(4) + number(counter, 8) if drawn is None else drawn
    cipher = AESGCMSIV(subkey) if suite == GCM_SIV else AESGCM(subkey)
    sealed = cipher.encrypt(nonce, plaintext, aad)
    if drawn is not None:
        # The drawn nonce stands in the last 12 octets before the tag, and is not part of the AAD.
        header = fixed + epoch[:12] + drawn
    print(f"\n[unit] {name}")
    show(suite=suite, dek=dek, store=store, key_id=key_id, generation=generation, epoch=epoch,
         counter=counter, object=object_name, unit=unit_number,
         version="unversioned" if version is None else version, subkey=subkey, aad=aad,
         plaintext=plaintext, ciphertext=sealed[:-16], meta=header + sealed[-16:])


def check(name, dek, store, key_id, generation):
    info = CHECK_LABEL + store + counted(key_id) + number(generation, 4)
    print(f"\n[check] {name}")
    show(dek=dek, store=store, key_id=key_id, generation=generation,
         check=expand(dek, info, 16))


def main() -> None:
    dek = bytes(range(32))
    store = bytes(range(0x40, 0x50))
    epoch = bytes(range(0xa0, 0xb0))
    long_id = "\u00e9".encode() * 127 + b"k"
    print("# Vectors of docs/formats/unit.md, format 1. Made by make_unit_vectors.py.")
    unit("a page", dek, store, b"accounts", 1, epoch, 1, (b"accounts.db", 17), None,
         pattern(512))
    unit("a page with a write version", dek, store, b"accounts", 1, epoch, 2,
         (b"accounts.db", 17), 3, pattern(512))
    unit("write version zero is not unversioned", dek, store, b"accounts", 1, epoch, 3,
         (b"accounts.db", 17), 0, pattern(512))
    unit("an empty unit", dek, store, b"k", 1, epoch, 1, (b"o", 0), None, b"")
    unit("one octet", dek, store, b"k", 1, epoch, 1, (b"o", 0), None, b"\x00")
    unit("a block and one octet", dek, store, b"k", 1, epoch, 1, (b"o", 1), None,
         pattern(17))
    unit("no place", dek, store, b"k", 1, epoch, 1, (b"", 0), None, pattern(33))
    unit("longest names, highest numbers", bytes(reversed(dek)), bytes(16), long_id,
         2**32 - 1, bytes(reversed(epoch)), 2**36, (bytes(range(1, 256)), 2**64 - 1),
         2**64 - 1, pattern(48))
    for length in (0, 1, 17, 512):
        unit(f"misuse-resistant, {length} octets", dek, store, b"accounts", 1, epoch, 1,
             (b"accounts.db", 17), None, pattern(length), suite=GCM_SIV)
    unit("misuse-resistant, with a write version", dek, store, b"accounts", 1, epoch, 2,
         (b"accounts.db", 17), 3, pattern(64), suite=GCM_SIV)
    unit("misuse-resistant, longest names, highest numbers", bytes(reversed(dek)), bytes(16),
         long_id, 2**32 - 1, bytes(reversed(epoch)), 2**36, (bytes(range(1, 256)), 2**64 - 1),
         2**64 - 1, pattern(48), suite=GCM_SIV)
    short_epoch = epoch[:12] + bytes(4)
    unit("drawn nonce", dek, store, b"accounts", 1, short_epoch, 0, (b"accounts.db", 17), None,
         pattern(64), suite=GCM_DRAWN, drawn=bytes(range(0xd0, 0xdc)))
    unit("drawn nonce of all ones", dek, store, b"accounts", 1, short_epoch, 0,
         (b"accounts.db", 17), 3, pattern(64), suite=GCM_DRAWN, drawn=b"\xff" * 12)
    unit("drawn nonce of all zeros", dek, store, b"accounts", 1, short_epoch, 0,
         (b"accounts.db", 17), 3, pattern(64), suite=GCM_DRAWN, drawn=bytes(12))
    check("a key", dek, store, b"accounts", 1)
    check("the next generation", dek, store, b"accounts", 2)
    check("longest name", bytes(reversed(dek)), bytes(16), long_id, 2**32 - 1)


if __name__ == "__main__":
    main()
