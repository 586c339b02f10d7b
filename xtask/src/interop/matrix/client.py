"""PyKMIP's own client plays the rows of the matrix at one KMIP version.

Arguments: port, CA file, client certificate, client key, version, file of vectors. For each row one JSON line on
stdout: {"row": ..., "found": null, or what was refused or wrong}. Labels are those of rows.rs.
"""

import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from kmip.core import enums, objects as cobjects
from kmip.core.factories.attributes import AttributeFactory
from kmip.pie import objects as pie
from kmip.pie.client import ProxyKmipClient

Algorithm = enums.CryptographicAlgorithm
Mask = enums.CryptographicUsageMask
Tags = enums.Tags

ATTRIBUTES = AttributeFactory()
ROWS = []
LIMIT_SECONDS = 10

# NIST SP 800-38A, F.2.1
CBC_KEY = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
CBC_IV = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
CBC_PLAIN = bytes.fromhex("6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51")
CBC_CIPHER = bytes.fromhex("7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2")
# FIPS 180-4: SHA-256 of "abc"
ABC = bytes.fromhex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
# RFC 4231, 4.2: HMAC-SHA-256
MAC = bytes.fromhex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
# What the vectors signed
MESSAGE = b"sample"


class Wrong(Exception):
    """An answer that is not what it should be."""


def must(good, text):
    if not good:
        raise Wrong(text)


def same(what, found, wanted):
    must(found == wanted, "{}: {!r} in place of {!r}".format(what, found, wanted))


def refused(act, text):
    """The server must say no."""
    try:
        act()
    except Exception as error:
        if getattr(error, "reason", None) is None:
            raise
    else:
        raise Wrong(text)


def row(label, first=(1, 0)):
    def keep(play):
        ROWS.append((label, first, play))
        return play

    return keep


def attribute(kind, value, index=None):
    return ATTRIBUTES.create_attribute(kind, value, index)


def value(tag, content):
    """An attribute value as 2.0 has it, alone."""
    return ATTRIBUTES.value_factory.create_attribute_value_by_enum(tag, content)


class Player:
    def __init__(self, port, ca, cert, key, version, vectors):
        self.version = tuple(int(part) for part in version.split("."))
        self.names = 0
        self.vectors = {}
        with open(vectors, encoding="utf-8") as file:
            for line in file:
                if "=" in line and not line.startswith("#"):
                    name, digits = line.split(" = ")
                    self.vectors[name] = bytes.fromhex(digits)
        with open(ca, "rb") as file:
            certificate = x509.load_pem_x509_certificate(file.read())
        self.certificate = certificate.public_bytes(serialization.Encoding.DER)
        self.client = ProxyKmipClient(
            hostname="127.0.0.1",
            port=port,
            cert=cert,
            key=key,
            ca=ca,
            ssl_version="PROTOCOL_TLSv1_2",
            config="none",
            kmip_version=enums.KMIPVersion["KMIP_" + version.replace(".", "_")],
        )
        self.client.proxy.timeout = LIMIT_SECONDS
        self.client.open()

    def again(self):
        """Another connection: what is left of a failed exchange is in the old one."""
        self.client.close()
        self.client.open()

    def name(self, stem):
        self.names += 1
        return "pykmip-client/{}.{}/{}-{}".format(*self.version, stem, self.names)

    def create(self, length=256, name=None):
        return self.client.create(
            Algorithm.AES, length, name=name or self.name("key"),
            cryptographic_usage_mask=[Mask.ENCRYPT, Mask.DECRYPT],
        )

    def create_with(self, length, *more):
        """A key with attributes that the simple client cannot give."""
        name = self.name("key")
        attributes = [
            attribute(enums.AttributeType.CRYPTOGRAPHIC_ALGORITHM, Algorithm.AES),
            attribute(enums.AttributeType.CRYPTOGRAPHIC_LENGTH, length),
            attribute(enums.AttributeType.CRYPTOGRAPHIC_USAGE_MASK, [Mask.ENCRYPT]),
            attribute(enums.AttributeType.NAME, name),
        ]
        attributes.extend(more)
        result = done(self.client.proxy.create(
            enums.ObjectType.SYMMETRIC_KEY, cobjects.TemplateAttribute(attributes=attributes)
        ))
        return result.uuid, name

    def active(self, thing):
        uid = self.client.register(thing)
        self.client.activate(uid)
        return uid

    def attributes(self, uid, *names):
        """Attributes by name, each with the list of its values."""
        _, found = self.client.get_attributes(uid, list(names) or None)
        values = {}
        for one in found:
            values.setdefault(one.attribute_name.value, []).append(plain(one.attribute_value))
        return values

    def names_of(self, uid):
        return self.attributes(uid, "Name", "Object Type").get("Name", [])

    def state(self, uid):
        return self.attributes(uid, "State")["State"]

    def round_trip(self, thing):
        found = self.client.get(self.client.register(thing))
        same("object type", found.object_type, thing.object_type)
        must(found.value == thing.value, "Get gives other octets")
        return found


