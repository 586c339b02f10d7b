//! The operator's hand at a key server: makes keys, looks at them, ends them, over one session.
//!
//! May touch: its connection. What rows prove they do with the binary; this only sets the scene, for a
//! process per look would take most of the time.

use std::collections::BTreeSet;

use strongroom_client::blocking::{Client, Session};
use strongroom_client::{ClientOptions, Identity, ServerList, Trust};
use strongroom_kmip::attribute::{
    Attribute, AttributeValue, Name, RevocationReason, attribute_name,
};
use strongroom_kmip::object::{KeyBlock, ManagedObject};
use strongroom_kmip::operation::{CreateRequest, LocateRequest, RegisterRequest};
use strongroom_kmip::{
    CryptographicAlgorithm, CryptographicUsageMask as Usage, RevocationReasonCode, State,
};
use strongroom_secret::SecretBytes;

use super::pki::Pki;
use crate::Outcome;

/// One client's session with one server; made anew when the server closed it.
pub(super) struct Hand {
    client: Client,
    session: Option<Session>,
}

impl Hand {
    /// Connects at first use.
    pub(super) fn at(port: u16, pki: &Pki) -> Outcome<Self> {
        let client = strongroom_client::Client::builder()
            .servers(ServerList::parse("127.0.0.1", port)?)
            .trust(Trust::from_ca_file(&pki.ca)?)
            .identity(Identity::from_files(
                &pki.client.certificate,
                Some(&pki.client.key),
                None,
            )?)
            .options(ClientOptions::default())
            .build_blocking()?;
        Ok(Self {
            client,
            session: None,
        })
    }

    fn session(&mut self) -> Outcome<&mut Session> {
        let kept = self.session.take();
        let kept = kept.filter(Session::usable).map(|mut session| {
            let is_alive = session.is_alive();
            (session, is_alive)
        });
        let session = match kept {
            Some((session, true)) => session,
            _ => self.client.connect()?,
        };
        Ok(self.session.insert(session))
    }

    /// Unique Identifiers of every object that this client sees.
    pub(super) fn objects(&mut self) -> Outcome<BTreeSet<String>> {
        let answer = self.session()?.locate(LocateRequest::new(Vec::new()))?;
        let ids = answer.unique_identifiers.iter().map(ToString::to_string);
        Ok(ids.collect())
    }

    /// How many keys it sees that are master keys; throw-away keys are none.
    pub(super) fn masters(&mut self) -> Outcome<usize> {
        let mut count = 0_usize;
        for id in self.objects()? {
            let answer = self
                .session()?
                .get_attributes(id.as_str(), &[attribute_name::NAME])?;
            let is_trial = answer.attributes.iter().any(|attribute| {
                matches!(&attribute.value, AttributeValue::Name(name) if name.value.contains("/trial-"))
            });
            count = count.saturating_add(usize::from(!is_trial));
        }
        Ok(count)
    }

    /// An object's State.
    pub(super) fn state(&mut self, id: &str) -> Outcome<State> {
        let answer = self
            .session()?
            .get_attributes(id, &[attribute_name::STATE])?;
        let state = answer.state();
        state.ok_or_else(|| format!("object {id} shows no State").into())
    }

    /// A Pre-Active AES-256 key made by the server.
    pub(super) fn create(&mut self, name: &str) -> Outcome<String> {
        let request = CreateRequest::symmetric_key(attributes(name));
        Ok(self
            .session()?
            .create(request)?
            .unique_identifier
            .to_string())
    }

    /// A Pre-Active key with these octets.
    pub(super) fn register(&mut self, name: &str, octets: &[u8]) -> Outcome<String> {
        let block = KeyBlock::raw(CryptographicAlgorithm::AES, SecretBytes::copy_from(octets));
        let key = ManagedObject::SymmetricKey(block);
        let request = RegisterRequest::new(key, attributes(name));
        let answer = self.session()?.register(request)?;
        Ok(answer.unique_identifier.to_string())
    }

    pub(super) fn activate(&mut self, id: &str) -> Outcome {
        self.session()?.activate(id)?;
        Ok(())
    }

    pub(super) fn revoke(&mut self, id: &str, code: RevocationReasonCode) -> Outcome {
        self.session()?.revoke(id, RevocationReason::new(code))?;
        Ok(())
    }

    /// The octets of a key, as whoever may read it takes them along.
    pub(super) fn octets(&mut self, id: &str) -> Outcome<SecretBytes> {
        let ManagedObject::SymmetricKey(block) = self.session()?.get(id)?.object else {
            return Err(format!("object {id} is no symmetric key").into());
        };
        let key = block.plain_key();
        let key = key.ok_or_else(|| format!("object {id} comes without its octets"))?;
        Ok(key.duplicate())
    }

    pub(super) fn destroy(&mut self, id: &str) -> Outcome {
        self.session()?.destroy(id)?;
        Ok(())
    }
}

fn attributes(name: &str) -> Vec<Attribute> {
    vec![
        AttributeValue::CryptographicAlgorithm(CryptographicAlgorithm::AES).into(),
        AttributeValue::CryptographicLength(256).into(),
        AttributeValue::CryptographicUsageMask(Usage::ENCRYPT | Usage::DECRYPT).into(),
        Name::text(name).into(),
    ]
}
