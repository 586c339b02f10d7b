//! `strongroom ttlv convert`: TTLV between hex and octets, or without its secrets for bug reports.

use std::fs;
use std::io::{self, Read};
use std::ops::Deref;
use std::path::Path;

use strongroom::Class;
use strongroom_kmip::text::{self, TextError};
use strongroom_ttlv::Limits;
use strongroom_ttlv::frame::{self, Need};

use crate::args::{InputForm, OutputForm, TtlvCommand};
use crate::failure::Failure;
use crate::output;

/// A file that someone has on disk may be long; what it may nest is bounded by the format.
pub(super) const LIMITS: Limits = Limits::FORMAT;

/// Runs the command.
pub(crate) fn run(command: &TtlvCommand) -> Result<(), Failure> {
    let TtlvCommand::Convert { from, to, file } = command;
    let octets = read(file.as_deref())?;
    let (messages, damage) = match from {
        InputForm::Hex => (from_hex(&octets)?, None),
        InputForm::Bin => from_octets(&octets),
        InputForm::Xml => (vec![from_text(&octets, text::from_xml)?], None),
        InputForm::Json => (vec![from_text(&octets, text::from_json)?], None),
    };
    match (to, damage) {
        (OutputForm::Hex, None) => print(&messages, |message| output::data(&output::hex(message))),
        (OutputForm::Bin, None) => print(&messages, output::octets),
        (OutputForm::Xml, None) => print(&messages, |message| to_text(message, text::to_xml)),
        (OutputForm::Json, None) => print(&messages, |message| to_text(message, text::to_json)),
        (OutputForm::Text, damage) => redacted(messages, damage, named),
        (OutputForm::RedactedHex, damage) => redacted(messages, damage, strongroom_ttlv::dump_hex),
        (_, Some(damage)) => Err(damage.failure()),
    }
}

/// A text form of one message; the names of its items lead to what is wrong with it.
pub(super) fn from_text<T: Deref<Target = Vec<u8>>>(
    octets: &[u8],
    read: fn(&str, &Limits) -> Result<T, TextError>,
) -> Result<Vec<u8>, Failure> {
    let refused = |text: String| Failure::new(Class::Input, text);
    let text = std::str::from_utf8(octets).map_err(|error| refused(error.to_string()))?;
    let message = read(text, &LIMITS).map_err(|error| refused(error.to_string()))?;
    Ok(message.to_vec())
}

/// Prints one message in a text form.
pub(super) fn to_text<T: Deref<Target = String>>(
    message: &[u8],
    write: fn(&[u8], &Limits) -> Result<T, TextError>,
) -> Result<(), Failure> {
    match write(message, &LIMITS) {
        Ok(text) => output::data(text.trim_end()),
        Err(error) => Err(Failure::new(Class::Input, error.to_string())),
    }
}

fn print(
    messages: &[Vec<u8>],
    one: impl FnMut(&[u8]) -> Result<(), Failure>,
) -> Result<(), Failure> {
    messages.iter().map(Vec::as_slice).try_for_each(one)
}

/// A redacted listing with the names of tags.
fn named(message: &[u8]) -> String {
    strongroom_ttlv::dump_named(message, strongroom_kmip::tag::name)
}

/// Prints what may be shown of whole messages, and of what is no message behind them: damage is
/// what this output is for. The failure comes after it, and says nothing of the octets.
fn redacted(
    mut messages: Vec<Vec<u8>>,
    damage: Option<Damage<'_>>,
    dump: fn(&[u8]) -> String,
) -> Result<(), Failure> {
    messages.extend(damage.as_ref().map(|damage| damage.rest.to_vec()));
    print(&messages, |message| output::data(dump(message).trim_end()))?;
    damage.map_or(Ok(()), |damage| {
        let what = "not well formed".to_owned();
        Err(Damage { what, ..damage }.failure())
    })
}

