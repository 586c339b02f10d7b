//! Certificates that rcgen refuses to make: version 1, broken hashes, short keys, P-521.
//!
//! A certificate is taken apart into its items, changed, and signed again or with rubbish where
//! nobody gets as far as the signature.

use std::sync::Arc;

use rcgen::SigningKey as _;
use rustls::pki_types::CertificateDer;
use rustls::sign::{Signer, SigningKey};
use rustls::{SignatureAlgorithm, SignatureScheme};

use crate::pki::Ca;

/// `SEQUENCE { OID ecdsa-with-SHA1 }` (RFC 3279, 2.2.3).
pub(crate) const ECDSA_SHA1: &[u8] = b"\x30\x09\x06\x07\x2A\x86\x48\xCE\x3D\x04\x01";
/// `SEQUENCE { OID sha1WithRSAEncryption, NULL }` (RFC 3279, 2.2.1).
pub(crate) const RSA_SHA1: &[u8] = b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05\x05\x00";
/// `SEQUENCE { OID sha256WithRSAEncryption, NULL }` (RFC 4055, 5).
pub(crate) const RSA_SHA256: &[u8] =
    b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x05\x00";
/// `SEQUENCE { OID ecdsa-with-SHA512 }` (RFC 5758, 3.2).
pub(crate) const ECDSA_SHA512: &[u8] = b"\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x04";

/// Where the items of `TBSCertificate` of version 3 stand (RFC 5280, 4.1).
const SIGNATURE: usize = 2;
const PUBLIC_KEY: usize = 6;

/// A certificate in pieces.
pub(crate) struct Forged {
    fields: Vec<Vec<u8>>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
}

impl Forged {
    pub(crate) fn of(certificate: &CertificateDer<'_>) -> Self {
        let mut parts = items(contents(certificate));
        let (signature, algorithm) = (parts.pop().unwrap(), parts.pop().unwrap());
        Self {
            fields: items(contents(&parts.pop().unwrap())),
            algorithm,
            signature,
        }
    }

    /// Version 1 has neither a version nor extensions.
    pub(crate) fn version_1(mut self) -> Self {
        self.fields.pop();
        self.fields.remove(0);
        self
    }

    /// With another algorithm of the signature; the signature itself stays.
    pub(crate) fn signed_by(mut self, algorithm: &[u8]) -> Self {
        self.algorithm = algorithm.to_vec();
        self.fields[SIGNATURE] = algorithm.to_vec();
        self
    }

    /// With an RSA key whose modulus has `bits` bits.
    pub(crate) fn rsa_key(mut self, bits: usize) -> Self {
        let mut modulus = vec![0xC5; bits / 8 + 1];
        modulus[0] = 0;
        let key = [tlv(0x02, &modulus), tlv(0x02, b"\x01\x00\x01")].concat();
        let algorithm = b"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00";
        self.fields[PUBLIC_KEY] = public_key(algorithm, &tlv(0x30, &key));
        self
    }

    /// With a key on P-521.
    pub(crate) fn p521_key(mut self) -> Self {
        let algorithm = b"\x30\x10\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05\x2B\x81\x04\x00\x23";
        self.fields[PUBLIC_KEY] = public_key(algorithm, &[[4].as_slice(), &[1; 132]].concat());
        self
    }

    /// With this `SubjectPublicKeyInfo`.
    #[cfg(feature = "aws-lc-rs")]
    pub(crate) fn certifying(mut self, public_key: &[u8]) -> Self {
        self.fields[PUBLIC_KEY] = public_key.to_vec();
        self
    }

    /// With a fresh signature by `sign`, in the algorithm that it has now.
    #[cfg(feature = "aws-lc-rs")]
    pub(crate) fn signed_with(
        mut self,
        sign: impl Fn(&[u8]) -> Vec<u8>,
    ) -> CertificateDer<'static> {
        let signature = sign(&tlv(0x30, &self.fields.concat()));
        self.signature = tlv(0x03, &[[0].as_slice(), &signature].concat());
        self.der()
    }

    /// With a fresh signature of `ca`, in the CA's own algorithm.
    pub(crate) fn signed_again(mut self, ca: &Ca) -> CertificateDer<'static> {
        let signature = ca.key().sign(&tlv(0x30, &self.fields.concat())).unwrap();
        self.signature = tlv(0x03, &[[0].as_slice(), &signature].concat());
        self.der()
    }

    /// As it is, whatever the signature says.
    pub(crate) fn der(self) -> CertificateDer<'static> {
        let fields = tlv(0x30, &self.fields.concat());
        tlv(0x30, &[fields, self.algorithm, self.signature].concat()).into()
    }
}

/// Signs with rubbish, in one scheme.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rubbish(pub(crate) SignatureScheme, pub(crate) SignatureAlgorithm);

impl SigningKey for Rubbish {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered
            .contains(&self.0)
            .then(|| Box::new(*self) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.1
    }
}

impl Signer for Rubbish {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        Ok(vec![0x5A; 128])
    }

    fn scheme(&self) -> SignatureScheme {
        self.0
    }
}

pub(crate) fn rsa_rubbish() -> Arc<dyn SigningKey> {
    Arc::new(Rubbish(
        SignatureScheme::RSA_PSS_SHA256,
        SignatureAlgorithm::RSA,
    ))
}

pub(crate) fn p521_rubbish() -> Arc<dyn SigningKey> {
    Arc::new(Rubbish(
        SignatureScheme::ECDSA_NISTP521_SHA512,
        SignatureAlgorithm::ECDSA,
    ))
}

fn public_key(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    let bits = tlv(0x03, &[[0].as_slice(), key].concat());
    tlv(0x30, &[algorithm, &bits].concat())
}

/// One item of DER (X.690, 8.1).
pub(crate) fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut item = vec![tag];
    match value.len() {
        len @ 0..=0x7F => item.push(u8::try_from(len).unwrap()),
        len @ 0x80..=0xFF => item.extend([0x81, u8::try_from(len).unwrap()]),
        len => {
            item.push(0x82);
            item.extend(u16::try_from(len).unwrap().to_be_bytes());
        }
    }
    item.extend(value);
    item
}

/// Lengths of the header and of the whole first item.
fn lengths(der: &[u8]) -> (usize, usize) {
    match der[1] {
        len @ 0..=0x7F => (2, 2 + usize::from(len)),
        0x81 => (3, 3 + usize::from(der[2])),
        0x82 => (4, 4 + usize::from(u16::from_be_bytes([der[2], der[3]]))),
        other => panic!("length octet {other:#x}"),
    }
}

fn contents(item: &[u8]) -> &[u8] {
    let (header, end) = lengths(item);
    &item[header..end]
}

fn items(mut der: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while !der.is_empty() {
        let (item, rest) = der.split_at(lengths(der).1);
        found.push(item.to_vec());
        der = rest;
    }
    found
}
