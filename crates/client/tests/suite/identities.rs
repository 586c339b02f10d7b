//! Certificate, key and CA files, good and bad: each bad one has its own error with a mend.

use std::path::PathBuf;

use pkcs8::pkcs5::pbes2;
use pkcs8::{LineEnding, PrivateKeyInfoRef};
use rcgen::KeyPair;
use strongroom_client::{Fingerprint, Identity, IdentityErrorKind as Kind, Trust, TrustErrorKind};
use strongroom_secret::SecretBytes;

use crate::pki::{Ca, Leaf, World, client_params};

/// SEC1 form of a PKCS#8 P-256 key: the octets of the inner `OCTET STRING` (RFC 5915).
fn sec1(leaf: &Leaf) -> String {
    let der = leaf.key.serialize_der();
    let info = PrivateKeyInfoRef::try_from(der.as_slice()).unwrap();
    // RFC 5915 keys of ring lack the curve, which stands in PKCS#8's outer structure; openssl
    // writes it: parameters [0], the OID of P-256.
    let inner = info.private_key.as_bytes();
    let mut sequence = inner[2..].to_vec();
    let oid = [
        0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07,
    ];
    sequence.splice(37..37, oid);
    let mut der = vec![0x30, u8::try_from(sequence.len()).unwrap()];
    der.extend(sequence);
    let params = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    params.to_owned() + &pem("EC PRIVATE KEY", &der)
}

pub(crate) fn pem(label: &'static str, der: &[u8]) -> String {
    pkcs8::der::pem::encode_string(label, LineEnding::LF, der).unwrap()
}

pub(crate) fn encrypted(leaf: &Leaf, password: &str) -> String {
    let der = leaf.key.serialize_der();
    let info = PrivateKeyInfoRef::try_from(der.as_slice()).unwrap();
    let params =
        pbes2::Parameters::generate_pbkdf2_sha256_aes256cbc(1000, b"salt of 16 bytes", [7; 16])
            .unwrap();
    let document = info.encrypt_with_params(params, password).unwrap();
    pem("ENCRYPTED PRIVATE KEY", document.as_bytes())
}

pub(crate) fn secret(text: &str) -> Option<SecretBytes> {
    Some(SecretBytes::copy_from(text.as_bytes()))
}

#[test]
fn good_files_are_read_in_every_shape() {
    let world = World::new();
    let leaf = world.ca.client();
    let (cert, key) = (leaf.pem.clone(), leaf.key_pem());
    let crlf = |text: &str| text.replace('\n', "\r\n");
    // (what, certificate file, key file, password)
    let cases: Vec<(&str, String, Option<String>, Option<SecretBytes>)> = vec![
        ("combined", cert.clone() + &key, None, None),
        ("combined, key first", key.clone() + &cert, None, None),
        ("split", cert.clone(), Some(key.clone()), None),
        (
            "with chain",
            cert.clone() + &world.ca.pem,
            Some(key.clone()),
            None,
        ),
        (
            "same key in both",
            cert.clone() + &key,
            Some(key.clone()),
            None,
        ),
        ("SEC1", cert.clone() + &sec1(&leaf), None, None),
        ("CR LF", crlf(&cert), Some(crlf(&key)), None),
        (
            "comments",
            format!("Bag Attributes: x\n{cert}# key\n{key}"),
            None,
            None,
        ),
        (
            "encrypted",
            cert.clone() + &encrypted(&leaf, "open"),
            None,
            secret("open"),
        ),
        (
            "needless password",
            cert.clone() + &key,
            None,
            secret("open"),
        ),
    ];
    for (what, cert, key, password) in cases {
        if what == "encrypted" && !cfg!(feature = "encrypted-keys") {
            continue;
        }
        let cert = world.file("c.pem", &cert);
        let key = key.map(|key| world.file("k.pem", &key));
        let identity = Identity::from_files(&cert, key.as_deref(), password).expect(what);
        let facts = identity.certificate().expect(what);
        assert_eq!(facts.subject, "CN=node-1", "{what}");
        assert_eq!(facts.issuer, "CN=test CA", "{what}");
    }
    let combined = world.file("same.pem", &leaf.combined());
    Identity::from_files(&combined, Some(&combined), None).expect("one file named twice");
}

