//! One connection to a key server, in the words of master keys.
//!
//! May touch: the network, through one `strongroom-client` session.

use strongroom_cipher::envelope;
use strongroom_client::{ClientError, Session};
use strongroom_keystore::{MASTER_KEY_LEN, MasterKey};
use strongroom_kmip::CryptographicUsageMask;
use strongroom_kmip::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeValue, Name, RevocationReason,
    attribute_name,
};
use strongroom_kmip::enumeration::{
    CryptographicAlgorithm, KeyFormatType, ObjectType, RevocationReasonCode,
};
use strongroom_kmip::object::{KeyBlock, ManagedObject};
use strongroom_kmip::operation::{CreateRequest, LocateRequest, RegisterRequest};
use strongroom_secret::SecretBytes;

use super::base64;
use super::facts::{BASE64_BITS, KeyFacts, LENGTH_BITS, Unfit};
use super::names::{LABEL_INTENT, LABEL_REPLACES, LABEL_STORE};
use super::servers::is_not_found;
use super::wrap::KeyRef;
use crate::error::Error;

/// More keys than this under one Name or label are refused, not listed.
const LOCATE_MAX: i32 = 1000;

const WANTED: &[&str] = &[
    attribute_name::STATE,
    attribute_name::NAME,
    attribute_name::OBJECT_TYPE,
    attribute_name::CRYPTOGRAPHIC_ALGORITHM,
    attribute_name::CRYPTOGRAPHIC_LENGTH,
    attribute_name::CRYPTOGRAPHIC_USAGE_MASK,
    attribute_name::APPLICATION_SPECIFIC_INFORMATION,
];

/// A connection.
#[derive(Debug)]
pub(crate) struct Link {
    session: Session,
}

/// What a new master key is called and labelled.
#[derive(Clone, Debug)]
pub(crate) struct NewKey {
    /// Its Name.
    pub(crate) name: String,
    /// The store's label.
    pub(crate) store: String,
    /// The random id of the attempt.
    pub(crate) intent: String,
    /// The key that it replaces.
    pub(crate) replaces: Option<String>,
}

impl Link {
    pub(crate) fn new(session: Session) -> Self {
        Self { session }
    }

    pub(super) fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// `host:port` of the other end.
    pub(crate) fn server(&self) -> String {
        self.session.server().to_string()
    }

    pub(crate) async fn close(self) {
        self.session.close().await;
    }

    /// The keys with exactly this Name, each with its facts.
    ///
    /// A server's Locate is not trusted: some return near matches, so every hit's Name is compared.
    pub(crate) async fn named(&mut self, name: &str) -> Result<Vec<KeyFacts>, Error> {
        let hits = self.locate(vec![Name::text(name).into()]).await?;
        let mut keys = Vec::new();
        for id in hits {
            if let Some(facts) = self.facts(&id).await?
                && facts.names.iter().any(|found| found == name)
            {
                keys.push(facts);
            }
        }
        Ok(keys)
    }

    /// The first number from `from` on whose Name no key has, and that Name; taken ones are
    /// skipped.
    pub(crate) async fn first_free(
        &mut self,
        from: u32,
        name: impl Fn(u32) -> String,
    ) -> Result<(String, u32), Error> {
        let mut number = from;
        loop {
            let candidate = name(number);
            if self.named(&candidate).await?.is_empty() {
                return Ok((candidate, number));
            }
            number = number.checked_add(1).ok_or(Error::NumbersExhausted)?;
        }
    }

    /// The keys that bear the label of `store`.
    pub(crate) async fn labelled(&mut self, store: &str) -> Result<Vec<KeyFacts>, Error> {
        let label = label(LABEL_STORE, store);
        let mut keys = Vec::new();
        for id in self.locate(vec![label]).await? {
            if let Some(facts) = self.facts(&id).await?
                && facts.bears(store)
            {
                keys.push(facts);
            }
        }
        Ok(keys)
    }

    async fn locate(&mut self, mut attributes: Vec<Attribute>) -> Result<Vec<String>, Error> {
        attributes.push(AttributeValue::ObjectType(ObjectType::SYMMETRIC_KEY).into());
        let mut request = LocateRequest::new(attributes);
        request.maximum_items = Some(LOCATE_MAX);
        let found = self.session.locate(request).await?;
        let ids = found.unique_identifiers.into_iter();
        Ok(ids.map(|id| id.to_string()).collect())
    }

    /// The key's attributes; `None` when the server says that it is not there.
    pub(crate) async fn facts(
        &mut self,
        unique_identifier: &str,
    ) -> Result<Option<KeyFacts>, Error> {
        let answer = self.session.get_attributes(unique_identifier, WANTED).await;
        let answer = absent_is_none(answer)?;
        Ok(answer
            .map(|answer| KeyFacts::of(answer.unique_identifier.to_string(), answer.attributes)))
    }

    /// The key's octets; `None` when the server says that it is not there.
    pub(crate) async fn fetch(
        &mut self,
        unique_identifier: &str,
    ) -> Result<Option<MasterKey>, Error> {
        let answer = absent_is_none(self.session.get(unique_identifier).await)?;
        let unfit = |why| Error::UnfitKey {
            unique_identifier: unique_identifier.to_owned(),
            why,
        };
        answer
            .map(|answer| master_key(answer.object).map_err(unfit))
            .transpose()
    }