/// All of `file`, or of stdin.
pub(super) fn read(file: Option<&Path>) -> Result<Vec<u8>, Failure> {
    match file {
        Some(path) if path != Path::new("-") => {
            fs::read(path).map_err(|error| Failure::storage(path, &error))
        }
        _ => {
            let mut octets = Vec::new();
            io::stdin()
                .lock()
                .read_to_end(&mut octets)
                .map_err(|error| Failure::because(Class::Storage, "cannot read stdin", &error))?;
            Ok(octets)
        }
    }
}

/// Messages in hexadecimal, one a line.
pub(super) fn from_hex(text: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let lines = (1_usize..).zip(text.split(|&octet| octet == b'\n'));
    lines
        .filter(|(_, line)| !line.trim_ascii().is_empty())
        .map(|(number, line)| {
            hex_line(line).ok_or_else(|| {
                Failure::new(Class::Input, format!("line {number} is not hexadecimal"))
            })
        })
        .collect()
}

fn hex_line(line: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<u8> = line
        .iter()
        .filter(|octet| !octet.is_ascii_whitespace())
        .map(|octet| {
            char::from(*octet)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect::<Option<_>>()?;
    let pairs = digits.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| match pair {
            [high, low] => Some(high.checked_mul(16)?.checked_add(*low)?),
            _ => None,
        })
        .collect()
}

/// Where octets stop being messages one behind the other.
#[derive(Debug)]
struct Damage<'a> {
    /// Messages before it.
    message: usize,
    offset: usize,
    rest: &'a [u8],
    what: String,
}

impl Damage<'_> {
    fn failure(&self) -> Failure {
        let (message, offset) = (self.message, self.offset);
        let text = format!("message {message} at byte {offset}: {}", self.what);
        Failure::new(Class::Input, text)
    }
}

fn from_octets(octets: &[u8]) -> (Vec<Vec<u8>>, Option<Damage<'_>>) {
    let mut messages = Vec::new();
    let mut rest = octets;
    while !rest.is_empty() {
        match first_message(rest) {
            Ok((message, after)) => {
                messages.push(message.to_vec());
                rest = after;
            }
            Err(what) => {
                let damage = Damage {
                    message: messages.len(),
                    offset: octets.len().saturating_sub(rest.len()),
                    rest,
                    what,
                };
                return (messages, Some(damage));
            }
        }
    }
    (messages, None)
}

/// The message at the front of `octets` and what follows it, or what is wrong.
fn first_message(octets: &[u8]) -> Result<(&[u8], &[u8]), String> {
    match frame::needed(octets, &Limits::DEFAULT) {
        Ok(Need::Message(len)) => octets
            .split_at_checked(len)
            .ok_or_else(|| "cut short".to_owned()),
        Ok(Need::More(missing)) => Err(format!("{missing} bytes are missing")),
        Err(error) => Err(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_lines_become_messages_and_rubbish_is_named_by_its_line() {
        assert_eq!(
            from_hex(b"42 00\n\n0aFF\n").unwrap(),
            [vec![0x42, 0], vec![0x0a, 0xff]]
        );
        for rubbish in [&b"00\n4"[..], b"00\nxy"] {
            let failure = from_hex(rubbish).unwrap_err();
            assert!(failure.to_string().contains("line 2"));
        }
    }

    #[test]
    fn a_cut_message_is_named_by_its_offset() {
        // A Response Message with one Batch Count of 1.
        let message = [
            0x42, 0, 0x7b, 1, 0, 0, 0, 16, 0x42, 0, 0x0d, 2, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0,
        ];
        let twice = [&message[..], &message[..20]].concat();
        let (messages, damage) = from_octets(&message);
        assert!(messages.len() == 1 && damage.is_none());
        let (messages, damage) = from_octets(&twice);
        assert_eq!(messages, [message]);
        let failure = damage.unwrap().failure().to_string();
        assert!(failure.contains("byte 24: 4 bytes"), "{failure}");
    }

    #[test]
    fn a_listing_names_tags_of_every_version() {
        // Asynchronous Correlation Values came with 2.1 and has the highest number.
        let message = [0x42, 0x01, 0x76, 1, 0, 0, 0, 0];
        let expected = "00000000 420176 Asynchronous Correlation Values Structure 0\n";
        assert_eq!(named(&message), expected);
    }
}
