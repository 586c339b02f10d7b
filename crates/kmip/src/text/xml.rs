//! XML: an element named by the tag, with `type` and `value`; unknown tags are `TTLV` elements
//! with the number.
//!
//! May touch: key octets.

use strongroom_ttlv::{Fields, Item, ItemType, Limits, Tag, Value};
use zeroize::Zeroizing;

use super::error::{TextError, TextErrorKind};
use super::names::{self, Beside};
use super::read;
use super::tree::{Budget, Node, NodeValue};
use super::write::{self, Form};
use crate::tag;

/// The element of a tag without a name.
const TTLV: &str = "TTLV";
const INDENT: usize = 2;

/// The message that `text`, one XML element, says: as TTLV.
///
/// # Errors
///
/// [`TextError`] with the names of the items down to the one at fault.
pub fn from_xml(text: &str, limits: &Limits) -> Result<Zeroizing<Vec<u8>>, TextError> {
    let mut budget = Budget::new(text, *limits)?;
    let document =
        roxmltree::Document::parse(text).map_err(|error| TextErrorKind::Xml(error.to_string()))?;
    node(document.root_element(), 1, Beside::default(), &mut budget)?.to_ttlv()
}

fn node(
    element: roxmltree::Node<'_, '_>,
    depth: usize,
    beside: Beside<'_>,
    budget: &mut Budget,
) -> Result<Node, TextError> {
    let name = element.tag_name().name();
    inner(element, depth, beside, budget).map_err(|error| error.inside(name))
}

fn inner(
    element: roxmltree::Node<'_, '_>,
    depth: usize,
    beside: Beside<'_>,
    budget: &mut Budget,
) -> Result<Node, TextError> {
    budget.take(depth)?;
    let tag = tag_of(element)?;
    let value = match type_of(element)? {
        ItemType::Structure => NodeValue::Structure(children(element, depth, budget)?),
        item_type => {
            let text = element.attribute("value").ok_or(TextErrorKind::NoValue)?;
            read::value((tag, item_type), text, beside)?
        }
    };
    Ok(Node { tag, value })
}

fn children(
    element: roxmltree::Node<'_, '_>,
    depth: usize,
    budget: &mut Budget,
) -> Result<Vec<Node>, TextError> {
    let mut beside = Beside::default();
    let mut items = Vec::new();
    for child in element.children() {
        if child.is_element() {
            items.push(node(child, depth.saturating_add(1), beside, budget)?);
            if let (Ok(tag), Some(text)) = (tag_of(child), child.attribute("value")) {
                beside.note(tag, text);
            }
        } else if child.is_text() && child.text().is_some_and(|text| !text.trim().is_empty()) {
            return Err(TextErrorKind::Shape("text stands between the items").into());
        }
    }
    Ok(items)
}

fn tag_of(element: roxmltree::Node<'_, '_>) -> Result<Tag, TextError> {
    let name = element.tag_name().name();
    let wanted = if name == TTLV {
        element
            .attribute("tag")
            .ok_or(TextErrorKind::Shape("a TTLV element needs its tag"))?
    } else {
        name
    };
    let unknown = || TextErrorKind::UnknownTag {
        name: wanted.to_owned(),
    };
    Ok(tag::from_text(wanted).ok_or_else(unknown)?)
}

fn type_of(element: roxmltree::Node<'_, '_>) -> Result<ItemType, TextError> {
    let Some(name) = element.attribute("type") else {
        return Ok(ItemType::Structure);
    };
    let unknown = || TextErrorKind::UnknownType {
        name: name.to_owned(),
    };
    Ok(names::item_type(name).ok_or_else(unknown)?)
}

/// The message as XML, indented by two blanks. The text holds keys as they are, and is wiped when
/// dropped.
///
/// # Errors
///
/// [`TextError`] when `message` is no TTLV or a text has a character that XML cannot hold.
pub fn to_xml(message: &[u8], limits: &Limits) -> Result<Zeroizing<String>, TextError> {
    let item = Fields::item(message, limits)?;
    let mut out = Zeroizing::new(String::with_capacity(message.len().saturating_mul(16)));
    element(&mut out, &item, 0, Beside::default())?;
    Ok(out)
}

fn element(
    out: &mut Zeroizing<String>,
    item: &Item<'_>,
    level: usize,
    beside: Beside<'_>,
) -> Result<(), TextError> {
    let indent = " ".repeat(level.saturating_mul(INDENT));
    let (name, number) = match tag::text_name(item.tag) {
        Some(name) => (name, String::new()),
        None => (TTLV, format!(" tag=\"{}\"", names::hex_tag(item.tag))),
    };
    let Value::Structure(mut fields) = item.value.clone() else {
        let item_type = names::type_name(item.value.item_type());
        let text = Zeroizing::new(write::value(Form::Xml, item.tag, &item.value, beside));
        let text = Zeroizing::new(escaped(&text).map_err(|error| error.inside(name))?);
        for part in [
            &indent,
            "<",
            name,
            &number,
            " type=\"",
            item_type,
            "\" value=\"",
            &text,
            "\"/>\n",
        ] {
            out.push_str(part);
        }
        return Ok(());
    };
    if fields.remaining() == 0 {
        for part in [&indent, "<", name, &number, "/>\n"] {
            out.push_str(part);
        }
        return Ok(());
    }
    for part in [&indent, "<", name, &number, ">\n"] {
        out.push_str(part);
    }
    let mut beside = Beside::default();
    while let Some(inner) = fields.next_item()? {
        element(out, &inner, level.saturating_add(1), beside)?;
        if let Value::Text(text) = inner.value {
            beside.note(inner.tag, text);
        }
    }
    for part in [&indent, "</", name, ">\n"] {
        out.push_str(part);
    }
    Ok(())
}

/// A text as it stands between quotes; blanks that a reader would change are written as numbers.
fn escaped(text: &str) -> Result<String, TextError> {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            // XML 1.0, 2.2.
            '\0'..' ' | '\u{FFFE}' | '\u{FFFF}' => return Err(TextErrorKind::NotInXml.into()),
            other => out.push(other),
        }
    }
    Ok(out)
}