class Refused(Exception):
    def __init__(self, reason, message):
        super().__init__(message)
        self.reason = reason
        self.message = message


def done(result):
    """Results of the client's lower half carry their failure in fields."""
    if result.result_status.value != enums.ResultStatus.SUCCESS:
        raise Refused(result.result_reason.value, result.result_message.value)
    return result


def plain(one):
    if isinstance(one, cobjects.attributes.Name):
        return one.name_value.value
    if isinstance(one, cobjects.attributes.ApplicationSpecificInformation):
        return (one.application_namespace, one.application_data)
    return getattr(one, "value", one)


def make_pair(player, algorithm, length):
    return player.client.create_key_pair(
        algorithm, length,
        public_name=player.name("public"), public_usage_mask=[Mask.VERIFY],
        private_name=player.name("private"), private_usage_mask=[Mask.SIGN],
    )


def label(namespace, data):
    return {"application_namespace": namespace, "application_data": data}


@row("Query")
def query(player):
    functions = [
        enums.QueryFunction.QUERY_OPERATIONS,
        enums.QueryFunction.QUERY_OBJECTS,
        enums.QueryFunction.QUERY_SERVER_INFORMATION,
    ]
    result = done(player.client.proxy.query(query_functions=functions))
    must(result.vendor_identification, "Vendor Identification is missing")
    wanted = ["CREATE", "REGISTER", "LOCATE", "GET", "ACTIVATE", "DESTROY", "QUERY"]
    if player.version >= (1, 1):
        wanted.append("DISCOVER_VERSIONS")
    if player.version >= (1, 2):
        wanted += ["ENCRYPT", "DECRYPT"]
    listed = [one if isinstance(one, enums.Operation) else one.value for one in result.operations]
    for name in wanted:
        must(enums.Operation[name] in listed, name + " is missing in the answer")


@row("Discover Versions", (1, 1))
def discover_versions(player):
    result = done(player.client.proxy.discover_versions())
    versions = [(one.major, one.minor) for one in result.protocol_versions]
    must(player.version in versions, "{} is not among {}".format(player.version, versions))


@row("Create: AES-256")
def create(player):
    uids = [player.create(), player.create()]
    must(uids[0] != uids[1], "two keys have one Unique Identifier")
    keys = [player.client.get(uid) for uid in uids]
    for key in keys:
        same("algorithm", key.cryptographic_algorithm, Algorithm.AES)
        same("octets", len(key.value), 32)
    must(keys[0].value != keys[1].value, "two keys have the same octets")


def created_pair(player, algorithm, length):
    keys = []
    for uid, kind in zip(make_pair(player, algorithm, length), (pie.PublicKey, pie.PrivateKey)):
        key = player.client.get(uid)
        must(isinstance(key, kind), "another type of object came")
        same("algorithm", key.cryptographic_algorithm, algorithm)
        same("length", key.cryptographic_length, length)
        keys.append(key.value)
    public = serialization.load_der_public_key(keys[0])
    private = serialization.load_der_private_key(keys[1], None)
    must(private.public_key() == public, "the keys are no pair")


@row("Create Key Pair: RSA-2048")
def create_rsa_pair(player):
    created_pair(player, Algorithm.RSA, 2048)


@row("Create Key Pair: P-256")
def create_p256_pair(player):
    created_pair(player, Algorithm.ECDSA, 256)


@row("Register: Symmetric Key")
def symmetric_key(player):
    player.round_trip(
        pie.SymmetricKey(Algorithm.AES, 128, CBC_KEY, [Mask.ENCRYPT], player.name("object"))
    )


