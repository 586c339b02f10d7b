//! What goes through the socket (`docs/formats/socket.md`). Touches nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::class::Class;
use crate::error::Error;

/// Version of the protocol.
pub(crate) const VERSION: u64 = 1;
/// Octets of a request, with its line end.
pub(crate) const REQUEST_LEN_MAX: u64 = 16 << 10;
/// Octets of an answer, with its line end.
pub(crate) const ANSWER_LEN_MAX: u64 = 256 << 20;

/// What a live store is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "do",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[non_exhaustive]
pub enum LiveRequest {
    /// How things stand.
    Status {},
    /// Master key rotation.
    Rotate {
        /// What the next master key is called, instead of what the process's configuration says.
        key_identifier: Option<String>,
        /// Whether it may bear another store's label.
        shared_key: bool,
    },
    /// The data encryption keys.
    KeysList {},
    /// A new key id.
    KeysAdd {
        /// Its name.
        id: String,
    },
    /// The next generation of a key id.
    KeysRotate {
        /// Its name.
        id: String,
    },
    /// The end of a generation.
    KeysRetire {
        /// Its key id.
        id: String,
        /// Its number.
        generation: u32,
        /// Whether the caller knows that no unit needs it.
        not_needed: bool,
    },
    /// The end of a key id.
    KeysShred {
        /// Its name.
        id: String,
    },
    /// The registered backups.
    BackupsList {},
    /// A backup that was made.
    BackupsAdd {
        /// What people call it.
        label: Option<String>,
    },
    /// A backup that is gone.
    BackupsForget {
        /// Its id.
        id: String,
    },
}

/// Why a live store did not do it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Refusal {
    /// An exit code of `docs/operate/exit-codes.md`.
    pub code: u8,
    /// Its word.
    pub kind: String,
    /// What happened.
    pub message: String,
    /// Why, the nearest first.
    pub causes: Vec<String>,
    /// The way out.
    pub help: String,
}

/// The two kinds of answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Outcome {
    Done(Value),
    Failed(Refusal),
}

#[derive(Serialize, Deserialize)]
struct Answer {
    v: u64,
    #[serde(flatten)]
    outcome: Outcome,
}

impl Refusal {
    /// The class that the code names.
    #[must_use]
    pub fn class(&self) -> Class {
        let named = Class::ALL
            .iter()
            .find(|class| class.exit_code() == self.code);
        named.copied().unwrap_or(Class::CheckFailed)
    }

    pub(crate) fn new(class: Class, message: impl Into<String>) -> Self {
        Self {
            code: class.exit_code(),
            kind: class.word().to_owned(),
            message: message.into(),
            causes: Vec::new(),
            help: class.mend().to_owned(),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let mut refusal = Self::new(error.class(), error.to_string());
        refusal.help = error.help();
        let mut cause = std::error::Error::source(&error);
        while let Some(error) = cause {
            let text = error.to_string();
            // Transparent errors say the same twice.
            if !refusal.message.contains(&text) {
                refusal.causes.push(text);
            }
            cause = error.source();
        }
        refusal
    }
}

/// The request's line.
pub(crate) fn request_line(request: &LiveRequest) -> Result<Vec<u8>, serde_json::Error> {
    let mut value = serde_json::to_value(request)?;
    if let Some(members) = value.as_object_mut() {
        members.insert("v".to_owned(), VERSION.into());
    }
    line(&value)
}

/// The request in a line.
pub(crate) fn parse_request(octets: &[u8]) -> Result<LiveRequest, Refusal> {
    let refuse = |message: String| Refusal {
        help:
            "Use the `strongroom` command of the release that the running process was built from."
                .to_owned(),
        ..Refusal::new(Class::Configuration, message)
    };
    let not_understood =
        |error: serde_json::Error| refuse(format!("the request is not understood: {error}"));
    let mut value: Value = serde_json::from_slice(octets).map_err(not_understood)?;
    let version = value
        .as_object_mut()
        .and_then(|members| members.remove("v"));
    if version != Some(VERSION.into()) {
        return Err(refuse(format!(
            "the running process speaks version {VERSION} of the socket, and was asked in another"
        )));
    }
    serde_json::from_value(value).map_err(not_understood)
}

/// The answer's line.
pub(crate) fn answer_line(outcome: Outcome) -> Result<Vec<u8>, serde_json::Error> {
    line(&Answer {
        v: VERSION,
        outcome,
    })
}

/// The answer in a line; `None` when it is none of this version.
pub(crate) fn parse_answer(octets: &[u8]) -> Option<Outcome> {
    let answer: Answer = serde_json::from_slice(octets).ok()?;
    (answer.v == VERSION).then_some(answer.outcome)
}

fn line(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut octets = serde_json::to_vec(value)?;
    octets.push(b'\n');
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_page_are_what_is_sent() {
        let request = LiveRequest::KeysRotate {
            id: "orders".to_owned(),
        };
        let sent: Value = serde_json::from_slice(&request_line(&request).unwrap()).unwrap();
        let page = r#"{"v":1,"do":"keys-rotate","id":"orders"}"#;
        assert_eq!(sent, serde_json::from_str::<Value>(page).unwrap());
        assert_eq!(parse_request(page.as_bytes()).unwrap(), request);
        let done = serde_json::json!({"id": "orders", "generation": 2, "live": true});
        let page = r#"{"v":1,"done":{"id":"orders","generation":2,"live":true}}"#;
        let sent = answer_line(Outcome::Done(done.clone())).unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&sent).unwrap(),
            serde_json::from_str::<Value>(page).unwrap()
        );
        assert!(
            matches!(parse_answer(page.as_bytes()), Some(Outcome::Done(value)) if value == done)
        );
    }

    #[test]
    fn every_request_survives_the_way() {
        let id = || "a\n\"b".to_owned();
        let requests = [
            LiveRequest::Status {},
            LiveRequest::Rotate {
                key_identifier: Some(id()),
                shared_key: true,
            },
            LiveRequest::KeysList {},
            LiveRequest::KeysAdd { id: id() },
            LiveRequest::KeysRotate { id: id() },
            LiveRequest::KeysRetire {
                id: id(),
                generation: 7,
                not_needed: true,
            },
            LiveRequest::KeysShred { id: id() },
            LiveRequest::BackupsList {},
            LiveRequest::BackupsAdd { label: Some(id()) },
            LiveRequest::BackupsForget { id: id() },
        ];
        for request in requests {
            let line = request_line(&request).unwrap();
            assert_eq!(line.iter().filter(|octet| **octet == b'\n').count(), 1);
            assert_eq!(parse_request(&line).unwrap(), request);
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_code_2() {
        for line in [
            "",
            "{",
            "[]",
            "1",
            r#"{"do":"status"}"#,
            r#"{"v":2,"do":"status"}"#,
            r#"{"v":"1","do":"status"}"#,
            r#"{"v":1}"#,
            r#"{"v":1,"do":"unlock"}"#,
            r#"{"v":1,"do":"status","more":1}"#,
            r#"{"v":1,"do":"keys-add"}"#,
            r#"{"v":1,"do":"keys-add","id":1}"#,
            r#"{"v":1,"do":"keys-retire","id":"a","generation":-1,"notNeeded":true}"#,
        ] {
            let refusal = parse_request(line.as_bytes()).unwrap_err();
            assert_eq!(refusal.class(), Class::Configuration, "{line}");
        }
    }

    #[test]
    fn a_refusal_keeps_the_class() {
        for class in Class::ALL {
            assert_eq!(Refusal::new(*class, "x").class(), *class);
        }
    }
}
