#!/usr/bin/env python3
"""Reads a keystore file, given a master key; written from docs/formats/keystore.md alone.

Usage: decode.py FILE UNIQUE_IDENTIFIER MASTER_KEY_HEX      (needs PyPI `cryptography`)
A vector file (`file: <hex>` line) is taken as well. Prints the content; exits 1 with the
reason on the first rule that the file breaks.
"""
import hashlib
import hmac
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand


class Reader:
    def __init__(self, octets):
        self.octets, self.at = octets, 0

    def take(self, length):
        need(self.at + length <= len(self.octets), "malformed: truncated")
        self.at += length
        return self.octets[self.at - length:self.at]

    def number(self, length): return int.from_bytes(self.take(length), "big")
    def text(self): return self.take(self.number(2)).decode()
    def opt(self, read): return read() if self.number(1) else None
    def list(self, width, read): return [read() for _ in range(self.number(width))]

    def entry(self):
        return {"uid": self.text(), "name": self.opt(self.text), "number": self.number(4),
                "origin": ("", "create", "register", "given")[self.number(1)],
                "shared": self.number(1), "activated": self.number(1),
                "deactivated": self.number(1), "servers": self.list(1, self.text),
                "algorithm": self.text(), "bits": self.number(4), "first": self.number(8),
                "retired": self.opt(lambda: self.number(8))}

    def master(self):
        return self.entry(), self.take(32), self.take(16), self.take(48)

    def rotation(self):
        return {"phase": ("", "planned", "creating", "both", "done")[self.number(1)],
                "number": self.number(4), "attempt": self.take(16).hex(),
                "logical": self.opt(self.text)}

    def dek(self):
        return (self.take(self.number(1)).decode(), self.number(4),
                ("", "active", "read-only", "retired")[self.number(1)], self.take(16), self.take(48))


def need(holds, why):
    if not holds:
        sys.exit(why)


def label(s): return bytes([len(s)]) + s.encode()
def text(s): return len(s.encode()).to_bytes(2, "big") + s.encode()
def expand(prk, info, length=32): return HKDFExpand(hashes.SHA256(), length, info).derive(prk)


def open_sealed(key, aad, sealed, why):
    try:
        return AESGCM(key).decrypt(bytes(12), sealed, aad)
    except InvalidTag:
        sys.exit(why)


def decode(octets, uid, master_key):
    need(len(octets) >= 41 and octets[:8] == b"STRGKEYS", "damaged: no keystore")
    need(hashlib.sha256(octets[:-32]).digest() == octets[-32:], "damaged: digest")
    need(octets[8] == 1, f"newer format {octets[8]}")
    r = Reader(octets[:-64])
    r.take(9)
    need(r.number(8) == len(octets), "malformed: length")
    store, store_label = r.take(16), r.take(16).decode()
    generation, rotation_number, salt = r.number(8), r.number(8), r.take(32)
    logical = r.opt(r.text)
    masters, history = r.list(1, r.master), r.list(2, r.entry)
    burnt = r.list(2, lambda: (r.number(4), r.take(16).hex()))
    rotation = r.opt(r.rotation)
    deks = r.list(4, r.dek)
    need(r.at == len(r.octets), "malformed: trailing")

    ids = [entry["uid"] for entry, *_ in masters]
    need(uid in ids, f"not sealed under {uid}: {ids}")
    _, seal_salt, check, sealed = masters[ids.index(uid)]
    prk = hmac.digest(seal_salt, master_key, "sha256")
    bound = store + text(uid)
    fits = expand(prk, label("strongroom/keystore/1/check") + bound, 16)
    need(hmac.compare_digest(fits, check), "wrong master key")
    aad = label("strongroom/keystore/1/ksk") + store + rotation_number.to_bytes(8, "big")
    aad += bytes([len(ids)]) + b"".join(text(i) for i in ids)
    seal_key = expand(prk, label("strongroom/keystore/1/seal") + bound)
    ksk = open_sealed(seal_key, aad, sealed, "forged seal")
    prk = hmac.digest(salt, ksk, "sha256")
    at = store + generation.to_bytes(8, "big")
    mac_key = expand(prk, label("strongroom/keystore/1/mac") + at)
    mac = hmac.digest(mac_key, octets[:-64], "sha256")
    need(hmac.compare_digest(mac, octets[-64:-32]), "forged mac")

    print(f"store {store.hex()} label {store_label} generation {generation} "
          f"rotation number {rotation_number} logical {logical!r}")
    for entry, *_ in masters:
        print("master", entry)
    for entry in history:
        print("retired master", entry)
    print("burnt", burnt, "rotation", rotation)
    wrap_key = expand(prk, label("strongroom/keystore/1/wrap") + at)
    for ident, number, state, check, sealed in deks:
        record = bytes([len(ident.encode())]) + ident.encode() + number.to_bytes(4, "big")
        key = expand(wrap_key, label("strongroom/keystore/1/dek") + record)
        aad = label("strongroom/keystore/1/dek") + store + record
        dek = open_sealed(key, aad, sealed, f"DEK {ident} {number} does not open")
        fits = expand(dek, b"strongroom dek check v1" + store + record, 16)
        need(fits == check, f"DEK {ident} {number}: check value")
        print("dek", ident, number, state, dek.hex())


if __name__ == "__main__":
    data = open(sys.argv[1], "rb").read()
    if data.startswith(b"expect: "):
        data = bytes.fromhex(data.split(b"file: ")[1].decode())
    decode(data, sys.argv[2], bytes.fromhex(sys.argv[3]))
