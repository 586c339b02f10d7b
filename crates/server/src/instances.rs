//! Attribute instances of an object, as clients add, change and delete them (KMIP 1.0, 4.13 to
//! 4.15; KMIP 2.1, 6.1.2, 6.1.13, 6.1.34, 6.1.51).
//!
//! May touch: the object that is given, a copy of what the vault holds.
//!
//! An index is the place among the instances: when one is deleted, later ones move up. In 2.x there
//! are no indices: an instance is named by its value.

use strongroom_kmip::DateTime;
use strongroom_kmip::attribute::ApplicationSpecificInformation;
use strongroom_kmip::attribute::{Attribute, AttributeName, AttributeValue, Name, attribute_name};
use strongroom_kmip::enumeration::NameType;

use crate::attributes::{self, with_index};
use crate::further;
use crate::lifecycle::{LifecycleError, ObjectState};
use crate::object::{ApplicationInformation, Object, ObjectName};
use crate::refusal::Refusal;

/// Adds an instance, and gives the attribute with the index that it got.
pub(crate) fn add(
    object: &mut Object,
    value: AttributeValue,
    now: i64,
) -> Result<Attribute, Refusal> {
    let index = match &value {
        AttributeValue::Name(name) => {
            object.names.push(object_name(name));
            object.names.len()
        }
        AttributeValue::ApplicationSpecificInformation(information) => {
            object.application.push(application(information)?);
            object.application.len()
        }
        AttributeValue::ObjectGroup(group) => {
            object.groups.push(group.clone());
            object.groups.len()
        }
        AttributeValue::ActivationDate(_) if object.life.activation.is_some() => {
            return Err(Refusal::Exists(value.name().to_owned()));
        }
        AttributeValue::DeactivationDate(_) if object.life.deactivation.is_some() => {
            return Err(Refusal::Exists(value.name().to_owned()));
        }
        _ if further::is_clients(&value) => object.further.add(&value)?.saturating_add(1),
        _ => {
            set_date(object, &value, now)?;
            1
        }
    };
    Ok(with_index(value, index.saturating_sub(1)))
}

/// Gives instance `index` another value.
pub(crate) fn modify(
    object: &mut Object,
    value: AttributeValue,
    index: usize,
    now: i64,
) -> Result<Attribute, Refusal> {
    let absent = || Refusal::NoInstance(value.name().to_owned());
    match &value {
        AttributeValue::Name(name) => {
            *object.names.get_mut(index).ok_or_else(absent)? = object_name(name);
        }
        AttributeValue::ApplicationSpecificInformation(information) => {
            let new = application(information)?;
            *object.application.get_mut(index).ok_or_else(absent)? = new;
        }
        AttributeValue::ObjectGroup(group) => {
            object
                .groups
                .get_mut(index)
                .ok_or_else(absent)?
                .clone_from(group);
        }
        AttributeValue::ActivationDate(_) if object.life.activation.is_none() => {
            return Err(absent());
        }
        AttributeValue::DeactivationDate(_) if object.life.deactivation.is_none() => {
            return Err(absent());
        }
        _ if further::is_clients(&value) => object.further.replace(&value, index)?,
        _ if index != 0 => return Err(Refusal::Index(value.name().to_owned())),
        _ => set_date(object, &value, now)?,
    }
    Ok(with_index(value, index))
}

/// Takes instance `index` away, and gives it.
pub(crate) fn delete(
    object: &mut Object,
    name: &AttributeName,
    index: usize,
) -> Result<Attribute, Refusal> {
    fn take<T>(list: &mut Vec<T>, index: usize) -> Option<T> {
        (index < list.len()).then(|| list.remove(index))
    }
    let value = match name.as_str() {
        attribute_name::NAME => take(&mut object.names, index)
            .map(|name| AttributeValue::Name(Name::new(name.value, NameType::new(name.name_type)))),
        attribute_name::APPLICATION_SPECIFIC_INFORMATION => take(&mut object.application, index)
            .map(|has| ApplicationSpecificInformation::new(has.namespace, has.data))
            .map(AttributeValue::ApplicationSpecificInformation),
        attribute_name::OBJECT_GROUP => {
            take(&mut object.groups, index).map(AttributeValue::ObjectGroup)
        }
        _ => {
            if let Some(value) = object.further.delete(name, index) {
                return Ok(with_index(value, index));
            }
            let has = |attribute: &Attribute| attribute.value.attribute_name() == *name;
            return Err(match attributes::all(object, 0).iter().any(has) {
                true => Refusal::ReadOnly(name.as_str().to_owned()),
                false => Refusal::NoInstance(name.as_str().to_owned()),
            });
        }
    };
    value
        .map(|value| with_index(value, index))
        .ok_or_else(|| Refusal::NoInstance(name.as_str().to_owned()))
}

