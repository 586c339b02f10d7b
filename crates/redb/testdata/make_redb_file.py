#!/usr/bin/env python3
"""Makes redb_file_v1.bin and redb_file_v2.bin: sealed files by docs/formats/redb-file.md, independent of
the Rust code. The second one was cut in the middle of a re-seal, and has a journal.

Needs the PyPI package `cryptography` (made with 48.0.0 and 50.0.2). Writes to standard output:

    python3 make_redb_file.py 1 > redb_file_v1.bin
    python3 make_redb_file.py 2 > redb_file_v2.bin

All inputs are fixed octets, so the output never changes. The pages hold patterns, no redb database.
"""

import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

DEKS = {3: bytes(range(32)), 4: bytes(range(32, 64))}
STORE = b"store-id-16-byte"
OBJECT = b"object-id-16byte"
KEY_ID = b"db.vector"
EPOCH = b"epoch-id-16-byte"
UNITS = 11
LENGTH = 40 * 4096
# Those that the journal brings under generation 4.
RESEALED = [2, 3, 4, 9]

counter = 0


def number(value: int, octets: int) -> bytes:
    return value.to_bytes(octets, "big")


def counted(octets: bytes) -> bytes:
    return number(len(octets), 1) + octets


def page(unit: int) -> bytes:
    return bytes((unit + 7 * at + 1) % 251 for at in range(4096))


def seal(unit: int, version: bytes, plaintext: bytes, generation: int = 3) -> tuple[bytes, bytes]:
    global counter
    counter += 5
    info = (b"strongroom unit subkey v1" + number(1, 1) + STORE + counted(KEY_ID)
            + number(generation, 4) + EPOCH)
    subkey = HKDFExpand(SHA256(), 32, info).derive(DEKS[generation])
    meta = number(1, 1) + number(1, 1) + number(0, 2) + number(generation, 4) + EPOCH
    meta += number(counter, 8)
    aad = meta + counted(KEY_ID) + counted(OBJECT) + number(unit, 8) + counted(version)
    sealed = AESGCM(subkey).encrypt(bytes(4) + number(counter, 8), plaintext, aad)
    return sealed[:-16], meta + sealed[-16:]


def first_sector(form: int, sequence: int, meta: bytes) -> bytes:
    sector = b"\x93strongroom-redb" + number(form, 2) + number(80, 2) + number(4096, 4)
    sector += number(sequence, 8) + STORE + OBJECT + meta + counted(KEY_ID)
    return sector.ljust(512, b"\0")


def header(form: int, sequence: int) -> bytes:
    body = page(0) + first_sector(form, sequence, bytes(48))
    clean = 1 if form == 1 else 0
    body += number(LENGTH, 8) + number(UNITS + 1, 8) + number(clean, 4)
    body, meta = seal(2**64 - 1, number(sequence, 8), body.ljust(7680, b"\0"))
    return first_sector(form, sequence, meta) + body


def journal(sequence: int, entries: dict[int, tuple[bytes, bytes]]) -> bytes:
    metas = b"".join(entries.get(unit, (b"", bytes(48)))[1] for unit in range(1, 81))
    body = number(0, 8) + metas + bytes(168)
    body, meta = seal(2**64 - 2, number(sequence, 8), body, 4)
    head = b"\x93strongroom-jrnl" + number(sequence, 8) + meta + bytes(8) + body
    return head + b"".join(entries.get(unit, (bytes(4096), b""))[0] for unit in range(1, 10))


def main() -> None:
    form = int(sys.argv[1])
    units = [seal(unit, b"", page(unit)) for unit in range(1, UNITS + 1)]
    metas = [meta for _, meta in units]
    octets = [octets for octets, _ in units]
    headers = header(form, 8) + header(form, 7)
    end = b""
    if form == 2:
        entries = {unit: seal(unit, b"", page(unit), 4) for unit in RESEALED}
        # Cut in mid-step: unit 3 is written, its meta is not; unit 4 is half written; of unit 9 there is
        # the meta alone.
        octets[2] = entries[3][0]
        octets[3] = entries[4][0][:2048] + octets[3][2048:]
        metas[8] = entries[9][1]
        end = journal(8, entries)
    sectors = [b"".join(metas[at:at + 10]).ljust(512, b"\0") for at in range(0, 80, 10)]
    out = headers + b"".join(sectors) + b"".join(octets)
    if end:
        out = out.ljust(16384 + 331776, b"\0") + end
    sys.stdout.buffer.write(out)


main()
