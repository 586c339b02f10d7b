//! JSON: objects with `tag`, `type` and `value`; a structure's value is a list.
//!
//! May touch: key octets; serde_json leaves copies of them in memory.

use serde_json::{Map, Value as Json};
use strongroom_ttlv::{Fields, Item, ItemType, Limits, Value};
use zeroize::Zeroizing;

use super::error::{TextError, TextErrorKind};
use super::names::{self, Beside};
use super::read;
use super::tree::{Budget, Node, NodeValue, bad};
use super::write::{self, Form};
use crate::tag;

/// The message that `text`, one JSON object, says: as TTLV.
///
/// # Errors
///
/// [`TextError`] with the names of the items down to the one at fault.
pub fn from_json(text: &str, limits: &Limits) -> Result<Zeroizing<Vec<u8>>, TextError> {
    let mut budget = Budget::new(text, *limits)?;
    let json: Json = serde_json::from_str(text).map_err(|error| TextErrorKind::Json {
        line: error.line(),
        column: error.column(),
    })?;
    node(&json, 1, Beside::default(), &mut budget)?.to_ttlv()
}

fn node(
    json: &Json,
    depth: usize,
    beside: Beside<'_>,
    budget: &mut Budget,
) -> Result<Node, TextError> {
    let Json::Object(object) = json else {
        return Err(TextErrorKind::Shape("an item is an object with tag, type and value").into());
    };
    let Some(Json::String(name)) = object.get("tag") else {
        return Err(TextErrorKind::Shape("an item needs its tag, a string").into());
    };
    inner(object, name, (depth, beside), budget).map_err(|error| error.inside(name))
}

fn inner(
    object: &Map<String, Json>,
    name: &str,
    (depth, beside): (usize, Beside<'_>),
    budget: &mut Budget,
) -> Result<Node, TextError> {
    budget.take(depth)?;
    if object
        .keys()
        .any(|key| !["tag", "name", "type", "value"].contains(&key.as_str()))
    {
        return Err(TextErrorKind::Shape("an item has tag, name, type and value only").into());
    }
    let unknown = || TextErrorKind::UnknownTag {
        name: name.to_owned(),
    };
    let tag = tag::from_text(name).ok_or_else(unknown)?;
    let item_type = type_of(object)?;
    let value = match (item_type, object.get("value")) {
        (ItemType::Structure, None | Some(Json::Null)) => NodeValue::Structure(Vec::new()),
        (ItemType::Structure, Some(Json::Array(items))) => {
            NodeValue::Structure(children(items, depth, budget)?)
        }
        (ItemType::Structure, Some(_)) => return Err(bad(item_type, "a list of items")),
        (_, None) => return Err(TextErrorKind::NoValue.into()),
        (_, Some(value)) => read::value((tag, item_type), &spelled(item_type, value)?, beside)?,
    };
    Ok(Node { tag, value })
}

/// A value of JSON in the spelling that XML has for it.
fn spelled(item_type: ItemType, value: &Json) -> Result<String, TextError> {
    match (item_type, value) {
        (_, Json::String(text)) => Ok(text.clone()),
        (ItemType::Boolean, Json::Bool(flag)) => Ok(flag.to_string()),
        (
            ItemType::Integer
            | ItemType::LongInteger
            | ItemType::Enumeration
            | ItemType::Interval
            | ItemType::DateTimeExtended,
            Json::Number(number),
        ) => Ok(number.to_string()),
        // A number is a hexadecimal one in its shortest form.
        (ItemType::BigInteger, Json::Number(number)) => match number.as_i64() {
            Some(number) => Ok(format!("{number:016x}")),
            None => Err(bad(item_type, "a whole number, or hexadecimal digits")),
        },
        _ => Err(bad(item_type, "a string")),
    }
}

fn children(items: &[Json], depth: usize, budget: &mut Budget) -> Result<Vec<Node>, TextError> {
    let mut beside = Beside::default();
    let mut nodes = Vec::with_capacity(items.len());
    for item in items {
        nodes.push(node(item, depth.saturating_add(1), beside, budget)?);
        let text = |key| item.get(key).and_then(Json::as_str);
        if let (Some(name), Some(value)) = (text("tag"), text("value"))
            && let Some(tag) = tag::from_text(name)
        {
            beside.note(tag, value);
        }
    }
    Ok(nodes)
}

fn type_of(object: &Map<String, Json>) -> Result<ItemType, TextError> {
    let name = match object.get("type") {
        None => return Ok(ItemType::Structure),
        Some(Json::String(name)) => name,
        Some(_) => return Err(TextErrorKind::Shape("the type of an item is a string").into()),
    };
    let unknown = || TextErrorKind::UnknownType { name: name.clone() };
    Ok(names::item_type(name).ok_or_else(unknown)?)
}

/// The message as JSON, an item a line. The text holds keys as they are, and is wiped when
/// dropped.
///
/// # Errors
///
/// [`TextError`] when `message` is no TTLV.
pub fn to_json(message: &[u8], limits: &Limits) -> Result<Zeroizing<String>, TextError> {
    let item = Fields::item(message, limits)?;
    let mut out = Zeroizing::new(String::with_capacity(message.len().saturating_mul(16)));
    object(&mut out, &item, 0, Beside::default())?;
    out.push('\n');
    Ok(out)
}

fn object(
    out: &mut Zeroizing<String>,
    item: &Item<'_>,
    level: usize,
    beside: Beside<'_>,
) -> Result<(), TextError> {
    let indent = " ".repeat(level);
    let name = names::tag_name(item.tag);
    for part in [&indent, "{\"tag\":\"", &name, "\", "] {
        out.push_str(part);
    }
    let Value::Structure(mut fields) = item.value.clone() else {
        let text = Zeroizing::new(write::value(Form::Json, item.tag, &item.value, beside));
        let quoted = match item.value {
            Value::Boolean(_) => text,
            _ => Zeroizing::new(Json::String(text.to_string()).to_string()),
        };
        let item_type = names::type_name(item.value.item_type());
        for part in ["\"type\":\"", item_type, "\", \"value\":", &quoted, "}"] {
            out.push_str(part);
        }
        return Ok(());
    };
    out.push_str("\"value\":[");
    let mut beside = Beside::default();
    let mut separator = "\n";
    while let Some(inner) = fields.next_item()? {
        out.push_str(separator);
        object(out, &inner, level.saturating_add(1), beside)?;
        if let Value::Text(text) = inner.value {
            beside.note(inner.tag, text);
        }
        separator = ",\n";
    }
    if separator == ",\n" {
        out.push('\n');
        out.push_str(&indent);
    }
    out.push_str("]}");
    Ok(())
}