def rsa_key(player, private):
    if private:
        kind, name, mask = pie.PrivateKey, "rsa private pkcs1", Mask.SIGN
    else:
        kind, name, mask = pie.PublicKey, "rsa public pkcs1", Mask.VERIFY
    octets = player.vectors[name]
    form = enums.KeyFormatType.PKCS_1
    return kind(Algorithm.RSA, 2048, octets, form, [mask], player.name("object"))


@row("Register: Public Key")
def public_key(player):
    player.round_trip(rsa_key(player, False))


@row("Register: Private Key")
def private_key(player):
    player.round_trip(rsa_key(player, True))


@row("Register: Certificate")
def certificate(player):
    player.round_trip(
        pie.X509Certificate(player.certificate, [Mask.VERIFY], player.name("object"))
    )


@row("Register: Secret Data")
def secret_data(player):
    kind = enums.SecretDataType.PASSWORD
    found = player.round_trip(
        pie.SecretData(b"a password", kind, [Mask.DERIVE_KEY], player.name("object"))
    )
    same("Secret Data Type", found.data_type, kind)


@row("Register: Opaque Object")
def opaque_object(player):
    player.round_trip(
        pie.OpaqueObject(b"octets without meaning", enums.OpaqueDataType.NONE, player.name("object"))
    )


@row("Register: Split Key")
def split_key(player):
    found = player.round_trip(pie.SplitKey(
        Algorithm.AES, 128, CBC_KEY, [Mask.ENCRYPT], player.name("object"),
        split_key_parts=3, key_part_identifier=1, split_key_threshold=3,
        split_key_method=enums.SplitKeyMethod.XOR,
    ))
    same("part", found.key_part_identifier, 1)


@row("Re-key")
def re_key(player):
    old = player.create()
    player.client.activate(old)
    new = player.client.rekey(uid=old)
    must(new != old, "the new key has the old identifier")
    keys = [player.client.get(uid).value for uid in (old, new)]
    must(keys[0] != keys[1], "the new key has the old octets")


def derive(player, base, method, parameters, answer):
    uid = player.client.derive_key(
        enums.ObjectType.SECRET_DATA, [base], method, parameters,
        cryptographic_length=len(answer) * 8,
        cryptographic_usage_mask=[Mask.DERIVE_KEY],
    )
    found = player.client.get(uid).value
    must(found == answer, "the derived octets are not those of the standard")


def base_of(player, octets):
    kind = enums.SecretDataType.PASSWORD
    return player.active(pie.SecretData(octets, kind, [Mask.DERIVE_KEY], player.name("base")))


@row("Derive Key: PBKDF2")
def pbkdf2(player):
    # RFC 6070, 2
    parameters = {
        "cryptographic_parameters": {"hashing_algorithm": enums.HashingAlgorithm.SHA_1},
        "salt": b"salt",
        "iteration_count": 1,
    }
    answer = bytes.fromhex("0c60c80f961f0e71f3a9b524af6012062fe037a6")
    base = base_of(player, b"password")
    derive(player, base, enums.DerivationMethod.PBKDF2, parameters, answer)


@row("Derive Key: HASH")
def derive_hash(player):
    how = {"hashing_algorithm": enums.HashingAlgorithm.SHA_256}
    base = base_of(player, b"abc")
    derive(player, base, enums.DerivationMethod.HASH, {"cryptographic_parameters": how}, ABC)


@row("Derive Key: HMAC")
def derive_hmac(player):
    parameters = {
        "cryptographic_parameters": {"hashing_algorithm": enums.HashingAlgorithm.SHA_256},
        "derivation_data": b"Hi There",
    }
    base = base_of(player, b"\x0b" * 20)
    derive(player, base, enums.DerivationMethod.HMAC, parameters, MAC)


@row("Derive Key: ENCRYPT")
def derive_encrypt(player):
    how = cbc()
    if player.version < (1, 2):
        del how["cryptographic_algorithm"]
    parameters = {
        "cryptographic_parameters": how,
        "initialization_vector": CBC_IV,
        "derivation_data": CBC_PLAIN[:16],
    }
    base = player.active(
        pie.SymmetricKey(Algorithm.AES, 128, CBC_KEY, [Mask.DERIVE_KEY], player.name("base"))
    )
    derive(player, base, enums.DerivationMethod.ENCRYPT, parameters, CBC_CIPHER[:16])


