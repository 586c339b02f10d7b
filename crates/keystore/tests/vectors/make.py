#!/usr/bin/env python3
"""Writes the vectors beside it, from docs/formats/keystore.md and intent.md alone.

Needs PyPI `cryptography`. Run by hand: python3 make.py
"""
import hashlib
import hmac
import pathlib
import struct

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

HERE = pathlib.Path(__file__).parent
CREATED, REGISTERED, GIVEN = 1, 2, 3
ACTIVE, READ_ONLY, RETIRED = 1, 2, 3
STATES = {ACTIVE: "active", READ_ONLY: "read-only", RETIRED: "retired"}
PLANNED, CREATING, BOTH, DONE = 1, 2, 3, 4


def made_up(what, length=32):
    """Fixed octets where a real writer draws random ones."""
    return hashlib.sha256(what.encode()).digest()[:length]


def u8(n): return struct.pack(">B", n)
def u16(n): return struct.pack(">H", n)
def u32(n): return struct.pack(">I", n)
def u64(n): return struct.pack(">Q", n)
def label(s): return u8(len(s)) + s.encode()
def text(s): return u16(len(s.encode())) + s.encode()
def key_id(s): return u8(len(s.encode())) + s.encode()
def opt(value, write): return u8(0) if value is None else u8(1) + write(value)
def extract(salt, secret): return hmac.digest(salt, secret, "sha256")
def expand(prk, info, length=32): return HKDFExpand(hashes.SHA256(), length, info).derive(prk)
def seal(key, aad, plain): return AESGCM(key).encrypt(bytes(12), plain, aad)


STORE = made_up("store id", 16)


def seal_ksk(uid, master, masters, rotation_number, ksk):
    salt = made_up(f"seal salt {uid} {rotation_number} {masters}")
    prk = extract(salt, master)
    check = expand(prk, label("strongroom/keystore/2/check") + STORE + text(uid), 16)
    key = expand(prk, label("strongroom/keystore/2/seal") + STORE + text(uid))
    aad = label("strongroom/keystore/2/ksk") + STORE + u64(rotation_number)
    aad += u8(len(masters)) + b"".join(text(m) for m in masters)
    return salt + check + seal(key, aad, ksk)


def entry(uid, first, name=None, number=1, origin=CREATED, shared=0, activated=1,
          deactivated=0, destroyed=0, servers=(), retired=None, wrapped=b""):
    ends = u16(len(wrapped)) + wrapped if wrapped else b""
    return (text(uid) + opt(name, text) + u32(number) + u8(origin | 16 * bool(wrapped)) + u8(shared)
            + u8(activated) + u8(deactivated) + u8(destroyed)
            + u8(len(servers))
            + b"".join(text(s) for s in servers) + text("AES") + u32(256) + u64(first)
            + opt(retired, u64) + ends)


def keystore(generation, rotation_number, ksk, masters, deks, logical=None, history=(),
             burnt=(), rotation=None, tombstones=(), backups=()):
    """masters: (entry, seal); deks: (id, generation, state, octets)."""
    salt = made_up(f"snapshot salt {generation} {rotation_number}")
    prk = extract(salt, ksk)
    at = STORE + u64(generation)
    mac_key = expand(prk, label("strongroom/keystore/2/mac") + at)
    wrap_key = expand(prk, label("strongroom/keystore/2/wrap") + at)
    body = STORE + b"0123456789abcdef" + u64(generation) + u64(rotation_number) + salt
    body += opt(logical, text)
    body += u8(len(masters)) + b"".join(e + s for e, s in masters)
    body += u16(len(history)) + b"".join(history)
    body += u16(len(burnt)) + b"".join(u32(n) + a for n, a in burnt)
    body += opt(rotation, lambda r: u8(r[0]) + u32(r[1]) + r[2] + opt(r[3], text))
    body += u32(len(deks))
    for ident, number, state, dek in sorted(deks, key=lambda d: (d[0].encode(), d[1])):
        body += dek_record(wrap_key, ident, number, state, dek)
    body += u32(len(tombstones)) + b"".join(key_id(i) + u32(n) + u64(g) for i, n, g in tombstones)
    body += u16(len(backups)) + b"".join(backups)
    signed = b"STRGKEYS" + u8(2) + u64(17 + len(body) + 64) + body
    return with_digest(signed + hmac.digest(mac_key, signed, "sha256"))


def check_value(ident, number, dek):
    return expand(dek, b"strongroom dek check v1" + STORE + key_id(ident) + u32(number), 16)


def dek_record(wrap_key, ident, number, state, dek):
    record = key_id(ident) + u32(number)
    key = expand(wrap_key, label("strongroom/keystore/2/dek") + record)
    sealed = seal(key, label("strongroom/keystore/2/dek") + STORE + record, dek)
    return record + u8(state) + check_value(ident, number, dek) + sealed


