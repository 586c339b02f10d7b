#!/usr/bin/env python3
"""Makes redb_file_v1.bin: a sealed file by docs/formats/redb-file.md, independent of the Rust code.

Needs the PyPI package `cryptography` (made with 48.0.0). Writes to standard output:

    python3 make_redb_file.py > redb_file_v1.bin

All inputs are fixed octets, so the output never changes. The pages hold patterns, no redb database.
"""

import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

DEK = bytes(range(32))
STORE = b"store-id-16-byte"
OBJECT = b"object-id-16byte"
KEY_ID = b"db.vector"
GENERATION = 3
EPOCH = b"epoch-id-16-byte"
UNITS = 11
LENGTH = 40 * 4096

counter = 0


def number(value: int, octets: int) -> bytes:
    return value.to_bytes(octets, "big")


def counted(octets: bytes) -> bytes:
    return number(len(octets), 1) + octets


def page(unit: int) -> bytes:
    return bytes((unit + 7 * at + 1) % 251 for at in range(4096))


def seal(unit: int, version: bytes, plaintext: bytes) -> tuple[bytes, bytes]:
    global counter
    counter += 5
    info = (b"strongroom unit subkey v1" + number(1, 1) + STORE + counted(KEY_ID)
            + number(GENERATION, 4) + EPOCH)
    subkey = HKDFExpand(SHA256(), 32, info).derive(DEK)
    meta = number(1, 1) + number(1, 1) + number(0, 2) + number(GENERATION, 4) + EPOCH
    meta += number(counter, 8)
    aad = meta + counted(KEY_ID) + counted(OBJECT) + number(unit, 8) + counted(version)
    sealed = AESGCM(subkey).encrypt(bytes(4) + number(counter, 8), plaintext, aad)
    return sealed[:-16], meta + sealed[-16:]


def first_sector(sequence: int, meta: bytes) -> bytes:
    sector = b"\x93strongroom-redb" + number(1, 2) + number(80, 2) + number(4096, 4)
    sector += number(sequence, 8) + STORE + OBJECT + meta + counted(KEY_ID)
    return sector.ljust(512, b"\0")


def header(sequence: int) -> bytes:
    body = page(0) + first_sector(sequence, bytes(48))
    body += number(LENGTH, 8) + number(UNITS + 1, 8) + number(1, 4)
    body, meta = seal(2**64 - 1, number(sequence, 8), body.ljust(7680, b"\0"))
    return first_sector(sequence, meta) + body


def main() -> None:
    units = [seal(unit, b"", page(unit)) for unit in range(1, UNITS + 1)]
    metas = [meta for _, meta in units]
    sectors = [b"".join(metas[at:at + 10]).ljust(512, b"\0") for at in range(0, 80, 10)]
    out = header(8) + header(7) + b"".join(sectors) + b"".join(octets for octets, _ in units)
    sys.stdout.buffer.write(out)


main()
