#!/usr/bin/env python3
"""Makes file_v1.txt: sealed files as docs/formats/file.md says, independent of the Rust code.

Needs the PyPI package `cryptography` from 50.0 on, which has Cobblestone-256 of its own. It draws
the salt, so every run gives other files:

    python3 make_file_vectors.py > file_v1.txt

Files are compressed with zlib, since long ones are mostly repetition before they are sealed and
nothing of it after: the short lengths are chosen so that the text stays small.
"""

import zlib

from cryptography.cobblestone import Cobblestone256Encryptor
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

LABEL = b"strongroom file input key v1"


def pattern(length: int) -> bytes:
    return bytes((at % 251) ^ (at >> 14) for at in range(length))


def file(dek: bytes, store: bytes, key_id: str, generation: int, length: int) -> None:
    name = key_id.encode()
    counted = bytes([len(name)]) + name
    number = generation.to_bytes(4, "big")
    header = b"STRGFILE" + bytes([1, 1]) + store + number + counted
    input_key = HKDFExpand(SHA256(), 32, LABEL + store + counted + number).derive(dek)
    encryptor = Cobblestone256Encryptor(input_key, context=header)
    sealed = header + encryptor.update(pattern(length)) + encryptor.finalize()
    print("\n[file]")
    for field, value in [("dek", dek.hex()), ("store", store.hex()), ("key_id", key_id),
                         ("generation", generation), ("len", length),
                         ("file", zlib.compress(sealed, 9).hex())]:
        print(f"{field} = {value}")


print("# Made by make_file_vectors.py; the plaintext is (at mod 251) xor (at / 16384).")
store = bytes(range(16))
file(bytes(range(32)), store, "backups", 1, 0)
file(bytes(range(32)), store, "backups", 2, 7)
file(bytes([255]) * 32, bytes(16), "k" * 255, 4294967295, 100)
file(bytes(range(32)), store, "größe", 1, 16384)
file(bytes(range(32)), store, "a/b", 7, 16385)
