//! Attributes: from a request's template into an object, and out of an object into an answer.
//!
//! May touch: nothing.

use std::collections::HashSet;

use strongroom_kmip::attribute::{
    ApplicationSpecificInformation, Attribute, AttributeName, AttributeValue, Digest, Name,
    RevocationReason, TemplateAttribute, attribute_name,
};
use strongroom_kmip::enumeration::{
    CertificateType, CryptographicAlgorithm, HashingAlgorithm, KeyFormatType, NameType, ObjectType,
    RevocationReasonCode, State,
};
use strongroom_kmip::{CryptographicUsageMask, DateTime};

use crate::further;
use crate::lifecycle::Lifecycle;
use crate::object::{ApplicationInformation, Object, ObjectName};
use crate::refusal::Refusal;

/// Policy that an object gets when the client names none (KMIP 1.0, 3.13).
const DEFAULT_POLICY: &str = "default";

/// What a client may say about an object that it creates or registers.
#[derive(Debug, Default)]
pub(crate) struct Template {
    pub(crate) algorithm: Option<CryptographicAlgorithm>,
    pub(crate) length_bits: Option<i32>,
    pub(crate) usage_mask: Option<CryptographicUsageMask>,
    pub(crate) names: Vec<ObjectName>,
    pub(crate) application: Vec<ApplicationInformation>,
    pub(crate) groups: Vec<String>,
    pub(crate) policy: Option<String>,
    pub(crate) activation: Option<i64>,
    pub(crate) deactivation: Option<i64>,
    pub(crate) certificate_type: Option<CertificateType>,
    pub(crate) further: Vec<AttributeValue>,
}

impl Template {
    /// Reads the attributes of a Create or Register request.
    pub(crate) fn read(template: TemplateAttribute) -> Result<Self, Refusal> {
        if !template.names.is_empty() {
            return Err(Refusal::Template);
        }
        let mut out = Self::default();
        let mut seen = HashSet::new();
        for attribute in template.attributes {
            let name = attribute.name().to_owned();
            let index = attribute.index;
            let several = out.take(attribute.value)?;
            if !several && index.is_some_and(|index| index != 0) {
                return Err(Refusal::Index(name));
            }
            // Instances without an index are counted on.
            let instance = if several { index } else { Some(0) };
            if instance.is_some() && !seen.insert((name.clone(), instance)) {
                return Err(Refusal::RepeatedAttribute(name));
            }
        }
        Ok(out)
    }

    /// Takes one value; says whether the attribute may have several instances.
    fn take(&mut self, value: AttributeValue) -> Result<bool, Refusal> {
        match value {
            AttributeValue::Name(name) => self.names.push(ObjectName {
                value: name.value,
                name_type: name.name_type.value(),
            }),
            AttributeValue::ApplicationSpecificInformation(information) => {
                self.application.push(ApplicationInformation {
                    namespace: information.namespace,
                    data: information.data.ok_or(Refusal::ApplicationData)?,
                });
            }
            AttributeValue::ObjectGroup(group) => self.groups.push(group),
            value if further::is_clients_at_first(&value) => {
                let several = further::is_multiple(&value);
                self.further.push(value);
                return Ok(several);
            }
            value => return self.take_single(value).map(|()| false),
        }
        Ok(true)
    }

    fn take_single(&mut self, value: AttributeValue) -> Result<(), Refusal> {
        match value {
            AttributeValue::CryptographicAlgorithm(algorithm) => self.algorithm = Some(algorithm),
            AttributeValue::CryptographicLength(bits) => self.length_bits = Some(bits),
            AttributeValue::CryptographicUsageMask(mask) => self.usage_mask = Some(mask),
            AttributeValue::CertificateType(named) => self.certificate_type = Some(named),
            AttributeValue::OperationPolicyName(policy) => self.policy = Some(policy),
            AttributeValue::ActivationDate(date) => self.activation = Some(date.0),
            AttributeValue::DeactivationDate(date) => self.deactivation = Some(date.0),
            AttributeValue::UniqueIdentifier(_)
            | AttributeValue::ObjectType(_)
            | AttributeValue::State(_)
            | AttributeValue::Digest(_)
            | AttributeValue::InitialDate(_)
            | AttributeValue::DestroyDate(_)
            | AttributeValue::CompromiseDate(_)
            | AttributeValue::CompromiseOccurrenceDate(_)
            | AttributeValue::RevocationReason(_)
            | AttributeValue::ArchiveDate(_)
            | AttributeValue::CertificateLength(_)
            | AttributeValue::AlwaysSensitive(_)
            | AttributeValue::NeverExtractable(_)
            | AttributeValue::LastChangeDate(_) => {
                return Err(Refusal::ServerAttribute(value.name().to_owned()));
            }
            _ => return Err(Refusal::UnsupportedAttribute(value.name().to_owned())),
        }
        Ok(())
    }

