//! Encrypt, Decrypt, MAC, MAC Verify with keys and answers of the standards.
//!
//! May touch: the player's connection.

use strongroom_client::Outcome;
use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{BlockCipherMode, PaddingMethod, ValidityIndicator};
use strongroom_kmip::operation::{
    Data, DecryptRequest, EncryptRequest, MacRequest, MacVerifyRequest,
};
use strongroom_kmip::{CryptographicAlgorithm, CryptographicUsageMask as Usage, UniqueIdentifier};

use super::super::player::{Played, Player, must, same, there};
use super::keys::known;
use super::octets;

/// NIST SP 800-38A, F.2.1: CBC-AES128, the first two blocks.
const CBC_KEY: &str = "2b7e151628aed2a6abf7158809cf4f3c";
const CBC_IV: &str = "000102030405060708090a0b0c0d0e0f";
const CBC_PLAIN: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51";
const CBC_CIPHER: &str = "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2";

/// Test case 4 of the GCM specification that NIST published with SP 800-38D.
const GCM_KEY: &str = "feffe9928665731c6d6a8f9467308308";
const GCM_IV: &str = "cafebabefacedbaddecaf888";
const GCM_DATA: &str = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
const GCM_PLAIN: &str = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72\
                         1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
const GCM_CIPHER: &str = "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e\
                          21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091";
const GCM_TAG: &str = "5bc94fbc3221a5db94fae95ae7121a47";

/// RFC 4231, 4.2: HMAC-SHA-256.
const MAC_DATA: &[u8] = b"Hi There";
const MAC: &str = "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7";

fn parameters(mode: BlockCipherMode) -> CryptographicParameters {
    let gcm = mode == BlockCipherMode::GCM;
    CryptographicParameters {
        block_cipher_mode: Some(mode),
        padding_method: (!gcm).then_some(PaddingMethod::PKCS5),
        cryptographic_algorithm: Some(CryptographicAlgorithm::AES),
        tag_length: gcm.then_some(16),
        ..CryptographicParameters::default()
    }
}

fn key(player: &mut Player, key: &str) -> Played<UniqueIdentifier> {
    let name = player.name("cipher");
    let usage = Usage::ENCRYPT | Usage::DECRYPT;
    player.active(known(
        &name,
        CryptographicAlgorithm::AES,
        &octets(key),
        usage,
    ))
}

/// The standard's blocks with one more of padding, which PyKMIP cannot do without.
fn cbc(player: &mut Player) -> Played<(UniqueIdentifier, Vec<u8>)> {
    let key = key(player, CBC_KEY)?;
    let mut request = EncryptRequest::new(key.clone(), Data::copy_from(&octets(CBC_PLAIN)));
    request.cryptographic_parameters = Some(Box::new(parameters(BlockCipherMode::CBC)));
    request.iv_counter_nonce = Some(octets(CBC_IV));
    let found = there("Data", player.session.encrypt(request)?.data)?;
    Ok((key, found))
}

pub(in super::super) fn encrypt_cbc(player: &mut Player) -> Played {
    let (_, found) = cbc(player)?;
    same("length", &found.len(), &48)?;
    let good = found.starts_with(&octets(CBC_CIPHER));
    must(good, "the ciphertext is not that of SP 800-38A")
}

pub(in super::super) fn decrypt_cbc(player: &mut Player) -> Played {
    let (key, ciphertext) = cbc(player)?;
    let mut request = DecryptRequest::new(key, Data::copy_from(&ciphertext));
    request.cryptographic_parameters = Some(Box::new(parameters(BlockCipherMode::CBC)));
    request.iv_counter_nonce = Some(octets(CBC_IV));
    let found = there("Data", player.session.decrypt(request)?.data)?;
    let good = found.expose() == octets(CBC_PLAIN);
    must(good, "the plaintext does not come back")
}

pub(in super::super) fn encrypt_gcm(player: &mut Player) -> Played {
    let key = key(player, GCM_KEY)?;
    let mut request = EncryptRequest::new(key, Data::copy_from(&octets(GCM_PLAIN)));
    request.cryptographic_parameters = Some(Box::new(parameters(BlockCipherMode::GCM)));
    request.iv_counter_nonce = Some(octets(GCM_IV));
    request.authenticated_encryption_additional_data = Some(octets(GCM_DATA));
    let answer = player.session.encrypt(request)?;
    let found = there("Data", answer.data)?;
    must(
        found == octets(GCM_CIPHER),
        "the ciphertext is not that of the standard",
    )?;
    let tag = there(
        "Authenticated Encryption Tag",
        answer.authenticated_encryption_tag,
    )?;
    must(
        tag == octets(GCM_TAG),
        "the tag is not that of the standard",
    )
}

/// With the right tag, and with one bit of it changed, which must give nothing.
pub(in super::super) fn decrypt_gcm(player: &mut Player) -> Played {
    let key = key(player, GCM_KEY)?;
    let request = |tag: Vec<u8>| {
        let mut request = DecryptRequest::new(key.clone(), Data::copy_from(&octets(GCM_CIPHER)));
        request.cryptographic_parameters = Some(Box::new(parameters(BlockCipherMode::GCM)));
        request.iv_counter_nonce = Some(octets(GCM_IV));
        request.authenticated_encryption_additional_data = Some(octets(GCM_DATA));
        request.authenticated_encryption_tag = Some(tag);
        request
    };
    let mut tag = octets(GCM_TAG);
    let found = there("Data", player.session.decrypt(request(tag.clone()))?.data)?;
    must(
        found.expose() == octets(GCM_PLAIN),
        "the plaintext is not that of the standard",
    )?;
    if let Some(octet) = tag.last_mut() {
        *octet ^= 1;
    }
    match player.session.decrypt(request(tag)) {
        Err(error) if error.outcome() == Outcome::Refused => Ok(()),
        _ => must(false, "a wrong tag was accepted"),
    }
}

fn mac_key(player: &mut Player) -> Played<UniqueIdentifier> {
    let name = player.name("mac");
    let usage = Usage::MAC_GENERATE | Usage::MAC_VERIFY;
    let algorithm = CryptographicAlgorithm::HMAC_SHA256;
    player.active(known(&name, algorithm, &[0x0b; 20], usage))
}

fn mac_parameters() -> Option<Box<CryptographicParameters>> {
    Some(Box::new(CryptographicParameters {
        cryptographic_algorithm: Some(CryptographicAlgorithm::HMAC_SHA256),
        ..CryptographicParameters::default()
    }))
}

pub(in super::super) fn mac(player: &mut Player) -> Played {
    let key = mac_key(player)?;
    let mut request = MacRequest::new(key, Data::copy_from(MAC_DATA));
    request.cryptographic_parameters = mac_parameters();
    let found = there("MAC Data", player.session.mac(request)?.mac_data)?;
    must(found == octets(MAC), "the code is not that of RFC 4231")
}

pub(in super::super) fn mac_verify(player: &mut Player) -> Played {
    let key = mac_key(player)?;
    let mut wrong = octets(MAC);
    if let Some(octet) = wrong.last_mut() {
        *octet ^= 1;
    }
    for (code, wanted) in [
        (octets(MAC), ValidityIndicator::VALID),
        (wrong, ValidityIndicator::INVALID),
    ] {
        let data = Data::copy_from(MAC_DATA);
        let mut request = MacVerifyRequest::new(key.clone(), data, code);
        request.cryptographic_parameters = mac_parameters();
        let found = player.session.mac_verify(request)?.validity_indicator;
        same("Validity Indicator", &found, &Some(wanted))?;
    }
    Ok(())
}