#[test]
fn bad_files_are_told_apart_by_name() {
    let world = World::new();
    let leaf = world.ca.client();
    let other = world.ca.client();
    let (cert, key) = (leaf.pem.clone(), leaf.key_pem());
    let legacy = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nZm9v\n-----END EC PRIVATE KEY-----\n";
    let broken = pem("PRIVATE KEY", b"\x30\x03\x02\x01\x00");
    // PKCS#8 up to the algorithm: id-ecPublicKey on secp521r1.
    let p521 = pem(
        "PRIVATE KEY",
        b"\x30\x15\x02\x01\x00\x30\x10\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05\x2B\x81\x04\x00\x23",
    );
    // What `openssl pkcs8 -v1 PBE-SHA1-3DES` begins with: 1.2.840.113549.1.12.1.3, salt, count.
    let pbes1 = pem(
        "ENCRYPTED PRIVATE KEY",
        b"\x30\x1D\x30\x13\x06\x0A\x2A\x86\x48\x86\xF7\x0D\x01\x0C\x01\x03\x30\x05\x04\x00\x02\x01\x01\x04\x06secret",
    );
    type Check = fn(&Kind) -> bool;
    // (what, certificate file, key file, password, the error, which file is at fault)
    type Case = (
        &'static str,
        String,
        Option<String>,
        Option<SecretBytes>,
        Check,
        &'static str,
    );
    let cases: Vec<Case> = vec![
        (
            "empty",
            String::new(),
            None,
            None,
            |k| matches!(k, Kind::NoCertificate),
            "c.pem",
        ),
        (
            "no certificate",
            key.clone(),
            None,
            None,
            |k| matches!(k, Kind::NoCertificate),
            "c.pem",
        ),
        (
            "no key",
            cert.clone(),
            None,
            None,
            |k| matches!(k, Kind::NoKey),
            "c.pem",
        ),
        (
            "no key in the key file",
            cert.clone(),
            Some(cert.clone()),
            None,
            |k| matches!(k, Kind::NoKey),
            "k.pem",
        ),
        (
            "two keys",
            cert.clone() + &key + &key,
            None,
            None,
            |k| matches!(k, Kind::SeveralKeys { line: 15.. }),
            "c.pem",
        ),
        (
            "another key in the key file",
            cert.clone() + &key,
            Some(other.key_pem()),
            None,
            |k| matches!(k, Kind::OtherKey { .. }),
            "c.pem",
        ),
        (
            "another key",
            cert.clone(),
            Some(other.key_pem()),
            None,
            |k| matches!(k, Kind::KeyMismatch),
            "c.pem",
        ),
        (
            "CA first",
            world.ca.pem.clone() + &cert,
            Some(key.clone()),
            None,
            |k| matches!(k, Kind::LeafNotFirst),
            "c.pem",
        ),
        (
            "no password",
            cert.clone() + &encrypted(&leaf, "open"),
            None,
            None,
            |k| matches!(k, Kind::PasswordMissing),
            "c.pem",
        ),
        (
            "wrong password",
            cert.clone(),
            Some(encrypted(&leaf, "open")),
            secret("shut"),
            |k| matches!(k, Kind::WrongPassword),
            "k.pem",
        ),
        (
            "damaged encrypted key",
            cert.clone() + &pem("ENCRYPTED PRIVATE KEY", b"\x30\x00"),
            None,
            secret("open"),
            |k| matches!(k, Kind::DamagedKey),
            "c.pem",
        ),
        (
            "old encryption",
            cert.clone() + legacy,
            None,
            secret("open"),
            |k| matches!(k, Kind::LegacyEncryption),
            "c.pem",
        ),
        (
            "broken key",
            cert.clone() + &broken,
            None,
            None,
            |k| matches!(k, Kind::UnsupportedKey),
            "c.pem",
        ),
        (
            "P-521",
            cert.clone() + &p521,
            None,
            None,
            |k| matches!(k, Kind::P521Key),
            "c.pem",
        ),
        (
            "PBES1",
            cert.clone() + &pbes1,
            None,
            secret("open"),
            |k| matches!(k, Kind::UnsupportedEncryption),
            "c.pem",
        ),
        (
            "unknown key form",
            cert.clone() + &pem("OPENSSH PRIVATE KEY", b"x"),
            None,
            None,
            |k| matches!(k, Kind::UnsupportedKey),
            "c.pem",
        ),
        (
            "not X.509",
            pem("CERTIFICATE", b"\x30\x00") + &key,
            None,
            None,
            |k| matches!(k, Kind::BadCertificate),
            "c.pem",
        ),
        (
            "cut off",
            cert[..cert.len() / 2].to_owned(),
            None,
            None,
            |k| matches!(k, Kind::Pem(_)),
            "c.pem",
        ),
    ];
    let mut helps = Vec::new();
    for (what, cert, key, password, check, at_fault) in cases {
        let cert = world.file("c.pem", &cert);
        let key = key.map(|key| world.file("k.pem", &key));
        let error = Identity::from_files(&cert, key.as_deref(), password).expect_err(what);
        let off = !cfg!(feature = "encrypted-keys");
        let known = check(&error.kind) || (off && matches!(error.kind, Kind::EncryptedKeysOff));
        assert!(known, "{what}: {error:?}");
        assert_eq!(error.file, world.path(at_fault), "{what}");
        let text = error.to_string();
        assert!(text.contains(at_fault), "{what}: {text}");
        assert!(
            !text.contains("open") && !text.contains("shut"),
            "{what}: {text}"
        );
        helps.push(error.help());
    }
    assert!(helps.iter().all(|help| help.len() > 20));
}