    /// What is no certificate has no type of one.
    pub(crate) fn refuse_certificate_type(&self) -> Result<(), Refusal> {
        match self.certificate_type {
            None => Ok(()),
            Some(_) => Err(Refusal::Contradiction(attribute_name::CERTIFICATE_TYPE)),
        }
    }

    /// Operation Policy Name, or the default one.
    pub(crate) fn policy(&mut self) -> String {
        self.policy
            .take()
            .unwrap_or_else(|| DEFAULT_POLICY.to_owned())
    }
}

/// All attributes of an object at `now`. Which of them a version knows, the encoder decides.
pub(crate) fn all(object: &Object, now: i64) -> Vec<Attribute> {
    let mut out = Vec::new();
    let mut put = |value: AttributeValue| out.push(Attribute::new(value));
    put(AttributeValue::UniqueIdentifier(object.uid.as_str().into()));
    put(AttributeValue::ObjectType(ObjectType::new(
        object.object_type,
    )));
    if let Some(algorithm) = object.algorithm {
        put(AttributeValue::CryptographicAlgorithm(
            CryptographicAlgorithm::new(algorithm),
        ));
    }
    if let Some(bits) = object.length_bits.and_then(|bits| i32::try_from(bits).ok()) {
        put(AttributeValue::CryptographicLength(bits));
    }
    if let Some(mask) = object.usage_mask {
        put(AttributeValue::CryptographicUsageMask(
            CryptographicUsageMask::new(mask),
        ));
    }
    put(AttributeValue::OperationPolicyName(object.policy.clone()));
    if let Some(format) = object.key_format {
        put(AttributeValue::KeyFormatType(KeyFormatType::new(format)));
    }
    if object.object_type == ObjectType::CERTIFICATE.value() {
        certificate(object, &mut put);
    }
    if let Some(digest) = digest(object) {
        put(AttributeValue::Digest(digest));
    }
    lifecycle(object, now, &mut put);
    let names = object.names.iter().map(|name| {
        AttributeValue::Name(Name::new(name.value.clone(), NameType::new(name.name_type)))
    });
    out.extend(indexed(names));
    let application = object.application.iter().map(|information| {
        AttributeValue::ApplicationSpecificInformation(ApplicationSpecificInformation::new(
            information.namespace.clone(),
            information.data.clone(),
        ))
    });
    out.extend(indexed(application));
    out.extend(indexed(
        object
            .groups
            .iter()
            .cloned()
            .map(AttributeValue::ObjectGroup),
    ));
    for value in object.further.values() {
        let same = |has: &&Attribute| has.value.attribute_name() == value.attribute_name();
        let index = out.iter().filter(same).count();
        out.push(with_index(value.clone(), index));
    }
    out
}

/// What a certificate has: its type and, as long as it is there, its length in octets.
fn certificate(object: &Object, put: &mut impl FnMut(AttributeValue)) {
    let certificate_type = CertificateType::new(object.data_type.unwrap_or_default());
    put(AttributeValue::CertificateType(certificate_type));
    let len = object.material.as_ref().map(|material| material.len());
    if let Some(len) = len.and_then(|len| i32::try_from(len).ok()) {
        put(AttributeValue::CertificateLength(len));
    }
}

fn lifecycle(object: &Object, now: i64, put: &mut impl FnMut(AttributeValue)) {
    let life: &Lifecycle = &object.life;
    if !object.is_opaque() {
        put(AttributeValue::State(State::new(
            life.state_at(now).value(),
        )));
    }
    put(AttributeValue::InitialDate(DateTime(life.initial)));
    put(AttributeValue::LastChangeDate(DateTime(life.last_change)));
    type Date = (Option<i64>, fn(DateTime) -> AttributeValue);
    let dates: [Date; 5] = [
        (life.activation, AttributeValue::ActivationDate),
        (life.deactivation, AttributeValue::DeactivationDate),
        (life.destroy, AttributeValue::DestroyDate),
        (life.compromise, AttributeValue::CompromiseDate),
        (
            life.compromise_occurrence,
            AttributeValue::CompromiseOccurrenceDate,
        ),
    ];
    for (date, value) in dates {
        if let Some(date) = date {
            put(value(DateTime(date)));
        }
    }
    if let Some(revocation) = &life.revocation {
        let mut reason = RevocationReason::new(RevocationReasonCode::new(revocation.code));
        reason.message.clone_from(&revocation.message);
        put(AttributeValue::RevocationReason(reason));
    }
}

/// SHA-256 of the key material as it lies here (KMIP 1.0, 3.12).
fn digest(object: &Object) -> Option<Digest> {
    // An Opaque Object has none (KMIP 1.0, table 62).
    if object.is_opaque() {
        return None;
    }
    let mut digest = Digest::new(HashingAlgorithm::SHA_256, object.digest.to_vec());
    digest.key_format_type = object.key_format.map(KeyFormatType::new);
    Some(digest)
}