    /// As [`Self::octets_of`], then closes the connection.
    pub(crate) async fn fetch_and_close(
        mut self,
        key: KeyRef<'_>,
    ) -> Result<Option<MasterKey>, Error> {
        let key = self.octets_of(key).await;
        self.close().await;
        key
    }

    /// Makes a Pre-Active key on the server; gives its Unique Identifier.
    pub(crate) async fn create(&mut self, key: &NewKey) -> Result<String, Error> {
        let request = CreateRequest::symmetric_key(template(key));
        let made = self.session.create(request).await?;
        Ok(made.unique_identifier.to_string())
    }

    /// Makes a key here and registers it, as PSMDB does; gives its Unique Identifier.
    pub(crate) async fn register(&mut self, key: &NewKey) -> Result<String, Error> {
        let octets = SecretBytes::try_build(MASTER_KEY_LEN, envelope::random)
            .map_err(|_| Error::NoRandomness)?;
        let block = KeyBlock::raw(CryptographicAlgorithm::AES, octets);
        let request = RegisterRequest::new(ManagedObject::SymmetricKey(block), template(key));
        let made = self.session.register(request).await?;
        Ok(made.unique_identifier.to_string())
    }

    /// Makes a Pre-Active key Active.
    pub(crate) async fn activate(&mut self, unique_identifier: &str) -> Result<(), Error> {
        Ok(self.session.activate(unique_identifier).await?)
    }

    /// Makes an Active key Deactivated, for the reason Superseded.
    pub(crate) async fn deactivate(&mut self, unique_identifier: &str) -> Result<(), Error> {
        let reason = RevocationReason::new(RevocationReasonCode::SUPERSEDED);
        Ok(self.session.revoke(unique_identifier, reason).await?)
    }

    /// Destroys a key: a throw-away key, or one that `master destroy` was asked for.
    pub(crate) async fn destroy(&mut self, unique_identifier: &str) -> Result<(), Error> {
        Ok(self.session.destroy(unique_identifier).await?)
    }
}

pub(super) fn absent_is_none<T>(answer: Result<T, ClientError>) -> Result<Option<T>, Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if is_not_found(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn master_key(object: ManagedObject) -> Result<MasterKey, Unfit> {
    let ManagedObject::SymmetricKey(block) = object else {
        return Err(Unfit::ObjectType(object.object_type()));
    };
    let aes = CryptographicAlgorithm::AES;
    if let Some(algorithm) = block
        .cryptographic_algorithm
        .filter(|algorithm| *algorithm != aes)
    {
        return Err(Unfit::Algorithm(algorithm));
    }
    let known = [LENGTH_BITS, BASE64_BITS];
    if let Some(bits) = block
        .cryptographic_length
        .filter(|bits| !known.contains(bits))
    {
        return Err(Unfit::Length(bits));
    }
    let octets = match block.plain_key() {
        Some(octets) if block.key_format_type == KeyFormatType::RAW => octets,
        _ => return Err(Unfit::Format),
    };
    // PSMDB before 4.4.21, 5.0.17 and 6.0.6 registered the base64 of the key.
    let octets = match base64::decode(octets.expose()) {
        Some(decoded) => decoded,
        None => octets.duplicate(),
    };
    MasterKey::new(octets).map_err(|error| Unfit::Octets(error.len))
}

fn label(namespace: &str, data: &str) -> Attribute {
    let label = ApplicationSpecificInformation::new(namespace, data);
    AttributeValue::ApplicationSpecificInformation(label).into()
}

fn template(key: &NewKey) -> Vec<Attribute> {
    let mask = CryptographicUsageMask::ENCRYPT | CryptographicUsageMask::DECRYPT;
    let mut attributes = vec![
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
        AttributeValue::CryptographicLength(LENGTH_BITS).into(),
        AttributeValue::CryptographicUsageMask(mask).into(),
        Name::text(&key.name).into(),
    ];
    let labels = [
        (LABEL_STORE, Some(&key.store)),
        (LABEL_INTENT, Some(&key.intent)),
        (LABEL_REPLACES, key.replaces.as_ref()),
    ];
    // Several instances of one attribute need indices (KMIP 1.0, 2.1.1).
    let labels = labels
        .into_iter()
        .filter_map(|(space, data)| Some(label(space, data?)));
    attributes.extend(
        (0..)
            .zip(labels)
            .map(|(index, label)| label.with_index(index)),
    );
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(octets: &[u8], bits: Option<i32>) -> Result<MasterKey, Unfit> {
        let octets = SecretBytes::copy_from(octets);
        let mut block = KeyBlock::raw(CryptographicAlgorithm::AES, octets);
        block.cryptographic_length = bits;
        master_key(ManagedObject::SymmetricKey(block))
    }

    #[test]
    fn a_key_is_read_raw_and_as_old_psmdb_wrote_it() {
        let raw = read(&[7; 32], Some(256)).unwrap();
        let text = b"BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
        for bits in [None, Some(256), Some(352)] {
            assert!(read(text, bits).unwrap().same_as(&raw), "{bits:?}");
        }
        for bad in [&text[..43], &[b'!'; 44], &[7; 31], &[]] {
            assert_eq!(read(bad, None).unwrap_err(), Unfit::Octets(bad.len()));
        }
        assert_eq!(read(&[7; 16], Some(128)).unwrap_err(), Unfit::Length(128));
    }
}
