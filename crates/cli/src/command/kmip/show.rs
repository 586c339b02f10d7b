//! Prints what a KMIP server answered. Key octets only when asked for.

use std::fmt::Display;

use strongroom_kmip::attribute::{Attribute, AttributeValue};
use strongroom_kmip::object::KeyBlock;
use strongroom_kmip::operation::{GetResponse, QueryResponse};

use crate::failure::Failure;
use crate::output;

/// One word a line, or a JSON list.
pub(crate) fn ids(ids: &[impl Display], json: bool) -> Result<(), Failure> {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    if json {
        return output::json(&serde_json::json!(ids));
    }
    ids.iter().try_for_each(|id| output::data(id))
}

/// A Get answer.
pub(crate) fn object(got: &GetResponse, (reveal, json): (bool, bool)) -> Result<(), Failure> {
    let block = got.object.key_block();
    let octets = block.and_then(KeyBlock::plain_key);
    let material = octets
        .filter(|_| reveal)
        .map(|octets| output::hex(octets.expose()));
    let document = serde_json::json!({
        "uniqueIdentifier": got.unique_identifier.to_string(),
        "objectType": super::kind(&got.object).to_string(),
        "keyFormatType": block.map(|block| block.key_format_type.to_string()),
        "algorithm": block.and_then(|block| block.cryptographic_algorithm).map(|algorithm| algorithm.to_string()),
        "lengthBits": block.and_then(|block| block.cryptographic_length),
        "octets": octets.map(strongroom_secret::SecretBytes::len),
        "material": material,
    });
    if json {
        return output::json(&document);
    }
    lines(&document)
}

/// Attributes, one a line.
pub(crate) fn attributes(id: &str, attributes: &[Attribute], json: bool) -> Result<(), Failure> {
    let rows: Vec<(String, String)> = attributes
        .iter()
        .map(|attribute| (attribute.name().to_owned(), text(&attribute.value)))
        .collect();
    if json {
        let rows: Vec<_> = rows
            .iter()
            .map(|(name, value)| serde_json::json!({"name": name, "value": value}))
            .collect();
        return output::json(&serde_json::json!({"uniqueIdentifier": id, "attributes": rows}));
    }
    rows.iter()
        .try_for_each(|(name, value)| output::data(&format!("{name}: {value}")))
}

fn text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::UniqueIdentifier(id) => id.to_string(),
        AttributeValue::OperationPolicyName(text)
        | AttributeValue::ObjectGroup(text)
        | AttributeValue::ContactInformation(text)
        | AttributeValue::Pkcs12FriendlyName(text)
        | AttributeValue::Description(text)
        | AttributeValue::Comment(text) => text.clone(),
        AttributeValue::Name(name) => name.value.clone(),
        AttributeValue::ObjectType(kind) => kind.to_string(),
        AttributeValue::CryptographicAlgorithm(algorithm) => algorithm.to_string(),
        AttributeValue::CryptographicLength(bits) => bits.to_string(),
        AttributeValue::State(state) => state.to_string(),
        AttributeValue::ApplicationSpecificInformation(label) => {
            format!(
                "{} = {}",
                label.namespace,
                label.data.as_deref().unwrap_or_default()
            )
        }
        AttributeValue::InitialDate(date)
        | AttributeValue::ActivationDate(date)
        | AttributeValue::ProcessStartDate(date)
        | AttributeValue::ProtectStopDate(date)
        | AttributeValue::DeactivationDate(date)
        | AttributeValue::DestroyDate(date)
        | AttributeValue::CompromiseOccurrenceDate(date)
        | AttributeValue::CompromiseDate(date)
        | AttributeValue::ArchiveDate(date)
        | AttributeValue::LastChangeDate(date)
        | AttributeValue::OriginalCreationDate(date)
        | AttributeValue::RotateDate(date) => format!("{} s since 1970 (UTC)", date.0),
        other => format!("{other:?}"),
    }
}

/// A Query answer.
pub(crate) fn query(answer: &QueryResponse, json: bool) -> Result<(), Failure> {
    let operations: Vec<String> = answer.operations.iter().map(ToString::to_string).collect();
    let objects: Vec<String> = answer
        .object_types
        .iter()
        .map(ToString::to_string)
        .collect();
    let document = serde_json::json!({
        "vendor": answer.vendor_identification,
        "operations": operations,
        "objectTypes": objects,
    });
    if json {
        return output::json(&document);
    }
    lines(&document)
}

fn lines(document: &serde_json::Value) -> Result<(), Failure> {
    let Some(fields) = document.as_object() else {
        return output::data(&document.to_string());
    };
    for (name, value) in fields {
        let value = match value {
            serde_json::Value::Null => continue,
            serde_json::Value::String(text) => text.clone(),
            serde_json::Value::Array(values) => {
                let words = values.iter().map(|value| {
                    value
                        .as_str()
                        .map_or_else(|| value.to_string(), str::to_owned)
                });
                words.collect::<Vec<_>>().join(", ")
            }
            other => other.to_string(),
        };
        output::data(&format!("{name}: {value}"))?;
    }
    Ok(())
}
