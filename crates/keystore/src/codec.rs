//! Big-endian fields: a bounded reader over borrowed octets and a writer.
//!
//! May touch: memory only. The writer is fed with wrapped keys and metadata, never secrets.

use strongroom_cipher::KeyId;

use crate::error::{Damage, Field, FormatRule};

/// Reads fields one after the other; every error says where.
pub(crate) struct Reader<'a> {
    octets: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(octets: &'a [u8]) -> Self {
        Self { octets, offset: 0 }
    }

    /// Begins in the middle; errors tell offsets from the start of `octets`.
    pub(crate) const fn starting_at(octets: &'a [u8], offset: usize) -> Self {
        Self { octets, offset }
    }

    /// The error that `rule` is broken by what was read last.
    pub(crate) const fn broken(&self, rule: FormatRule) -> Damage {
        Damage::Malformed {
            offset: self.offset,
            rule,
        }
    }

    pub(crate) fn check(&self, holds: bool, rule: FormatRule) -> Result<(), Damage> {
        if holds {
            Ok(())
        } else {
            Err(self.broken(rule))
        }
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Damage> {
        let truncated = self.broken(FormatRule::Truncated);
        let end = self.offset.checked_add(len).ok_or(truncated)?;
        let taken = self.octets.get(self.offset..end).ok_or(truncated)?;
        self.offset = end;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N], Damage> {
        let truncated = self.broken(FormatRule::Truncated);
        self.take(N)?.try_into().map_err(|_| truncated)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Damage> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Result<u16, Damage> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Result<u32, Damage> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Result<u64, Damage> {
        self.array().map(u64::from_be_bytes)
    }

    pub(crate) fn flag(&mut self) -> Result<bool, Damage> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.broken(FormatRule::Value)),
        }
    }

    /// A 16-bit length and 1 to `len_max` octets of UTF-8.
    pub(crate) fn text(&mut self, len_max: usize) -> Result<String, Damage> {
        let len = usize::from(self.u16()?);
        self.check(len > 0 && len <= len_max, FormatRule::Bound)?;
        let octets = self.take(len)?;
        let text = std::str::from_utf8(octets).map_err(|_| self.broken(FormatRule::Utf8))?;
        Ok(text.to_owned())
    }

    /// A flag, and the value when it is 1.
    pub(crate) fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Damage>,
    ) -> Result<Option<T>, Damage> {
        self.flag()?.then(|| read(self)).transpose()
    }

    /// `count` values; room is made as they come, so a lying count allocates nothing.
    pub(crate) fn list<T>(
        &mut self,
        count: usize,
        count_max: usize,
        mut read: impl FnMut(&mut Self) -> Result<T, Damage>,
    ) -> Result<Vec<T>, Damage> {
        self.check(count <= count_max, FormatRule::Bound)?;
        let mut values = Vec::new();
        for _ in 0..count {
            values.push(read(self)?);
        }
        Ok(values)
    }

    pub(crate) fn finish(self) -> Result<(), Damage> {
        self.check(self.offset == self.octets.len(), FormatRule::Trailing)
    }
}

/// Appends fields. A length that does not fit its field is remembered and reported at the end.
#[derive(Default)]
pub(crate) struct Writer {
    octets: Vec<u8>,
    overflow: bool,
}

impl Writer {
    pub(crate) fn raw(&mut self, octets: &[u8]) {
        self.octets.extend_from_slice(octets);
    }

    pub(crate) fn u8(&mut self, value: u8) {
        self.raw(&value.to_be_bytes());
    }

    pub(crate) fn u16(&mut self, value: u16) {
        self.raw(&value.to_be_bytes());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.raw(&value.to_be_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.raw(&value.to_be_bytes());
    }

    pub(crate) fn count8(&mut self, count: usize) {
        let value = self.fit(u8::try_from(count));
        self.u8(value);
    }

    pub(crate) fn count16(&mut self, count: usize) {
        let value = self.fit(u16::try_from(count));
        self.u16(value);
    }

    pub(crate) fn count32(&mut self, count: usize) {
        let value = self.fit(u32::try_from(count));
        self.u32(value);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.count16(text.len());
        self.raw(text.as_bytes());
    }

    pub(crate) fn key_id(&mut self, id: &KeyId) {
        self.count8(id.as_str().len());
        self.raw(id.as_str().as_bytes());
    }

    pub(crate) fn optional<T>(&mut self, value: Option<&T>, write: impl FnOnce(&mut Self, &T)) {
        self.u8(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(crate) fn finish(self) -> Result<Vec<u8>, Field> {
        if self.overflow {
            return Err(Field::File);
        }
        Ok(self.octets)
    }

    fn fit<T: Default, E>(&mut self, value: Result<T, E>) -> T {
        self.overflow |= value.is_err();
        value.unwrap_or_default()
    }
}