def backup(ident, time, name, generation, masters, deks):
    keys = b"".join(key_id(i) + u32(n) + check_value(i, n, d) for i, n, _, d in deks)
    return (made_up(ident, 16) + u64(time) + opt(name, text) + u64(generation) + u8(len(masters))
            + b"".join(text(m) for m in masters) + u32(len(deks)) + keys)


class Log:
    """A file that grows: a snapshot made with this KSK, and entries."""

    def __init__(self, snapshot, generation, rotation_number, ksk):
        self.file, self.generation, self.sequence = snapshot, generation, 0
        self.mac, self.digest = snapshot[-64:-32], snapshot[-32:]
        prk = extract(made_up(f"snapshot salt {generation} {rotation_number}"), ksk)
        self.at = STORE + u64(generation)
        self.mac_key = expand(prk, label("strongroom/keystore/2/log-mac") + self.at)
        self.log_key = expand(prk, label("strongroom/keystore/2/log") + self.at)

    def append(self, kind, content):
        entry = u64(self.generation) + u32(self.sequence) + u8(kind) + content
        entry = b"\xe1" + u32(5 + len(entry) + 65) + entry
        self.mac = hmac.digest(self.mac_key, self.mac + entry, "sha256")
        self.digest = hashlib.sha256(self.digest + entry + self.mac).digest()
        self.file += entry + self.mac + self.digest + b"\xe2"

    def add(self, deks):
        self.sequence += 1
        salt = made_up(f"entry salt {self.sequence}")
        info = label("strongroom/keystore/2/entry") + self.at + u32(self.sequence)
        wrap_key = expand(extract(salt, self.log_key), info)
        records = [dek_record(wrap_key, i, n, ACTIVE, d) for i, n, d in deks]
        self.append(1, salt + u16(len(records)) + b"".join(records))

    def retire(self, ident, number):
        self.sequence += 1
        self.append(2, key_id(ident) + u32(number))


def with_digest(octets):
    return octets + hashlib.sha256(octets).digest()


def vector(name, expect, file, masters=(), deks=()):
    lines = [f"expect: {expect}"]
    lines += [f"master: {uid} {octets.hex()}" for uid, octets in masters]
    lines += [f"dek: {i} {g} {STATES[s]} {d.hex()}" for i, g, s, d in deks]
    lines.append(f"file: {file.hex()}")
    (HERE / f"{name}.txt").write_text("\n".join(lines) + "\n")


K1, K2, K3 = made_up("K1"), made_up("K2"), made_up("K3")
KSK1, KSK2, KSK3 = made_up("KSK1"), made_up("KSK2"), made_up("KSK3")
ORDERS = [("orders", 1, READ_ONLY, made_up("orders 1")), ("orders", 2, ACTIVE, made_up("orders 2"))]
DEKS = ORDERS + [("people", 1, RETIRED, made_up("people 1")), ("people", 2, ACTIVE, made_up("people 2")),
                 ("\u00e9t\u00e9", 1, ACTIVE, made_up("summer"))]
SERVERS = ["kms1.example:5696", "kms2.example:5696"]

# One master, no rotation, as after a first start and some keys.
one_entry = entry("uid-1", 1, name="orders", servers=SERVERS)
one_seal = seal_ksk("uid-1", K1, ["uid-1"], 0, KSK1)
one = keystore(6, 0, KSK1, [(one_entry, one_seal)], DEKS, logical="orders")
vector("one-master", "opens", one, [("uid-1", K1)], DEKS)
vector("wrong-master-key", "wrong master key", one, [("uid-1", K2)])
vector("other-master", "not sealed under", one, [("uid-2", K1)])
vector("no-keys", "opens", keystore(1, 0, KSK1, [(one_entry, one_seal)], []), [("uid-1", K1)])

# A log on top: keys added, one of them twice, rotated, retired.
def logged():
    log = Log(one, 6, 0, KSK1)
    log.add([("invoices", 1, made_up("invoices 1")), ("orders", 3, made_up("orders 3"))])
    log.retire("orders", 1)
    log.add([("invoices", 2, made_up("invoices 2"))])
    return log


LOGGED = ([("invoices", 1, READ_ONLY, made_up("invoices 1")),
           ("invoices", 2, ACTIVE, made_up("invoices 2")),
           ("orders", 1, RETIRED, made_up("orders 1")), ("orders", 2, READ_ONLY, made_up("orders 2")),
           ("orders", 3, ACTIVE, made_up("orders 3"))] + DEKS[2:])