#[test]
fn a_missing_file_is_named() {
    let world = World::new();
    let absent: PathBuf = world.path("absent.pem");
    let error = Identity::from_files(&absent, None, None).unwrap_err();
    assert!(matches!(error.kind, Kind::Read(_)));
    assert!(error.to_string().contains("absent.pem"), "{error}");
    let error = Identity::from_files(world.path("client.pem"), Some(&absent), None).unwrap_err();
    assert!(error.to_string().contains("absent.pem"), "{error}");
    let error = Trust::from_ca_file(&absent).unwrap_err();
    assert!(error.to_string().contains("absent.pem"), "{error}");
}

#[test]
fn ca_files_are_checked() {
    let world = World::new();
    let second = Ca::new("second CA");
    let both = world.file("both.pem", &(world.ca.pem.clone() + &second.pem));
    let trust = Trust::from_ca_file(&both).unwrap();
    assert_eq!(trust.subjects(), ["CN=test CA", "CN=second CA"]);

    type Check = fn(&TrustErrorKind) -> bool;
    let cases: Vec<(&str, String, Check)> = vec![
        ("empty", String::new(), |k| {
            matches!(k, TrustErrorKind::NoCertificate)
        }),
        ("text", "hello\n".to_owned(), |k| {
            matches!(k, TrustErrorKind::NoCertificate)
        }),
        ("only a key", world.ca.client().key_pem(), |k| {
            matches!(k, TrustErrorKind::NoCertificate)
        }),
        (
            "not X.509",
            format!("\n{}", pem("CERTIFICATE", b"\x30\x00")),
            |k| matches!(k, TrustErrorKind::BadCertificate { line: 2 }),
        ),
        ("cut off", world.ca.pem[..100].to_owned(), |k| {
            matches!(k, TrustErrorKind::Pem(_))
        }),
    ];
    for (what, text, check) in cases {
        let file = world.file("bad-ca.pem", &text);
        let error = Trust::from_ca_file(&file).expect_err(what);
        assert!(check(&error.kind), "{what}: {error:?}");
        assert!(error.to_string().contains("bad-ca.pem"), "{what}: {error}");
        assert!(error.help().len() > 20, "{what}");
    }
}

#[test]
fn crl_files_are_checked() {
    let world = World::new();
    let list = world.ca.crl(&[1], 4000);
    let good = list.pem().unwrap();
    let trust = || Trust::from_ca_file(world.path("ca.pem")).unwrap();
    let mut cut = list.der().to_vec();
    cut.truncate(cut.len() - 1);
    type Check = fn(&TrustErrorKind) -> bool;
    let cases: Vec<(&str, Vec<u8>, Check)> = vec![
        ("empty", Vec::new(), |k| {
            matches!(k, TrustErrorKind::NoRevocationList)
        }),
        ("a certificate", world.ca.pem.clone().into(), |k| {
            matches!(k, TrustErrorKind::NoRevocationList)
        }),
        ("PEM cut off", good[..100].into(), |k| {
            matches!(k, TrustErrorKind::Pem(_))
        }),
        ("DER cut off", cut, |k| {
            matches!(k, TrustErrorKind::BadRevocationList { line: 1, .. })
        }),
        (
            "not a list",
            format!("{good}{}", pem("X509 CRL", b"\x30\x00")).into(),
            |k| matches!(k, TrustErrorKind::BadRevocationList { line: 2.., .. }),
        ),
        ("a certificate in DER", world.ca.der.to_vec(), |k| {
            matches!(k, TrustErrorKind::BadRevocationList { .. })
        }),
    ];
    for (what, octets, check) in cases {
        let file = world.path("bad.crl");
        std::fs::write(&file, octets).unwrap();
        let error = trust().with_crl_file(&file).expect_err(what);
        assert!(check(&error.kind), "{what}: {error:?}");
        let text = error.to_string();
        assert!(text.starts_with("CRL file /"), "{what}: {text}");
        assert!(text.contains("bad.crl"), "{what}: {text}");
        assert!(error.help().len() > 20, "{what}");
    }
    let absent = trust().with_crl_file(world.path("absent.crl")).unwrap_err();
    assert!(matches!(absent.kind, TrustErrorKind::Read(_)), "{absent}");

    let pinned = Trust::from_pins([Fingerprint::of(b"a certificate")]);
    let file = world.file("good.crl", &good);
    let error = pinned.with_crl_file(file).unwrap_err();
    assert!(
        matches!(error.kind, TrustErrorKind::RevocationListWithPin),
        "{error}"
    );
}

#[test]
fn nothing_of_a_key_is_printed() {
    let world = World::new();
    let leaf = world.ca.sign(&client_params());
    let file = world.file("c.pem", &leaf.combined());
    let identity = Identity::from_files(&file, None, None).unwrap();
    let shown = format!("{identity:?}");
    let key: KeyPair = leaf.key;
    for octets in key.serialize_der().chunks(4) {
        let hex: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        let list: Vec<String> = octets.iter().map(ToString::to_string).collect();
        assert!(!shown.contains(&hex) || hex.len() < 8, "{shown}");
        assert!(
            !shown.contains(&list.join(", ")) || list.len() < 4,
            "{shown}"
        );
    }
}