/// The index of the instance that has this value.
pub(crate) fn position(
    object: &Object,
    value: &AttributeValue,
    now: i64,
) -> Result<usize, Refusal> {
    let all = attributes::all(object, now);
    let name = value.attribute_name();
    let mut same = all.iter().filter(|has| has.value.attribute_name() == name);
    same.position(|has| has.value == *value)
        .ok_or_else(|| Refusal::NoInstance(value.name().to_owned()))
}

/// How many instances of this attribute there are.
pub(crate) fn count(object: &Object, name: &AttributeName, now: i64) -> usize {
    let all = attributes::all(object, now);
    let same = |has: &&Attribute| has.value.attribute_name() == *name;
    all.iter().filter(same).count()
}

/// Takes all instances away, and gives the first.
pub(crate) fn delete_all(object: &mut Object, name: &AttributeName) -> Result<Attribute, Refusal> {
    let absent = |refusal| match refusal {
        Refusal::NoInstance(name) => Refusal::NoAttribute(name),
        refusal => refusal,
    };
    let first = delete(object, name, 0).map_err(absent)?;
    while delete(object, name, 0).is_ok() {}
    Ok(first)
}

/// Gives an attribute that has one instance at most a value, whether or not it has one.
pub(crate) fn set(object: &mut Object, value: &AttributeValue, now: i64) -> Result<(), Refusal> {
    match value {
        AttributeValue::Name(_)
        | AttributeValue::ApplicationSpecificInformation(_)
        | AttributeValue::ObjectGroup(_) => Err(Refusal::MultiValued(value.name().to_owned())),
        // Of a vendor's attribute nobody says how many instances it may have.
        value if further::is_multiple(value) && !further::is_vendors(value) => {
            Err(Refusal::MultiValued(value.name().to_owned()))
        }
        value if count(object, &value.attribute_name(), now) > 1 => {
            Err(Refusal::MultiValued(value.name().to_owned()))
        }
        value if further::is_clients(value) => object.further.set(value),
        value => set_date(object, value, now),
    }
}

/// Activation Date until the object is Active, Deactivation Date until it is Deactivated
/// (KMIP 1.0, 3.19 and 3.22); all else is the server's.
fn set_date(object: &mut Object, value: &AttributeValue, now: i64) -> Result<(), Refusal> {
    let state = object.life.state_at(now);
    let life = &mut object.life;
    let (slot, date, open): (_, DateTime, _) = match value {
        AttributeValue::ActivationDate(date) => {
            (&mut life.activation, *date, state == ObjectState::PreActive)
        }
        AttributeValue::DeactivationDate(date) => {
            let open = matches!(state, ObjectState::PreActive | ObjectState::Active);
            (&mut life.deactivation, *date, open)
        }
        _ => return Err(Refusal::ReadOnly(value.name().to_owned())),
    };
    if !open {
        return Err(Refusal::Settled(value.name().to_owned()));
    }
    *slot = Some(date.0);
    match (life.activation, life.deactivation) {
        (Some(from), Some(until)) if until < from => Err(LifecycleError::Dates.into()),
        _ => Ok(()),
    }
}

fn object_name(name: &Name) -> ObjectName {
    ObjectName {
        value: name.value.clone(),
        name_type: name.name_type.value(),
    }
}

fn application(
    information: &ApplicationSpecificInformation,
) -> Result<ApplicationInformation, Refusal> {
    Ok(ApplicationInformation {
        namespace: information.namespace.clone(),
        data: information.data.clone().ok_or(Refusal::ApplicationData)?,
    })
}
