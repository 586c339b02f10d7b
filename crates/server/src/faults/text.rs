//! The text form of a fault: `at=3,operation=create,action=delay:200`.
//!
//! May touch: nothing.

use std::str::FromStr;
use std::time::Duration;

use strongroom_kmip::enumeration::{Operation, ResultReason};
use strongroom_kmip::vocabulary::Vocabulary;
use strongroom_ttlv::Tag;

use super::{Fault, FaultAction, HandshakeFault, Kind};

/// Why text is no [`Fault`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FaultError {
    /// Not `key=value`, or a key that is not known or stands there twice.
    #[error("{0:?} is not at=N, operation=NAME, action=NAME or handshake=NAME, each once")]
    Part(String),
    /// No number, or none that counts from 1.
    #[error("{0:?} is no number from 1 on")]
    Number(String),
    /// No operation of KMIP.
    #[error("{0:?} is no operation of KMIP")]
    Operation(String),
    /// No action, or not with this argument.
    #[error(
        "{0:?} is no action; there are drop-before, drop-after, delay:MS, cut:OCTETS, wrong-version, \
         garbage, silence, wrong-field:TAG (six hex digits), wrong-batch-id, error:REASON"
    )]
    Action(String),
    /// No fault of a handshake.
    #[error("{0:?} is no handshake fault; there are close and alert")]
    Handshake(String),
    /// Neither or both of what may go wrong, or an operation in a handshake.
    #[error("a fault has either an action, perhaps with an operation, or a handshake")]
    Kind,
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let (mut at, mut operation, mut action, mut handshake) = (None, None, None, None);
        for part in text.split(',').map(str::trim) {
            let bad = || FaultError::Part(part.to_owned());
            let (key, value) = part.split_once('=').ok_or_else(bad)?;
            let twice = match key {
                "at" => at.replace(number(value)?).is_some(),
                "operation" => operation.replace(operation_named(value)?).is_some(),
                "action" => action.replace(action_named(value)?).is_some(),
                "handshake" => handshake.replace(handshake_named(value)?).is_some(),
                _ => return Err(bad()),
            };
            if twice {
                return Err(bad());
            }
        }
        let kind = match (action, handshake, operation) {
            (Some(action), None, operation) => Kind::Request(operation, action),
            (None, Some(fault), None) => Kind::Handshake(fault),
            _ => return Err(FaultError::Kind),
        };
        let at = at.unwrap_or(1);
        Ok(Self { at, kind })
    }
}

fn number(text: &str) -> Result<u64, FaultError> {
    match text.parse() {
        Ok(number) if number > 0 => Ok(number),
        _ => Err(FaultError::Number(text.to_owned())),
    }
}

fn operation_named(text: &str) -> Result<Operation, FaultError> {
    let term = term(Operation::VOCABULARY, text);
    term.map(Operation::new)
        .ok_or_else(|| FaultError::Operation(text.to_owned()))
}

fn handshake_named(text: &str) -> Result<HandshakeFault, FaultError> {
    match text {
        "close" => Ok(HandshakeFault::Close),
        "alert" => Ok(HandshakeFault::Alert),
        _ => Err(FaultError::Handshake(text.to_owned())),
    }
}

fn action_named(text: &str) -> Result<FaultAction, FaultError> {
    let bad = || FaultError::Action(text.to_owned());
    let (name, argument) = match text.split_once(':') {
        Some((name, argument)) => (name, Some(argument)),
        None => (text, None),
    };
    Ok(match (name, argument) {
        ("drop-before", None) => FaultAction::DropBeforeHandling,
        ("drop-after", None) => FaultAction::DropAfterHandling,
        ("wrong-version", None) => FaultAction::WrongVersion,
        ("garbage", None) => FaultAction::Garbage,
        ("silence", None) => FaultAction::Silence,
        ("wrong-batch-id", None) => FaultAction::WrongBatchId,
        ("delay", Some(ms)) => {
            FaultAction::Delay(Duration::from_millis(ms.parse().map_err(|_| bad())?))
        }
        ("cut", Some(octets)) => FaultAction::CutAfter(octets.parse().map_err(|_| bad())?),
        ("wrong-field", Some(tag)) => {
            let number = u32::from_str_radix(tag, 16).map_err(|_| bad())?;
            FaultAction::WrongField(Tag::new(number))
        }
        ("error", Some(reason)) => {
            let number = term(ResultReason::VOCABULARY, reason).ok_or_else(bad)?;
            FaultAction::Error(ResultReason::new(number))
        }
        _ => return Err(bad()),
    })
}