@row("Locate: by Name")
def by_name(player):
    uid, name = player.create_with(256)
    same("by Name", player.client.locate(attributes=[attribute(enums.AttributeType.NAME, name)]), [uid])


@row("Locate: nothing")
def nothing(player):
    name = attribute(enums.AttributeType.NAME, player.name("nobody"))
    same("by a Name that nobody bears", player.client.locate(attributes=[name]), [])


@row("Locate: by five attributes")
def by_several(player):
    group = attribute(enums.AttributeType.OBJECT_GROUP, player.name("group"))
    wanted, _ = player.create_with(192, group)
    active, _ = player.create_with(192, group)
    player.create_with(256, group)
    player.create_with(192)
    player.client.activate(active)
    found = player.client.locate(attributes=[
        group,
        attribute(enums.AttributeType.OBJECT_TYPE, enums.ObjectType.SYMMETRIC_KEY),
        attribute(enums.AttributeType.CRYPTOGRAPHIC_ALGORITHM, Algorithm.AES),
        attribute(enums.AttributeType.CRYPTOGRAPHIC_LENGTH, 192),
        attribute(enums.AttributeType.STATE, enums.State.PRE_ACTIVE),
    ])
    same("by five attributes", found, [wanted])


@row("Locate: by label")
def by_label(player):
    kind = enums.AttributeType.APPLICATION_SPECIFIC_INFORMATION
    mine = attribute(kind, label("strongroom-matrix", player.name("label")))
    other = attribute(kind, label("strongroom-matrix", player.name("label")))
    wanted, _ = player.create_with(256, mine)
    player.create_with(256, other)
    same("by label", player.client.locate(attributes=[mine]), [wanted])


def three(player):
    group = attribute(enums.AttributeType.OBJECT_GROUP, player.name("pages"))
    return group, [player.create_with(256, group)[0] for _ in range(3)]


@row("Locate: Maximum Items")
def at_most(player):
    group, uids = three(player)
    page = player.client.locate(maximum_items=2, attributes=[group])
    same("Maximum Items", len(page), 2)
    must(set(page) <= set(uids), "another object came")


@row("Locate: Offset Items", (1, 3))
def in_pages(player):
    group, uids = three(player)
    found = player.client.locate(maximum_items=2, attributes=[group])
    found += player.client.locate(maximum_items=2, offset_items=2, attributes=[group])
    same("two pages", sorted(found), sorted(uids))


@row("Get: wrapped", (1, 1))
def get_wrapped(player):
    # RFC 3394, 4.1
    kek = bytes.fromhex("000102030405060708090a0b0c0d0e0f")
    kek = player.active(pie.SymmetricKey(
        Algorithm.AES, 128, kek, [Mask.WRAP_KEY, Mask.UNWRAP_KEY], player.name("kek")
    ))
    key = bytes.fromhex("00112233445566778899aabbccddeeff")
    key = player.client.register(
        pie.SymmetricKey(Algorithm.AES, 128, key, [Mask.ENCRYPT], player.name("wrapped"))
    )
    how = {
        "wrapping_method": enums.WrappingMethod.ENCRYPT,
        "encryption_key_information": {
            "unique_identifier": kek,
            "cryptographic_parameters": {
                "block_cipher_mode": enums.BlockCipherMode.NIST_KEY_WRAP,
            },
        },
        "encoding_option": enums.EncodingOption.NO_ENCODING,
    }
    found = player.client.get(key, key_wrapping_specification=how)
    wanted = bytes.fromhex("1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5")
    must(found.value == wanted, "the wrapped key is not that of RFC 3394")


def facts(name):
    """What every server says of a key that it made."""
    return {
        "Name": [name],
        "Object Type": [enums.ObjectType.SYMMETRIC_KEY],
        "Cryptographic Algorithm": [Algorithm.AES],
        "Cryptographic Length": [256],
        "Cryptographic Usage Mask": [Mask.ENCRYPT.value],
        "State": [enums.State.PRE_ACTIVE],
    }


@row("Get Attributes: by name")
def get_named(player):
    uid, name = player.create_with(256)
    for fact, wanted in facts(name).items():
        same(fact, player.attributes(uid, fact), {fact: wanted})


@row("Get Attributes: all")
def get_all(player):
    uid, name = player.create_with(256)
    found = player.attributes(uid)
    for fact, wanted in facts(name).items():
        same(fact, found.get(fact), wanted)


