//! Cuts a stretch of redb's space into pieces that are served in one way each. Pure arithmetic.

use std::io;

use crate::layout::{self, UNIT_LEN, Unit};

const UNIT_LEN_U64: u64 = UNIT_LEN as u64;

/// A stretch of redb's address space that is served in one way.
pub(super) struct Piece {
    pub(super) kind: PieceKind,
    pub(super) unit: Unit,
    /// Octets before the stretch in its first unit.
    pub(super) start: usize,
    pub(super) len: usize,
}

pub(super) enum PieceKind {
    /// In unit 0, which is in memory.
    Header,
    /// Whole units that lie side by side in the file.
    Whole,
    /// A part of one unit.
    Part,
}

impl Piece {
    /// The first piece of the `len` octets at `offset`.
    pub(super) fn first(offset: u64, len: usize) -> Option<Self> {
        let unit = offset.checked_div(UNIT_LEN_U64)?;
        let start = usize::try_from(offset.checked_rem(UNIT_LEN_U64)?).ok()?;
        let whole = len.checked_div(UNIT_LEN)?;
        if unit > 0 && start == 0 && whole > 0 {
            let run = layout::run_len(unit, u64::try_from(whole).ok()?)?;
            let len = usize::try_from(run).ok()?.checked_mul(UNIT_LEN)?;
            return Some(Self {
                kind: PieceKind::Whole,
                unit,
                start,
                len,
            });
        }
        let kind = if unit == 0 {
            PieceKind::Header
        } else {
            PieceKind::Part
        };
        let len = len.min(UNIT_LEN.checked_sub(start)?);
        Some(Self {
            kind,
            unit,
            start,
            len,
        })
    }

    /// The unit, when the stretch is just that and no header page.
    pub(super) fn one_unit(offset: u64, len: usize) -> Option<Unit> {
        let whole = len == UNIT_LEN && offset.is_multiple_of(UNIT_LEN_U64);
        let unit = offset.checked_div(UNIT_LEN_U64)?;
        (whole && unit > 0).then_some(unit)
    }

    /// The offset behind it.
    pub(super) fn end(&self, offset: u64) -> io::Result<u64> {
        let len = u64::try_from(self.len).ok();
        len.and_then(|len| offset.checked_add(len))
            .ok_or_else(out_of_range)
    }
}

pub(super) fn part<'a>(unit: &'a [u8], piece: &Piece) -> io::Result<&'a [u8]> {
    let rest = unit.get(piece.start..).ok_or_else(out_of_range)?;
    rest.get(..piece.len).ok_or_else(out_of_range)
}

pub(super) fn part_mut<'a>(unit: &'a mut [u8], piece: &Piece) -> io::Result<&'a mut [u8]> {
    let rest = unit.get_mut(piece.start..).ok_or_else(out_of_range)?;
    rest.get_mut(..piece.len).ok_or_else(out_of_range)
}

pub(super) fn out_of_range() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "outside the sealed file")
}