vector("log", "opens", logged().file, [("uid-1", K1)], LOGGED)
vector("log-wrong-master-key", "wrong master key", logged().file, [("uid-1", K2)])
# Entries with good digests that nobody with the key made.
forged = logged()
forged.mac_key = made_up("another MAC key")
forged.add([("invoices", 3, made_up("invoices 3"))])
vector("forged-entry", "forged mac", forged.file, [("uid-1", K1)])
# An entry of another snapshot: the chain of its MACs began elsewhere.
forged = Log(one, 6, 0, KSK1)
forged.mac = made_up("the MAC of another snapshot")
forged.add([("invoices", 1, made_up("invoices 1"))])
vector("forged-entry-of-another-snapshot", "forged mac", forged.file, [("uid-1", K1)])
# Entries that break a rule, under good digests and MACs.
for name, change in {
    "another-snapshot": lambda log: (setattr(log, "generation", 5), log.add([("x", 1, made_up("x"))])),
    "out-of-sequence": lambda log: (setattr(log, "sequence", 9), log.add([("x", 1, made_up("x"))])),
    "generation-used-before": lambda log: log.add([("orders", 3, made_up("orders 3 again"))]),
    "retires-the-active-one": lambda log: log.retire("orders", 3),
    "keys-out-of-order": lambda log: log.add([("y", 1, made_up("y")), ("x", 1, made_up("x"))]),
    "nothing-added": lambda log: log.add([]),
    "unknown-kind": lambda log: (setattr(log, "sequence", 4), log.append(3, b"")),
}.items():
    bad = logged()
    change(bad)
    vector(f"bad-entry-{name}", "damaged log", bad.file, [("uid-1", K1)])

# Phase both, with everything that a file can hold.
pair = ["uid-2", "uid-3"]
entry2 = entry("uid-2", 4, name="orders/0123456789abcdef/v2", number=2, origin=REGISTERED, servers=SERVERS)
entry3 = entry("uid-3", 9, number=4, origin=GIVEN, shared=1, activated=0)
seal2 = seal_ksk("uid-2", K2, pair, 3, KSK3)
seal3 = seal_ksk("uid-3", K3, pair, 3, KSK3)
history = [entry("uid-1", 1, name="orders", deactivated=1, retired=7)]
both = keystore(9, 3, KSK3, [(entry2, seal2), (entry3, seal3)], DEKS, history=history,
                burnt=[(3, made_up("attempt 3", 16))],
                rotation=(BOTH, 4, made_up("attempt 4", 16), "invoices"),
                tombstones=[("fonts", 3, 8), ("zoo", 1, 2)],
                backups=[backup("backup 1", 1_700_000_000, "monday", 5, ["uid-1"], ORDERS),
                         backup("backup 2", 0, None, 9, pair, [])])
vector("phase-both", "opens", both, [("uid-2", K2), ("uid-3", K3)], DEKS)

# Made by somebody who has K2, hence KSK3: the seal for {K2, K3} in a file that names {K3}.
done = (DONE, 4, made_up("attempt 4", 16), "invoices")
history += [entry("uid-2", 4, number=2, origin=REGISTERED, retired=10)]
alone = entry("uid-3", 9, number=4, origin=GIVEN, shared=1)
forged = keystore(10, 3, KSK3, [(alone, seal3)], DEKS, history=history, rotation=done)
vector("forged-seal-of-both", "forged seal", forged, [("uid-3", K3)])
# Another list, the same number of masters: the order counts.
swapped = keystore(9, 3, KSK3, [(entry3, seal3), (entry2, seal2)], DEKS,
                   rotation=(BOTH, 4, made_up("attempt 4", 16), None))
vector("forged-order-of-masters", "forged seal", swapped, [("uid-2", K2)])
# Made by somebody without any key: good digest, everything else copied.
changed = bytearray(one[:-32])
changed[49 + 7] = 99
vector("forged-generation", "forged mac", with_digest(bytes(changed)), [("uid-1", K1)])
# Master keys that never leave their server, in use and retired.
kept = entry("uid-2", 4, number=2, servers=SERVERS, wrapped=made_up("wrapped", 60))
left = [entry("uid-1", 1, deactivated=1, retired=4, wrapped=made_up("left", 512))]
kept = keystore(5, 2, KSK2, [(kept, seal_ksk("uid-2", K2, ["uid-2"], 2, KSK2))], DEKS, history=left)
vector("wrapped-keys", "opens", kept, [("uid-2", K2)], DEKS)
# Of a later version.
later = bytearray(one[:-32])
later[8] = 3
vector("newer-format", "newer format 3", with_digest(bytes(later)), [("uid-1", K1)])

intent = b"STRGINTN" + u8(1) + STORE + b"0123456789abcdef" + made_up("intent", 16) + u32(3)
intent += u16(2) + u32(1) + u32(2) + opt("orders", text)
vector("intent", "intent", with_digest(intent))