fn indexed(values: impl Iterator<Item = AttributeValue>) -> impl Iterator<Item = Attribute> {
    values
        .zip(0..)
        .map(|(value, index)| with_index(value, index))
}

/// Index 0 is left out: absent means 0 (KMIP 1.0, 2.1.1).
pub(crate) fn with_index(value: AttributeValue, index: usize) -> Attribute {
    match u32::try_from(index) {
        Ok(index) if index > 0 => Attribute::new(value).with_index(index),
        _ => Attribute::new(value),
    }
}

/// What a Locate request asks an object to be.
#[derive(Debug)]
pub(crate) struct Criteria {
    attributes: Vec<AttributeValue>,
}

impl Criteria {
    pub(crate) fn new(attributes: Vec<Attribute>) -> Self {
        Self {
            attributes: attributes
                .into_iter()
                .map(|attribute| attribute.value)
                .collect(),
        }
    }

    /// A Name that every hit must have, if the request wants one.
    pub(crate) fn name(&self) -> Option<&str> {
        self.attributes.iter().find_map(|value| match value {
            AttributeValue::Name(name) => Some(name.value.as_str()),
            _ => None,
        })
    }

    /// Whether a State is asked for.
    pub(crate) fn has_state(&self) -> bool {
        let is_state = |value: &AttributeValue| matches!(value, AttributeValue::State(_));
        self.attributes.iter().any(is_state)
    }

    /// Whether `object` fits every criterion.
    pub(crate) fn fits(&self, object: &Object, now: i64) -> bool {
        let mut wanted = self.attributes.iter();
        wanted.all(|wanted| self.fits_one(object, now, wanted))
    }

    fn fits_one(&self, object: &Object, now: i64, wanted: &AttributeValue) -> bool {
        match wanted {
            AttributeValue::Name(name) => object
                .names
                .iter()
                .any(|has| has.value == name.value && has.name_type == name.name_type.value()),
            AttributeValue::ApplicationSpecificInformation(information) => {
                object.application.iter().any(|has| {
                    has.namespace == information.namespace
                        && information
                            .data
                            .as_ref()
                            .is_none_or(|data| *data == has.data)
                })
            }
            AttributeValue::ObjectGroup(group) => object.groups.contains(group),
            AttributeValue::CryptographicUsageMask(mask) => object
                .usage_mask
                .is_some_and(|has| CryptographicUsageMask::new(has).contains(*mask)),
            // What remains has one instance, so it can be compared with what Get Attributes
            // would say; what this server does not keep fits nothing.
            wanted => all(object, now)
                .iter()
                .any(|has| match (date(&has.value), date(wanted)) {
                    (Some(has_date), Some(_)) if has.name() == wanted.name() => {
                        self.date_fits(wanted.name(), has_date)
                    }
                    _ => has.value == *wanted,
                }),
        }
    }

    /// One date must be met; two are the ends of a range (KMIP 1.0, 4.8).
    fn date_fits(&self, name: &str, has: i64) -> bool {
        let wanted = self
            .attributes
            .iter()
            .filter(|value| value.name() == name)
            .filter_map(date);
        let (from, until) = wanted.fold((i64::MAX, i64::MIN), |(from, until), date| {
            (from.min(date), until.max(date))
        });
        (from..=until).contains(&has)
    }
}

fn date(value: &AttributeValue) -> Option<i64> {
    match value {
        AttributeValue::InitialDate(date)
        | AttributeValue::ActivationDate(date)
        | AttributeValue::DeactivationDate(date)
        | AttributeValue::DestroyDate(date)
        | AttributeValue::CompromiseDate(date)
        | AttributeValue::CompromiseOccurrenceDate(date)
        | AttributeValue::LastChangeDate(date) => Some(date.0),
        _ => None,
    }
}

/// Keeps the attributes that are named; all when none is.
pub(crate) fn named(attributes: Vec<Attribute>, names: &[AttributeName]) -> Vec<Attribute> {
    if names.is_empty() {
        return attributes;
    }
    let wanted = |attribute: &Attribute| names.contains(&attribute.value.attribute_name());
    attributes.into_iter().filter(wanted).collect()
}

/// The attribute that a Create or Register request must have.
pub(crate) const USAGE_MASK: &str = attribute_name::CRYPTOGRAPHIC_USAGE_MASK;
/// As [`USAGE_MASK`].
pub(crate) const ALGORITHM: &str = attribute_name::CRYPTOGRAPHIC_ALGORITHM;
/// As [`USAGE_MASK`].
pub(crate) const LENGTH: &str = attribute_name::CRYPTOGRAPHIC_LENGTH;
