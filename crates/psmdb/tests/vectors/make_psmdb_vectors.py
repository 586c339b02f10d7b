#!/usr/bin/env python3
"""Makes psmdb.txt: vectors of docs/formats/psmdb.md, independent of the Rust code.

Needs the PyPI package `cryptography` (made with 48.0.0). Prints to standard output:

    python3 make_psmdb_vectors.py > psmdb.txt

All inputs are fixed octets, so the output never changes.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY = bytes(range(32))
OTHER_KEY = bytes(reversed(range(32)))
IV = bytes(range(0xA0, 0xB0))


def crc32c(octets: bytes) -> int:
    """Bit by bit, from RFC 3720, 12.1."""
    crc = 0xFFFFFFFF
    for octet in octets:
        crc ^= octet
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def pattern(length: int) -> bytes:
    return bytes((7 * at + 3) % 256 for at in range(length))


def cbc_raw(key: bytes, iv: bytes, blocks: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(blocks) + encryptor.finalize()


def pad(octets: bytes) -> bytes:
    count = 16 - len(octets) % 16
    return octets + bytes([count]) * count


def cbc(key: bytes, iv: bytes, plaintext: bytes, padded=None, checksum=None) -> bytes:
    checksum = crc32c(plaintext) if checksum is None else checksum
    padded = pad(plaintext) if padded is None else padded
    return checksum.to_bytes(4, "little") + iv + cbc_raw(key, iv, padded)


def gcm_iv(counter: int) -> bytes:
    return counter.to_bytes(12, "little")


def gcm_page(key: bytes, iv: bytes, plaintext: bytes, aad=None) -> bytes:
    return iv + AESGCM(key).encrypt(iv, plaintext, aad)


def gcm_file(key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    sealed = AESGCM(key).encrypt(iv, plaintext, None)
    return sealed[-16:] + iv + sealed[:-16]


def show(kind: str, name: str, **fields: object) -> None:
    print(f"\n[{kind}] {name}")
    for field, value in fields.items():
        print(f"{field} = {value.hex() if isinstance(value, bytes) else value}")


def good() -> None:
    checked = {b"123456789": 0xE3069283, bytes(32): 0x8A9136AA, b"\xff" * 32: 0x62A8AB43}
    assert all(crc32c(octets) == crc for octets, crc in checked.items())
    for length in (0, 1, 15, 16, 17, 31, 32, 33, 500, 4096):
        plaintext = pattern(length)
        show("cbc", f"{length} octets", key=KEY, iv=IV, plaintext=plaintext,
             encrypted=cbc(KEY, IV, plaintext))
    show("cbc", "another key, all octets one", key=OTHER_KEY, iv=bytes(16),
         plaintext=b"\xff" * 64, encrypted=cbc(OTHER_KEY, bytes(16), b"\xff" * 64))
    show("cbc", "a plaintext that looks padded", key=KEY, iv=IV, plaintext=b"\x10" * 16,
         encrypted=cbc(KEY, IV, b"\x10" * 16))
    counters = (1, 2, 255, 256, 4096, 390817, 2**64 - 1)
    lengths = (0, 1, 16, 33, 500, 4096, 48)
    for counter, length in zip(counters, lengths):
        plaintext = pattern(length)
        show("gcm-page", f"counter {counter}, {length} octets", key=KEY, counter=counter,
             iv=gcm_iv(counter), plaintext=plaintext,
             encrypted=gcm_page(KEY, gcm_iv(counter), plaintext))
        show("gcm-file", f"counter {counter}, {length} octets", key=KEY, counter=counter,
             iv=gcm_iv(counter), plaintext=plaintext,
             encrypted=gcm_file(KEY, gcm_iv(counter), plaintext))


def refused(form: str, name: str, encrypted: bytes, error: str) -> None:
    show("refused", name, form=form, key=KEY, encrypted=encrypted, error=error)


def bad() -> None:
    text = pattern(40)
    ends = {
        "padding of zero": bytes(8),
        "padding of 17": b"\x11" * 8,
        "padding of 255": b"\xff" * 8,
        "padding that says one too many": b"\x09" * 8,
        "padding with another octet first": b"\x07" + b"\x08" * 7,
        "padding with another octet before the last": b"\x08" * 6 + b"\x09\x08",
    }
    for name, end in ends.items():
        refused("cbc", name, cbc(KEY, IV, text, padded=text + end), "damaged")
    refused("cbc", "the checksum of the padded text",
            cbc(KEY, IV, text, checksum=crc32c(pad(text))), "damaged")
    refused("cbc", "the checksum without the final exclusive or",
            cbc(KEY, IV, text, checksum=crc32c(text) ^ 0xFFFFFFFF), "damaged")
    swapped = int.from_bytes(crc32c(text).to_bytes(4, "big"), "little")
    refused("cbc", "the checksum big endian", cbc(KEY, IV, text, checksum=swapped), "damaged")
    refused("cbc", "the checksum of nothing", cbc(KEY, IV, text, checksum=0), "damaged")
    refused("cbc", "another key", cbc(OTHER_KEY, IV, text), "damaged")
    refused("cbc", "no padding, whole blocks", cbc(KEY, IV, text[:32], padded=text[:32]),
            "damaged")
    refused("cbc", "35 octets", cbc(KEY, IV, b"")[:35], "short")
    refused("cbc", "nothing", b"", "short")
    refused("cbc", "half a block", cbc(KEY, IV, text)[:-8], "blocks")
    iv = gcm_iv(7)
    page, file = gcm_page(KEY, iv, text), gcm_file(KEY, iv, text)
    refused("gcm-page", "a file", file, "damaged")
    refused("gcm-file", "a page", page, "damaged")
    refused("gcm-page", "another key", gcm_page(OTHER_KEY, iv, text), "damaged")
    refused("gcm-page", "with AAD", gcm_page(KEY, iv, text, b"page 7"), "damaged")
    refused("gcm-page", "the counter big endian",
            (7).to_bytes(12, "big") + page[12:], "damaged")
    refused("gcm-page", "one octet short", page[:-1], "damaged")
    refused("gcm-page", "27 octets", gcm_page(KEY, iv, b"")[:27], "short")
    refused("gcm-file", "27 octets", gcm_file(KEY, iv, b"")[:27], "short")


if __name__ == "__main__":
    print("# Vectors of docs/formats/psmdb.md. Made by make_psmdb_vectors.py.")
    good()
    bad()
