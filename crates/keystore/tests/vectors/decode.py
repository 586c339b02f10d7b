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
        found = self.fields()
        if found["wrapped"]:
            found["wrapped"] = self.take(self.number(2)).hex()
        return found

    def fields(self):
        return {"uid": self.text(), "name": self.opt(self.text), "number": self.number(4),
                **self.origin(),
                "shared": self.number(1), "activated": self.number(1),
                "deactivated": self.number(1), "destroyed": self.number(1), "servers": self.list(1, self.text),
                "algorithm": self.text(), "bits": self.number(4), "first": self.number(8),
                "retired": self.opt(lambda: self.number(8))}

    def origin(self):
        octet = self.number(1)
        return {"origin": ("", "create", "register", "given")[octet & 15], "wrapped": octet & 16}

    def master(self):
        return self.entry(), self.take(32), self.take(16), self.take(48)

    def rotation(self):
        return {"phase": ("", "planned", "creating", "both", "done")[self.number(1)],
                "number": self.number(4), "attempt": self.take(16).hex(),
                "logical": self.opt(self.text)}

    def key(self): return self.take(self.number(1)).decode(), self.number(4)

    def dek(self):
        return (*self.key(), ("", "active", "read-only", "retired")[self.number(1)],
                self.take(16), self.take(48))

    def backup(self):
        return {"backup": self.take(16).hex(), "time": self.number(8), "label": self.opt(self.text),
                "generation": self.number(8), "masters": self.list(1, self.text),
                "keys": self.list(4, lambda: (*self.key(), self.take(16).hex()))}


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
    need(len(octets) >= 49 and octets[:8] == b"STRGKEYS", "damaged: no keystore")
    length = int.from_bytes(octets[9:17], "big")
    need(49 <= length <= len(octets), "damaged: snapshot length")
    octets, log = octets[:length], octets[length:]
    need(hashlib.sha256(octets[:-32]).digest() == octets[-32:], "damaged: digest")
    need(octets[8] == 2, f"other format {octets[8]}")
    r = Reader(octets[:-64])
    r.take(17)
    store, store_label = r.take(16), r.take(16).decode()
    generation, rotation_number, salt = r.number(8), r.number(8), r.take(32)
    logical = r.opt(r.text)
    masters, history = r.list(1, r.master), r.list(2, r.entry)
    burnt = r.list(2, lambda: (r.number(4), r.take(16).hex()))
    rotation = r.opt(r.rotation)
    deks, tombstones = r.list(4, r.dek), r.list(4, lambda: (*r.key(), r.number(8)))
    backups = r.list(2, r.backup)
    need(r.at == len(r.octets), "malformed: trailing")

    ids = [entry["uid"] for entry, *_ in masters]
    need(uid in ids, f"not sealed under {uid}: {ids}")
    _, seal_salt, check, sealed = masters[ids.index(uid)]
    prk = hmac.digest(seal_salt, master_key, "sha256")
    bound = store + text(uid)
    fits = expand(prk, label("strongroom/keystore/2/check") + bound, 16)
    need(hmac.compare_digest(fits, check), "wrong master key")
    aad = label("strongroom/keystore/2/ksk") + store + rotation_number.to_bytes(8, "big")
    aad += bytes([len(ids)]) + b"".join(text(i) for i in ids)
    seal_key = expand(prk, label("strongroom/keystore/2/seal") + bound)
    ksk = open_sealed(seal_key, aad, sealed, "forged seal")
    prk = hmac.digest(salt, ksk, "sha256")
    at = store + generation.to_bytes(8, "big")
    mac_key = expand(prk, label("strongroom/keystore/2/mac") + at)
    mac = hmac.digest(mac_key, octets[:-64], "sha256")
    need(hmac.compare_digest(mac, octets[-64:-32]), "forged mac")

    wrap_key = expand(prk, label("strongroom/keystore/2/wrap") + at)
    table = {dek[:2]: (*dek[2:], wrap_key) for dek in deks}
    entries = read_log(log, octets[-64:-32], octets[-32:], prk, at, table)
    print(f"store {store.hex()} label {store_label} generation {generation + entries} "
          f"({entries} in the log) rotation number {rotation_number} logical {logical!r}")
    for entry, *_ in masters:
        print("master", entry)
    for entry in history:
        print("retired master", entry)
    print("burnt", burnt, "rotation", rotation, "tombstones", tombstones)
    for backup in backups:
        print(backup)
    for (ident, number), (state, check, sealed, wrap_key) in sorted(table.items()):
        record = bytes([len(ident.encode())]) + ident.encode() + number.to_bytes(4, "big")
        key = expand(wrap_key, label("strongroom/keystore/2/dek") + record)
        aad = label("strongroom/keystore/2/dek") + store + record
        dek = open_sealed(key, aad, sealed, f"DEK {ident} {number} does not open")
        fits = expand(dek, b"strongroom dek check v1" + store + record, 16)
        need(fits == check, f"DEK {ident} {number}: check value")
        print("dek", ident, number, state, dek.hex())


def read_log(log, mac, digest, prk, at, table):
    """Checks and applies the entries; gives their number."""
    mac_key = expand(prk, label("strongroom/keystore/2/log-mac") + at)
    log_key = expand(prk, label("strongroom/keystore/2/log") + at)
    sequence = 0
    while log:
        sequence += 1
        entry = log[:int.from_bytes(log[1:5], "big")]
        need(len(entry) >= 83 and entry[0] == 0xe1 and entry[-1] == 0xe2, "damaged: log")
        need(hashlib.sha256(digest + entry[:-33]).digest() == entry[-33:-1], "damaged: log digest")
        need(hmac.digest(mac_key, mac + entry[:-65], "sha256") == entry[-65:-33], "forged mac")
        r = Reader(entry[:-65])
        r.take(5)
        need((r.take(8), r.number(4)) == (at[16:], sequence), "malformed: place")
        if r.number(1) == 1:
            prk = hmac.digest(r.take(32), log_key, "sha256")
            place = at + sequence.to_bytes(4, "big")
            wrap_key = expand(prk, label("strongroom/keystore/2/entry") + place)
            for dek in r.list(2, r.dek):
                for other in [k for k, v in table.items() if k[0] == dek[0] and v[0] == "active"]:
                    table[other] = ("read-only", *table[other][1:])
                table[dek[:2]] = (*dek[2:], wrap_key)
        else:
            key = r.key()
            table[key] = ("retired", *table[key][1:])
        need(r.at == len(r.octets), "malformed: trailing")
        mac, digest, log = entry[-65:-33], entry[-33:-1], log[len(entry):]
    return sequence


if __name__ == "__main__":
    data = open(sys.argv[1], "rb").read()
    if data.startswith(b"expect: "):
        data = bytes.fromhex(data.split(b"file: ")[1].decode())
    decode(data, sys.argv[2], bytes.fromhex(sys.argv[3]))
