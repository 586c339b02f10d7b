//! Attributes that have no field of their own in an object: kept as values.
//!
//! May touch: nothing.
//!
//! They lie in the store as the Attributes structure of KMIP 2.1, so they are encoded when they
//! change: what cannot be kept is refused before anything is changed.

use strongroom_kmip::attribute::{AttributeName, AttributeValue, Link, TemplateAttribute};
use strongroom_kmip::enumeration::LinkType;
use strongroom_kmip::{Limits, ProtocolVersion};

use crate::refusal::Refusal;

/// The version in whose form they are kept.
const FORM: ProtocolVersion = ProtocolVersion::V2_1;

/// Attributes without a field of their own, in order of their index.
#[derive(Clone, Debug, Default)]
pub(crate) struct Further {
    values: Vec<AttributeValue>,
    /// The same as they are stored; nothing when there are none.
    octets: Vec<u8>,
}

/// Whether a client may give this attribute to an object, now and later.
pub(crate) fn is_clients(value: &AttributeValue) -> bool {
    let kept = match value {
        AttributeValue::ContactInformation(_)
        | AttributeValue::Description(_)
        | AttributeValue::Comment(_)
        | AttributeValue::CryptographicParameters(_)
        | AttributeValue::AlternativeName(_)
        | AttributeValue::Link(_)
        | AttributeValue::Sensitive(_)
        | AttributeValue::Extractable(_)
        | AttributeValue::VendorAttribute(_) => true,
        // Those that begin with y- are the server's (KMIP 1.0, 3.33).
        AttributeValue::Other { name, .. } => name.starts_with("x-"),
        _ => false,
    };
    kept && value.is_in(FORM)
}

/// Whether a client may give this attribute to an object that it makes or brings.
pub(crate) fn is_clients_at_first(value: &AttributeValue) -> bool {
    let at_first = matches!(
        value,
        AttributeValue::CryptographicDomainParameters(_)
            | AttributeValue::OriginalCreationDate(_)
            | AttributeValue::ProcessStartDate(_)
            | AttributeValue::ProtectStopDate(_)
    );
    is_clients(value) || (at_first && value.is_in(FORM))
}

/// Whether a client may take this attribute away again.
fn is_deletable(value: &AttributeValue) -> bool {
    let flag = matches!(
        value,
        AttributeValue::Sensitive(_) | AttributeValue::Extractable(_)
    );
    is_clients(value) && !flag
}

/// Whether an object may have several instances of this attribute.
pub(crate) fn is_multiple(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::Other { .. } => true,
        value => value.term().is_some_and(|term| term.many),
    }
}

/// Whether it is an attribute of a vendor, `x` and `y` included.
pub(crate) const fn is_vendors(value: &AttributeValue) -> bool {
    matches!(
        value,
        AttributeValue::VendorAttribute(_) | AttributeValue::Other { .. }
    )
}

impl Further {
    /// Those that a new object has; Always Sensitive and Never Extractable follow from them.
    pub(crate) fn of_new(mut values: Vec<AttributeValue>) -> Result<Self, Refusal> {
        let follows = |value: &AttributeValue| match value {
            AttributeValue::Sensitive(is) => Some(AttributeValue::AlwaysSensitive(*is)),
            AttributeValue::Extractable(is) => Some(AttributeValue::NeverExtractable(!is)),
            _ => None,
        };
        let more: Vec<AttributeValue> = values.iter().filter_map(follows).collect();
        values.extend(more);
        Self::of(values)
    }

    /// Those of an object that was elsewhere.
    pub(crate) fn of(values: Vec<AttributeValue>) -> Result<Self, Refusal> {
        let mut out = Self::default();
        out.change(|own| {
            *own = values;
            Ok(())
        })?;
        Ok(out)
    }