@row("Get Attribute List")
def get_list(player):
    uid, name = player.create_with(256)
    listed = player.client.get_attribute_list(uid)
    for fact in facts(name):
        must(fact in listed, "{} is missing in {}".format(fact, listed))


@row("Modify Attribute")
def modify(player):
    uid, old = player.create_with(256)
    new = player.name("modified")
    if player.version < (2, 0):
        one = attribute(enums.AttributeType.NAME, new, 0)
        player.client.modify_attribute(uid, attribute=one)
    else:
        player.client.modify_attribute(
            uid,
            current_attribute=cobjects.CurrentAttribute(attribute=value(Tags.NAME, old)),
            new_attribute=cobjects.NewAttribute(attribute=value(Tags.NAME, new)),
        )
    same("Names", player.names_of(uid), [new])


@row("Delete Attribute: by name")
def delete_named(player):
    uid, _ = player.create_with(256)
    if player.version < (2, 0):
        player.client.delete_attribute(uid, attribute_name="Name", attribute_index=0)
    else:
        reference = cobjects.AttributeReference("strongroom-matrix", "Name")
        player.client.delete_attribute(uid, attribute_reference=reference)
    same("Names", player.names_of(uid), [])


@row("Delete Attribute: Name by value", (2, 0))
def delete_name(player):
    uid, name = player.create_with(256)
    current = cobjects.CurrentAttribute(attribute=value(Tags.NAME, name))
    player.client.delete_attribute(uid, current_attribute=current)
    same("Names", player.names_of(uid), [])


@row("Delete Attribute: label by value", (2, 0))
def delete_label(player):
    kind = enums.AttributeType.APPLICATION_SPECIFIC_INFORMATION
    content = label("strongroom-matrix", "goes")
    uid, _ = player.create_with(256, attribute(kind, content))
    asked = (kind.value, "Object Type")
    before = player.attributes(uid, *asked).get(kind.value)
    same("labels before", before, [("strongroom-matrix", "goes")])
    one = value(Tags.APPLICATION_SPECIFIC_INFORMATION, content)
    player.client.delete_attribute(uid, current_attribute=cobjects.CurrentAttribute(attribute=one))
    same("labels", player.attributes(uid, *asked).get(kind.value), None)


@row("Set Attribute", (2, 0))
def set_attribute(player):
    uid, _ = player.create_with(256)
    player.client.set_attribute(uid, attribute_name="Sensitive", attribute_value=True)
    same("Sensitive", player.attributes(uid, "Sensitive"), {"Sensitive": [True]})


@row("Activate")
def activate(player):
    uid = player.create()
    same("State before", player.state(uid), [enums.State.PRE_ACTIVE])
    player.client.activate(uid)
    same("State", player.state(uid), [enums.State.ACTIVE])
    refused(lambda: player.client.activate(uid), "an Active key was activated again")


@row("Check")
def check(player):
    uid = player.create()
    player.client.activate(uid)
    same("identifier", player.client.check(uid, cryptographic_usage_mask=[Mask.ENCRYPT]), uid)


def revoked(player, reason, after):
    uid = player.create()
    player.client.activate(uid)
    player.client.revoke(reason, uid)
    same("State", player.state(uid), [after])


@row("Revoke: to Deactivated")
def deactivate(player):
    reason = enums.RevocationReasonCode.CESSATION_OF_OPERATION
    revoked(player, reason, enums.State.DEACTIVATED)


@row("Revoke: to Compromised")
def compromise(player):
    revoked(player, enums.RevocationReasonCode.KEY_COMPROMISE, enums.State.COMPROMISED)


@row("Destroy")
def destroy(player):
    uid = player.create()
    player.client.get(uid)
    player.client.destroy(uid)
    refused(lambda: player.client.get(uid), "Get gave a key that was destroyed")


@row("Destroy: Active key")
def destroy_active(player):
    uid = player.create()
    player.client.activate(uid)
    refused(lambda: player.client.destroy(uid), "an Active key was destroyed")
    player.client.get(uid)


def cbc():
    return {
        "block_cipher_mode": enums.BlockCipherMode.CBC,
        "padding_method": enums.PaddingMethod.PKCS5,
        "cryptographic_algorithm": Algorithm.AES,
    }


