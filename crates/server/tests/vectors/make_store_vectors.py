"""Writes a store file of version 1 and one of version 2, from docs/formats/server-store.md alone.

python3 make_store_vectors.py > store.txt
"""

import hashlib


def u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def u64(number: int) -> bytes:
    return number.to_bytes(8, "big")


def octets(value: bytes) -> bytes:
    return u32(len(value)) + value


def text(value: str) -> bytes:
    return octets(value.encode())


def option(value: bytes | None) -> bytes:
    return b"\0" if value is None else b"\1" + value


def item(tag: int, kind: int, value: bytes) -> bytes:
    return tag.to_bytes(3, "big") + bytes([kind]) + octets(value) + bytes(-len(value) % 8)


def key(sequence: int, uid: str, further: bytes | None) -> bytes:
    """An AES key of 128 bits that was Active and is Deactivated; `further` of version 2 on."""
    material = bytes(range(16))
    return b"".join([
        u64(sequence), text(uid), text("node-1"), u32(2),
        option(None), option(u32(3)), option(u32(128)), option(u32(12)),
        u32(1), text("größe"), u32(1),
        u32(1), text("strongroom-store"), text("s1"),
        u32(1), text("rack-7"),
        text("default"), hashlib.sha256(material).digest(),
        u32(3), u64(100), option(u64(200)), option(u64(300)), option(None), option(None),
        option(None), u64(300), option(u32(4) + option(text("superseded"))),
        option(u32(1)), option(octets(material)),
        b"" if further is None else octets(further),
    ])


def destroyed(sequence: int, uid: str, further: bytes | None) -> bytes:
    """Secret Data without attributes, made and destroyed."""
    return b"".join([
        u64(sequence), text(uid), text("node-2"), u32(7),
        option(u32(1)), option(None), option(None), option(None),
        u32(0), u32(0), u32(0), text("default"), hashlib.sha256(b"pw").digest(),
        u32(5), u64(100), option(None), option(None), option(None), option(None),
        option(u64(150)), u64(150), option(None),
        option(u32(2)), option(None),
        b"" if further is None else octets(further),
    ])


def file(version: int, generation: int, objects: list[bytes]) -> bytes:
    body = b"".join(objects)
    out = bytes.fromhex("8953524B4D530D0A") + bytes([version]) + bytes(7) + u64(generation)
    out += u64(40 + len(body) + 32) + u64(len(objects)) + body
    return out + hashlib.sha256(out).digest()


link = item(0x42004A, 1, item(0x42004B, 5, u32(0x101)) + item(0x42004C, 7, b"other"))
attributes = item(0x420125, 1, item(0x420022, 7, b"ops") + link)
print("# Made by make_store_vectors.py: an AES key and a destroyed password.")
for name, value in [
    ("v1", file(1, 9, [key(0, "a", None), destroyed(4, "b", None)])),
    ("v2", file(2, 10, [key(0, "a", attributes), destroyed(4, "b", b"")])),
    ("v2 with an empty structure", file(2, 10, [destroyed(4, "b", item(0x420125, 1, b""))])),
    ("v2 with octets that are none", file(2, 10, [key(0, "a", attributes + bytes(8))])),
    ("v2 with an attribute of 1.x", file(2, 10, [key(0, "a", item(0x420125, 1, item(0x42005D, 7, b"p")))])),
]:
    print(f"{name} = {value.hex()}")