    /// What [`Self::octets`] gave; `None` where it did not.
    pub(crate) fn from_octets(octets: &[u8]) -> Option<Self> {
        if octets.is_empty() {
            return Some(Self::default());
        }
        let read = TemplateAttribute::from_ttlv(octets, FORM, &Limits::default()).ok()?;
        let values = read.attributes.into_iter().map(|attribute| attribute.value);
        let back = Self::of(values.collect()).ok()?;
        (back.octets == octets && !back.values.is_empty()).then_some(back)
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    pub(crate) fn values(&self) -> &[AttributeValue] {
        &self.values
    }

    /// The first value for which `find` has something.
    pub(crate) fn find<T>(&self, find: impl Fn(&AttributeValue) -> Option<T>) -> Option<T> {
        self.values.iter().find_map(find)
    }

    /// Adds an instance, and gives its index.
    pub(crate) fn add(&mut self, value: &AttributeValue) -> Result<usize, Refusal> {
        let name = value.attribute_name();
        let index = self.places(&name).count();
        if index > 0 && !is_multiple(value) {
            return Err(Refusal::Exists(value.name().to_owned()));
        }
        self.change(|values| {
            note(values, value);
            values.push(value.clone());
            Ok(())
        })?;
        Ok(index)
    }

    /// Gives instance `index` another value.
    pub(crate) fn replace(&mut self, value: &AttributeValue, index: usize) -> Result<(), Refusal> {
        let at = self.places(&value.attribute_name()).nth(index);
        let absent = || Refusal::NoInstance(value.name().to_owned());
        let at = at.ok_or_else(absent)?;
        self.change(|values| {
            note(values, value);
            *values.get_mut(at).ok_or_else(absent)? = value.clone();
            Ok(())
        })
    }

    /// Gives an attribute with one instance at most a value.
    pub(crate) fn set(&mut self, value: &AttributeValue) -> Result<(), Refusal> {
        let there = self.places(&value.attribute_name()).next().is_some();
        match there {
            true => self.replace(value, 0),
            false => self.add(value).map(|_| ()),
        }
    }

    /// Takes instance `index` away; `None` where there is none that a client may delete.
    pub(crate) fn delete(&mut self, name: &AttributeName, index: usize) -> Option<AttributeValue> {
        let at = self.places(name).nth(index)?;
        if !self.values.get(at).is_some_and(is_deletable) {
            return None;
        }
        self.change(|values| Ok(values.remove(at))).ok()
    }

    /// Names another object as the one that is `link_type` of this one, in place of an earlier one.
    pub(crate) fn link(&mut self, link_type: LinkType, uid: &str) -> Result<(), Refusal> {
        let new = AttributeValue::Link(Link::new(link_type, uid));
        self.change(|values| {
            values.retain(|value| !is_link(value, link_type));
            values.push(new);
            Ok(())
        })
    }

    /// As [`Self::link`], beside those that are there.
    pub(crate) fn link_also(&mut self, link_type: LinkType, uid: &str) -> Result<(), Refusal> {
        let new = AttributeValue::Link(Link::new(link_type, uid));
        self.change(|values| {
            values.push(new);
            Ok(())
        })
    }

    /// Keeps those that `keep` lets through.
    pub(crate) fn retain(&mut self, keep: impl Fn(&AttributeValue) -> bool) -> Result<(), Refusal> {
        self.change(|values| {
            values.retain(keep);
            Ok(())
        })
    }

    /// Where the instances of an attribute stand.
    fn places(&self, name: &AttributeName) -> impl Iterator<Item = usize> {
        let values = self.values.iter().enumerate();
        values.filter_map(move |(at, value)| (value.attribute_name() == *name).then_some(at))
    }

    /// Changes a copy, and takes it over when it can be stored.
    fn change<T>(
        &mut self,
        change: impl FnOnce(&mut Vec<AttributeValue>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut values = self.values.clone();
        let outcome = change(&mut values)?;
        let attributes = values.iter().cloned().map(Into::into).collect();
        let octets = match values.is_empty() {
            true => Vec::new(),
            false => TemplateAttribute::new(attributes)
                .to_ttlv(FORM)
                .map_err(|_| Refusal::Parameter("an attribute is too long to be kept"))?
                .to_vec(),
        };
        *self = Self { values, octets };
        Ok(outcome)
    }
}

fn is_link(value: &AttributeValue, link_type: LinkType) -> bool {
    matches!(value, AttributeValue::Link(link) if link.link_type == link_type)
}

/// Before a change of Sensitive or Extractable: what was always so is so no more (KMIP 1.4, 3.49
/// and 3.51).
fn note(values: &mut Vec<AttributeValue>, new: &AttributeValue) {
    let ends = match new {
        AttributeValue::Sensitive(is) => {
            let known = values
                .iter()
                .any(|v| matches!(v, AttributeValue::Sensitive(_)));
            (!is || !known).then_some(AttributeValue::AlwaysSensitive(false))
        }
        AttributeValue::Extractable(is) => {
            let known = values
                .iter()
                .any(|v| matches!(v, AttributeValue::Extractable(_)));
            (*is || !known).then_some(AttributeValue::NeverExtractable(false))
        }
        _ => None,
    };
    if let Some(ends) = ends {
        values.retain(|value| value.name() != ends.name());
        values.push(ends);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_from_its_octets_and_nothing_else_does() {
        let mut further = Further::of_new(vec![
            AttributeValue::ContactInformation("ops".into()),
            AttributeValue::Sensitive(true),
        ])
        .unwrap();
        further.link(LinkType::PUBLIC_KEY_LINK, "a").unwrap();
        further.link(LinkType::PUBLIC_KEY_LINK, "b").unwrap();
        let back = Further::from_octets(further.octets()).unwrap();
        assert_eq!(back.values(), further.values());
        assert_eq!(back.values().len(), 4);
        let octets = further.octets();
        for len in 1..octets.len() {
            assert!(Further::from_octets(&octets[..len]).is_none(), "{len}");
        }
        // An empty structure is not how "none" is written.
        assert!(Further::from_octets(&[0x42, 1, 0x25, 1, 0, 0, 0, 0]).is_none());
        assert!(Further::from_octets(&[]).unwrap().values().is_empty());
    }

    #[test]
    fn always_sensitive_ends_when_sensitive_does_or_came_late() {
        let always = |further: &Further| {
            further.find(|value| match value {
                AttributeValue::AlwaysSensitive(is) => Some(*is),
                _ => None,
            })
        };
        let mut further = Further::of_new(vec![AttributeValue::Sensitive(true)]).unwrap();
        assert_eq!(always(&further), Some(true));
        further.set(&AttributeValue::Sensitive(true)).unwrap();
        assert_eq!(always(&further), Some(true));
        further.set(&AttributeValue::Sensitive(false)).unwrap();
        assert_eq!(always(&further), Some(false));
        let mut late = Further::default();
        late.set(&AttributeValue::Sensitive(true)).unwrap();
        assert_eq!(always(&late), Some(false));
    }
}