def encrypted(player):
    masks = [Mask.ENCRYPT, Mask.DECRYPT]
    uid = player.active(
        pie.SymmetricKey(Algorithm.AES, 128, CBC_KEY, masks, player.name("cipher"))
    )
    found, _ = player.client.encrypt(CBC_PLAIN, uid, cbc(), CBC_IV)
    return uid, found


@row("Encrypt: AES-CBC", (1, 2))
def encrypt(player):
    _, found = encrypted(player)
    same("length", len(found), 48)
    must(found[:32] == CBC_CIPHER, "the ciphertext is not that of SP 800-38A")


@row("Decrypt: AES-CBC", (1, 2))
def decrypt(player):
    uid, ciphertext = encrypted(player)
    found = player.client.decrypt(ciphertext, uid, cbc(), CBC_IV)
    must(found == CBC_PLAIN, "the plaintext does not come back")


RSA = {
    "padding_method": enums.PaddingMethod.PKCS1v15,
    "hashing_algorithm": enums.HashingAlgorithm.SHA_256,
    "digital_signature_algorithm": enums.DigitalSignatureAlgorithm.SHA256_WITH_RSA_ENCRYPTION,
    "cryptographic_algorithm": Algorithm.RSA,
}
ECDSA = {
    "hashing_algorithm": enums.HashingAlgorithm.SHA_256,
    "digital_signature_algorithm": enums.DigitalSignatureAlgorithm.ECDSA_WITH_SHA256,
    "cryptographic_algorithm": Algorithm.ECDSA,
}


@row("Sign: RSA", (1, 2))
def sign_rsa(player):
    key = player.active(rsa_key(player, True))
    found = player.client.sign(MESSAGE, key, RSA)
    must(found == player.vectors["rsa pkcs1 signature"], "the signature is not that of openssl")


@row("Sign: P-256", (1, 2))
def sign_p256(player):
    public, private = make_pair(player, Algorithm.ECDSA, 256)
    player.client.activate(private)
    signature = player.client.sign(MESSAGE, private, ECDSA)
    key = serialization.load_der_public_key(player.client.get(public).value)
    how = ec.ECDSA(hashes.SHA256())
    key.verify(signature, MESSAGE, how)
    try:
        key.verify(signature, b"another message", how)
    except InvalidSignature:
        return
    raise Wrong("the signature fits another message")


def verified(player, key, how, signature):
    validity = enums.ValidityIndicator
    for message, wanted in ((MESSAGE, validity.VALID), (b"another message", validity.INVALID)):
        found = player.client.signature_verify(message, signature, key, how)
        same("Validity Indicator", found, wanted)


@row("Signature Verify: RSA", (1, 2))
def verify_rsa(player):
    key = player.active(rsa_key(player, False))
    verified(player, key, RSA, player.vectors["rsa pkcs1 signature"])


@row("Signature Verify: P-256", (1, 2))
def verify_p256(player):
    form = enums.KeyFormatType.X_509
    octets = player.vectors["p256 public x509"]
    name = player.name("object")
    key = player.active(pie.PublicKey(Algorithm.ECDSA, 256, octets, form, [Mask.VERIFY], name))
    verified(player, key, ECDSA, player.vectors["p256 signature"])


@row("MAC: HMAC-SHA-256", (1, 2))
def mac(player):
    masks = [Mask.MAC_GENERATE, Mask.MAC_VERIFY]
    key = pie.SymmetricKey(Algorithm.HMAC_SHA256, 160, b"\x0b" * 20, masks, player.name("mac"))
    uid = player.active(key)
    _, found = player.client.mac(b"Hi There", uid, Algorithm.HMAC_SHA256)
    must(found == MAC, "the code is not that of RFC 4231")


def text_of(error):
    if isinstance(error, Wrong):
        return str(error)
    reason = getattr(error, "reason", None)
    if isinstance(reason, enums.ResultReason):
        name = reason.name.replace("_", " ").title()
        return "{} ({})".format(name, " ".join(str(error).split()))
    return "{}: {}".format(type(error).__name__, " ".join(str(error).split()))


def main():
    port, *rest = sys.argv[1:]
    player = Player(int(port), *rest)
    for name, first, play in ROWS:
        if player.version < first:
            continue
        found = None
        try:
            play(player)
        except Exception as error:
            found = text_of(error)
            player.again()
        print(json.dumps({"row": name, "found": found}), flush=True)
    player.client.close()


main()
