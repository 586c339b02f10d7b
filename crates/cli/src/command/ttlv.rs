//! `strongroom ttlv convert`: TTLV between hex, octets and a redacted listing.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use strongroom::Class;
use strongroom_ttlv::Limits;
use strongroom_ttlv::frame::{self, Need};

use crate::args::{InputForm, OutputForm, TtlvCommand};
use crate::failure::Failure;
use crate::output;

/// Runs the command.
pub(crate) fn run(command: &TtlvCommand) -> Result<(), Failure> {
    let TtlvCommand::Convert { from, to, file } = command;
    let octets = read(file.as_deref())?;
    let messages = match from {
        InputForm::Hex => from_hex(&octets)?,
        InputForm::Bin => from_octets(&octets)?,
    };
    messages.iter().try_for_each(|message| match to {
        OutputForm::Hex => output::data(&output::hex(message)),
        OutputForm::Bin => output::octets(message),
        OutputForm::Text => output::data(strongroom_ttlv::dump(message).trim_end()),
    })
}

fn read(file: Option<&Path>) -> Result<Vec<u8>, Failure> {
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

fn from_hex(text: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
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

fn from_octets(octets: &[u8]) -> Result<Vec<Vec<u8>>, Failure> {
    let mut messages = Vec::new();
    let mut rest = octets;
    let mut offset = 0_usize;
    while !rest.is_empty() {
        let bad = |what: &str| {
            Failure::new(
                Class::Input,
                format!("message {} at byte {offset}: {what}", messages.len()),
            )
        };
        let len = match frame::needed(rest, &Limits::DEFAULT) {
            Ok(Need::Message(len)) => len,
            Ok(Need::More(missing)) => return Err(bad(&format!("{missing} bytes are missing"))),
            Err(error) => return Err(bad(&error.to_string())),
        };
        let (message, after) = rest.split_at_checked(len).ok_or_else(|| bad("cut short"))?;
        messages.push(message.to_vec());
        rest = after;
        offset = offset.saturating_add(len);
    }
    Ok(messages)
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
        assert_eq!(from_octets(&message).unwrap().len(), 1);
        let failure = from_octets(&twice).unwrap_err().to_string();
        assert!(failure.contains("byte 24"), "{failure}");
    }
}
