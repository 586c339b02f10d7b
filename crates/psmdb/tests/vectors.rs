//! What the independent script wrote is read and written octet for octet; what it broke is refused.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test: it fails")]

use strongroom_psmdb::{CbcIv, CbcJob, CbcKey, DecryptError, GcmForm, GcmIv, GcmIvs, GcmKey};
use strongroom_secret::SecretBytes;

use self::text::{Case, cases};

#[path = "vectors/text.rs"]
mod text;

fn all() -> Vec<Case> {
    cases(include_str!("vectors/psmdb.txt"))
}

fn key(case: &Case) -> SecretBytes {
    SecretBytes::copy_from(&case.octets("key"))
}

fn cbc(case: &Case) -> CbcKey {
    CbcKey::new(&key(case)).unwrap()
}

fn gcm(case: &Case) -> GcmKey {
    GcmKey::new(&key(case)).unwrap()
}

fn form(name: &str) -> GcmForm {
    match name {
        "gcm-page" => GcmForm::Page,
        "gcm-file" => GcmForm::File,
        other => panic!("{other} is no form of GCM"),
    }
}

#[test]
fn cbc_forms_are_read_and_written_octet_for_octet() {
    let mut ran = 0;
    for case in all().iter().filter(|case| case.kind == "cbc") {
        let (plaintext, encrypted) = (case.octets("plaintext"), case.octets("encrypted"));
        let key = cbc(case);
        let iv = || CbcIv::assume_random(case.array("iv"));

        let mut room = vec![0xee; encrypted.len() + 3];
        let len = key.encrypt_into(iv(), &plaintext, &mut room).unwrap();
        assert_eq!(room[..len], encrypted, "{}", case.name);
        assert_eq!(room[len..], [0xee; 3], "{}", case.name);
        let mut batch = vec![vec![0xee; encrypted.len()]; 3];
        let jobs = batch
            .iter_mut()
            .map(|room| CbcJob::new(iv(), &plaintext, room).unwrap());
        key.encrypt_batch(&mut jobs.collect::<Vec<_>>()).unwrap();
        assert!(batch.iter().all(|room| *room == encrypted), "{}", case.name);

        let mut room = vec![0xee; plaintext.len()];
        let len = key.decrypt_into(&encrypted, &mut room).unwrap();
        assert_eq!(room[..len], plaintext, "{}", case.name);
        let mut room = encrypted.clone();
        assert_eq!(
            key.decrypt_in_place(&mut room).unwrap(),
            plaintext,
            "{}",
            case.name
        );
        ran += 1;
    }
    assert_eq!(ran, 12);
}

#[test]
fn gcm_forms_are_read_and_written_octet_for_octet() {
    let mut ran = 0;
    for case in all().iter().filter(|case| case.kind.starts_with("gcm-")) {
        let (plaintext, encrypted) = (case.octets("plaintext"), case.octets("encrypted"));
        let (key, form) = (gcm(case), form(&case.kind));

        let mut room = vec![0xee; encrypted.len() + 3];
        let iv = GcmIv::assume_unused(case.array("iv"));
        let len = key.seal_into(form, iv, &plaintext, &mut room).unwrap();
        assert_eq!(room[..len], encrypted, "{}", case.name);
        assert_eq!(room[len..], [0xee; 3], "{}", case.name);

        let mut room = vec![0xee; plaintext.len()];
        let len = key.open_into(form, &encrypted, &mut room).unwrap();
        assert_eq!(room[..len], plaintext, "{}", case.name);
        let mut room = encrypted.clone();
        assert_eq!(
            key.open_in_place(form, &mut room).unwrap(),
            plaintext,
            "{}",
            case.name
        );
        ran += 1;
    }
    assert_eq!(ran, 14);
}

#[test]
fn the_counter_gives_the_iv_of_the_vectors() {
    let cases = all();
    for case in cases.iter().filter(|case| case.kind == "gcm-page") {
        let counter: u64 = case.number("counter");
        if counter == u64::MAX {
            continue;
        }
        let ivs = GcmIvs::resume(counter - 1);
        ivs.raise(counter + 1).unwrap();
        let iv = GcmIv::assume_unused(case.array("iv"));
        assert_eq!(ivs.next(), Ok(iv), "{}", case.name);
    }
}

#[test]
fn what_must_be_refused_is_refused_and_leaves_zeros() {
    let mut ran = 0;
    for case in all().iter().filter(|case| case.kind == "refused") {
        let encrypted = case.octets("encrypted");
        let (mut in_place, mut room) = (encrypted.clone(), vec![0xee; encrypted.len()]);
        let (one, two) = match case.text("form") {
            "cbc" => (
                cbc(case).decrypt_in_place(&mut in_place).map(drop),
                cbc(case).decrypt_into(&encrypted, &mut room),
            ),
            name => (
                gcm(case).open_in_place(form(name), &mut in_place).map(drop),
                gcm(case).open_into(form(name), &encrypted, &mut room),
            ),
        };
        let error = one.unwrap_err();
        assert_eq!(two.unwrap_err(), error, "{}", case.name);
        let is_it = match case.text("error") {
            "damaged" => matches!(error, DecryptError::Damaged),
            "short" => matches!(error, DecryptError::TooShort { .. }),
            "blocks" => matches!(error, DecryptError::NotWholeBlocks { .. }),
            other => panic!("{other} is no error"),
        };
        assert!(is_it, "{}: {error:?}", case.name);
        assert!(
            in_place.iter().chain(&room).all(|octet| *octet == 0),
            "{}",
            case.name
        );
        ran += 1;
    }
    assert_eq!(ran, 23);
}
