//! The intent file: what a first start is about to ask of the key server.
//!
//! May touch: memory only; [`LockedDir`](crate::LockedDir) writes and removes the file. It
//! holds no secret, proves nothing and never blocks a start (`docs/formats/intent.md`).

use strongroom_cipher::StoreId;

use crate::codec::{Reader, Writer};
use crate::crypto;
use crate::error::{Damage, Field, FormatRule};
use crate::id::{AttemptId, StoreLabel};
use crate::limits;
use crate::metadata::{self, PREFIX_LEN};

/// First octets of an intent file, of every version.
const MAGIC: [u8; 8] = *b"STRGINTN";
const VERSION: u8 = 1;

/// A first start that has not ended yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    /// The store that is to be.
    pub store_id: StoreId,
    /// Its label.
    pub label: StoreLabel,
    /// Names the attempt, here and in the label on the key server.
    pub intent_id: AttemptId,
    /// N of the key that this attempt asks for.
    pub number: u32,
    /// Numbers whose outcome stayed unknown.
    pub burnt: Vec<u32>,
    /// Name asked for, if any.
    pub key_name: Option<String>,
}

/// What lies in the intent file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum IntentState {
    /// A whole intent.
    Whole(Intent),
    /// Torn, rubbish or of another version; as if it were not there.
    Torn(Damage),
}

impl Intent {
    /// The file's octets.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, Field> {
        metadata::check_identifier(self.key_name.as_deref()).map_err(|_| Field::Name)?;
        if self.burnt.len() > limits::BURNT_MAX {
            return Err(Field::BurntAttempts);
        }
        let mut out = Writer::default();
        out.raw(&MAGIC);
        out.u8(VERSION);
        out.raw(self.store_id.octets());
        out.raw(self.label.octets());
        out.raw(self.intent_id.octets());
        out.u32(self.number);
        out.count16(self.burnt.len());
        self.burnt.iter().for_each(|number| out.u32(*number));
        out.optional(self.key_name.as_ref(), |out, name| out.text(name));
        let mut octets = out.finish()?;
        let digest = crypto::sha256(&octets);
        octets.extend_from_slice(&digest);
        Ok(octets)
    }
}

impl IntentState {
    pub(crate) fn decode(octets: &[u8]) -> Self {
        match decode(octets) {
            Ok(intent) => Self::Whole(intent),
            Err(damage) => Self::Torn(damage),
        }
    }
}

fn decode(octets: &[u8]) -> Result<Intent, Damage> {
    let signed = metadata::signed_part(octets, MAGIC)?;
    let version = signed.get(MAGIC.len()).copied().unwrap_or_default();
    if version != VERSION {
        return Err(Damage::NewerFormat { version });
    }
    let mut reader = Reader::new(signed);
    reader.take(PREFIX_LEN)?;
    let store_id = StoreId::new(reader.array()?);
    let label = StoreLabel::from_octets(reader.array()?);
    let label = label.ok_or(reader.broken(FormatRule::Value))?;
    let intent_id = AttemptId::from_octets(reader.array()?);
    let number = reader.u32()?;
    let count = usize::from(reader.u16()?);
    let burnt = reader.list(count, limits::BURNT_MAX, Reader::u32)?;
    let key_name = reader.optional(|reader| reader.text(limits::IDENTIFIER_LEN_MAX))?;
    reader.finish()?;
    Ok(Intent {
        store_id,
        label,
        intent_id,
        number,
        burnt,
        key_name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent() -> Intent {
        Intent {
            store_id: StoreId::new([7; 16]),
            label: StoreLabel::parse("0123456789abcdef").unwrap(),
            intent_id: AttemptId::from_octets([9; 16]),
            number: 3,
            burnt: vec![1, 2],
            key_name: Some("orders".to_owned()),
        }
    }

    #[test]
    fn an_intent_survives_the_file() {
        let mut intent = intent();
        for name in [Some("orders".to_owned()), None] {
            intent.key_name = name;
            let octets = intent.encode().unwrap();
            assert_eq!(
                IntentState::decode(&octets),
                IntentState::Whole(intent.clone())
            );
        }
    }

    #[test]
    fn every_truncation_and_every_changed_octet_is_torn() {
        let octets = intent().encode().unwrap();
        for len in 0..octets.len() {
            let state = IntentState::decode(&octets[..len]);
            assert!(matches!(state, IntentState::Torn(_)), "{len} octets");
        }
        for at in 0..octets.len() {
            for change in 1..=255 {
                let mut changed = octets.clone();
                changed[at] ^= change;
                let state = IntentState::decode(&changed);
                assert!(matches!(state, IntentState::Torn(_)), "octet {at}");
            }
        }
    }

    #[test]
    fn another_version_is_named() {
        let mut octets = intent().encode().unwrap();
        octets[8] = 2;
        let at = octets.len() - 32;
        let digest = crypto::sha256(&octets[..at]);
        octets[at..].copy_from_slice(&digest);
        let expected = IntentState::Torn(Damage::NewerFormat { version: 2 });
        assert_eq!(IntentState::decode(&octets), expected);
    }
}
