//! Re-key (KMIP 1.0, 4.4; KMIP 2.1, 6.1.46): a new key takes the place of a symmetric key.

use strongroom_kmip::enumeration::{KeyFormatType, LinkType, ObjectType};
use strongroom_kmip::operation::{ReKeyRequest, ReKeyResponse};
use strongroom_kmip::{AttributeValue, CryptographicAlgorithm, CryptographicUsageMask, DateTime};

use super::Context;
use super::insert::{Kind, random_key, refuse_storage};
use crate::attributes::{ALGORITHM, LENGTH, Template};
use crate::crypto::symmetric;
use crate::further;
use crate::object::Object;
use crate::refusal::Refusal;

impl Context<'_> {
    /// Names move to the new key; each of the two links to the other.
    pub(crate) fn re_key(&self, request: ReKeyRequest) -> Result<ReKeyResponse, Refusal> {
        refuse_storage(request.protection_storage_masks.as_ref())?;
        let old = self.object(request.unique_identifier.as_ref())?;
        refuse_unfit(&old, self.now)?;
        let given = Template::read(request.template_attribute.unwrap_or_default())?;
        let template = self.replacement(&old, given, request.offset.map(|offset| offset.0))?;
        let octets = old.material.as_ref().map(|material| material.len());
        let kind = Kind {
            object_type: ObjectType::SYMMETRIC_KEY,
            data_type: None,
            key_format: Some(KeyFormatType::RAW),
        };
        let material = match template.algorithm.zip(template.length_bits) {
            // What the server does not make itself gets as many random octets.
            Some((algorithm, bits)) => symmetric::generate(algorithm, bits)
                .or_else(|_| random_key(octets.unwrap_or_default()))?,
            None => random_key(octets.unwrap_or_default())?,
        };
        let new = self.object_of(template, kind, material)?;
        let made = self.insert_all(vec![new], |table, made| {
            // As it is now, not as it was when the request came.
            let mut old = Object::clone(&*self.find(table, &old.uid)?);
            refuse_unfit(&old, self.now)?;
            for new in made {
                old.further
                    .link(LinkType::REPLACEMENT_OBJECT_LINK, &new.uid)?;
                new.further.link(LinkType::REPLACED_OBJECT_LINK, &old.uid)?;
                let mut names = std::mem::take(&mut old.names);
                names.append(&mut new.names);
                new.names = names;
            }
            old.life.last_change = self.now;
            Ok(vec![old])
        })?;
        let new = made.first().ok_or(Refusal::NoMaterial)?;
        Ok(ReKeyResponse::new(new.uid.clone()))
    }

    /// The attributes of the new key: those of the old one but for its Names and what is the
    /// server's, those of the request in their place.
    fn replacement(
        &self,
        old: &Object,
        mut given: Template,
        offset: Option<u32>,
    ) -> Result<Template, Refusal> {
        let algorithm = old.algorithm.map(CryptographicAlgorithm::new);
        if given.algorithm.is_some() && given.algorithm != algorithm {
            return Err(Refusal::Contradiction(ALGORITHM));
        }
        let bits = old.length_bits.and_then(|bits| i32::try_from(bits).ok());
        if given.length_bits.is_some() && given.length_bits != bits {
            return Err(Refusal::Contradiction(LENGTH));
        }
        (given.algorithm, given.length_bits) = (algorithm, bits);
        let mask = old.usage_mask.map(CryptographicUsageMask::new);
        given.usage_mask = given.usage_mask.or(mask);
        if given.application.is_empty() {
            given.application.clone_from(&old.application);
        }
        if given.groups.is_empty() {
            given.groups.clone_from(&old.groups);
        }
        given.policy.get_or_insert_with(|| old.policy.clone());
        let copied = old.further.values().iter().filter(|value| {
            let mut others = given.further.iter();
            let named = others.any(|other| other.attribute_name() == value.attribute_name());
            let link = matches!(value, AttributeValue::Link(_));
            further::is_clients(value) && !link && !named
        });
        let copied: Vec<_> = copied.cloned().collect();
        given.further.extend(copied);
        self.dates(old, &mut given, offset);
        Ok(given)
    }

    /// With an Offset all dates move so that the new key becomes Active so long after now; without
    /// one they are those of the old key (KMIP 1.0, 4.4).
    fn dates(&self, old: &Object, given: &mut Template, offset: Option<u32>) {
        let (from, until) = (old.life.activation, old.life.deactivation);
        let start = offset.map(|offset| self.now.saturating_add(i64::from(offset)));
        // By how much; nothing to go by where the old key was never to become Active.
        let by = match start {
            Some(start) => from.map(|from| start.saturating_sub(from)),
            None => Some(0),
        };
        given.activation = given.activation.or(start).or(from);
        let moved = until.zip(by).map(|(until, by)| until.saturating_add(by));
        given.deactivation = given.deactivation.or(moved);
        let moved = old.further.values().iter().filter_map(|value| {
            let moved = |date: &DateTime| Some(DateTime(date.0.saturating_add(by?)));
            match value {
                AttributeValue::ProcessStartDate(date) => {
                    moved(date).map(AttributeValue::ProcessStartDate)
                }
                AttributeValue::ProtectStopDate(date) => {
                    moved(date).map(AttributeValue::ProtectStopDate)
                }
                _ => None,
            }
        });
        for value in moved {
            let mut others = given.further.iter();
            if !others.any(|other| other.name() == value.name()) {
                given.further.push(value);
            }
        }
    }
}

fn refuse_unfit(old: &Object, now: i64) -> Result<(), Refusal> {
    old.refuse_destroyed(now)?;
    old.refuse_archived()?;
    match ObjectType::new(old.object_type) {
        ObjectType::SYMMETRIC_KEY => Ok(()),
        other => Err(Refusal::ObjectType(other)),
    }
}