/// The number of a term, however its words are separated.
pub(crate) fn term(vocabulary: &Vocabulary, text: &str) -> Option<u32> {
    let plain = |text: &str| -> String {
        let letters = text.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let wanted = plain(text);
    let terms = vocabulary.terms().iter();
    terms
        .clone()
        .find(|term| plain(term.name) == wanted)
        .map(|term| term.number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_has_a_text_form() {
        let create = Some(Operation::CREATE);
        let denied = FaultAction::Error(ResultReason::PERMISSION_DENIED);
        let later = FaultAction::Delay(Duration::from_millis(200));
        let tag = strongroom_kmip::tag::OPERATION;
        let rows = [
            (
                "at=3,action=drop-after",
                3,
                Kind::Request(None, FaultAction::DropAfterHandling),
            ),
            (
                "action=drop-before",
                1,
                Kind::Request(None, FaultAction::DropBeforeHandling),
            ),
            (
                "operation=create, action=error:permission-denied",
                1,
                Kind::Request(create, denied),
            ),
            (
                "at=2,operation=Create,action=delay:200",
                2,
                Kind::Request(create, later),
            ),
            (
                "action=cut:7",
                1,
                Kind::Request(None, FaultAction::CutAfter(7)),
            ),
            (
                "action=wrong-field:42005C",
                1,
                Kind::Request(None, FaultAction::WrongField(tag)),
            ),
            (
                "action=wrong-batch-id",
                1,
                Kind::Request(None, FaultAction::WrongBatchId),
            ),
            (
                "action=wrong-version",
                1,
                Kind::Request(None, FaultAction::WrongVersion),
            ),
            (
                "action=garbage",
                1,
                Kind::Request(None, FaultAction::Garbage),
            ),
            (
                "action=silence",
                1,
                Kind::Request(None, FaultAction::Silence),
            ),
            (
                "operation=get-attributes,action=silence",
                1,
                Kind::Request(Some(Operation::GET_ATTRIBUTES), FaultAction::Silence),
            ),
            (
                "handshake=close,at=2",
                2,
                Kind::Handshake(HandshakeFault::Close),
            ),
            ("handshake=alert", 1, Kind::Handshake(HandshakeFault::Alert)),
        ];
        for (text, at, kind) in rows {
            assert_eq!(text.parse(), Ok(Fault { at, kind }), "{text}");
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_with_the_part_that_is_wrong() {
        let text = str::to_owned;
        let rows = [
            ("", FaultError::Part(text(""))),
            ("at=1", FaultError::Kind),
            ("at=0,action=silence", FaultError::Number(text("0"))),
            ("at=1,at=2,action=silence", FaultError::Part(text("at=2"))),
            (
                "action=silence,when=now",
                FaultError::Part(text("when=now")),
            ),
            ("action=silence:3", FaultError::Action(text("silence:3"))),
            ("action=delay", FaultError::Action(text("delay"))),
            (
                "action=error:nonsense",
                FaultError::Action(text("error:nonsense")),
            ),
            (
                "action=wrong-field:xyz",
                FaultError::Action(text("wrong-field:xyz")),
            ),
            (
                "operation=fly,action=silence",
                FaultError::Operation(text("fly")),
            ),
            ("handshake=late", FaultError::Handshake(text("late"))),
            ("operation=get,handshake=close", FaultError::Kind),
            ("action=silence,handshake=close", FaultError::Kind),
        ];
        for (fault, error) in rows {
            assert_eq!(fault.parse::<Fault>(), Err(error), "{fault}");
        }
    }
}
