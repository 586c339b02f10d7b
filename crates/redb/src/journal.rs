//! The journal of one step of a re-seal (`docs/formats/redb-file.md`, section 6): its octets, and
//! playing it back after a crash. Touches the one file.

use std::io;

use strongroom_cipher::OpenErrorKind;

use crate::file::{RawFile, read_zero_filled};
use crate::header::Header;
use crate::layout::{self, GROUP_LEN, META_LEN, UNIT_LEN, Unit};
use crate::meta::{MetaOctets, put, read_page};
use crate::sealer::Sealer;
use crate::status::UnitFault;

/// First octets of a journal.
pub(crate) const MAGIC: [u8; 16] = *b"\x93strongroom-jrnl";

const SEQUENCE_AT: usize = 16;
const META_AT: usize = 24;
const PADDING_AT: usize = META_AT + META_LEN;
const BODY_AT: usize = 80;
/// In the body.
const METAS_AT: usize = 8;
const METAS_END: usize = METAS_AT + GROUP_LEN * META_LEN;

const _: () = assert!(PADDING_AT < BODY_AT && METAS_END < UNIT_LEN - BODY_AT);

/// Units of one group, sealed anew.
pub(crate) struct Journal {
    group: usize,
    units: Vec<(Unit, MetaOctets)>,
    /// As in the file: the head's room, then the entries up to the last one that is used.
    octets: Vec<u8>,
}

/// Why it is not known whether there is a journal.
#[derive(Debug)]
pub(crate) enum JournalFault {
    Io(io::Error),
    /// It is there, and sealed in a way or under a generation that we lack.
    Beyond(OpenErrorKind),
}

impl From<io::Error> for JournalFault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Journal {
    /// A journal without units.
    pub(crate) fn new(group: usize) -> Self {
        Self {
            group,
            units: Vec::with_capacity(GROUP_LEN),
            octets: vec![0; UNIT_LEN],
        }
    }

    pub(crate) fn group(&self) -> usize {
        self.group
    }

    pub(crate) fn units(&self) -> &[(Unit, MetaOctets)] {
        &self.units
    }

    /// Takes in the next unit, as it was sealed anew; units come in ascending order.
    pub(crate) fn push(&mut self, unit: Unit, meta: MetaOctets, sealed: &[u8]) -> io::Result<()> {
        let place = entry_place(unit).ok_or(io::ErrorKind::InvalidInput)?;
        self.octets.resize(place.end, 0);
        self.octets
            .get_mut(place)
            .ok_or(io::ErrorKind::InvalidInput)?
            .copy_from_slice(sealed);
        self.units.push((unit, meta));
        Ok(())
    }

    /// Seals the head, and gives all octets as they are to lie in the file.
    pub(crate) fn seal(&mut self, sealer: &Sealer, sequence: u64) -> io::Result<&[u8]> {
        let mut body = [0; UNIT_LEN - BODY_AT];
        let group = u64::try_from(self.group).map_err(io::Error::other)?;
        put_at(&mut body, 0, &group.to_be_bytes());
        for (unit, meta) in &self.units {
            let (_, entry) = layout::slot(*unit).ok_or(io::ErrorKind::InvalidInput)?;
            put_at(&mut body, meta_at(entry), meta);
        }
        let meta = sealer.seal_journal(sequence, &mut body)?;
        put_at(&mut self.octets, 0, &MAGIC);
        put_at(&mut self.octets, SEQUENCE_AT, &sequence.to_be_bytes());
        put_at(&mut self.octets, META_AT, &meta);
        put_at(&mut self.octets, BODY_AT, &body);
        Ok(&self.octets)
    }

    /// What goes where in the group: units that lie side by side together.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let runs = self.units.chunk_by(|(one, _), (next, _)| {
            one.checked_add(1)
                .is_some_and(|following| following == *next)
        });
        runs.filter_map(|run| {
            let ((first, _), (last, _)) = (run.first()?, run.last()?);
            let place = entry_place(*first)?.start..entry_place(*last)?.end;
            Some((layout::unit_offset(*first)?, self.octets.get(place)?))
        })
    }

    /// The valid journal of `header`, if the file holds one.
    ///
    /// # Errors
    ///
    /// [`JournalFault`]: the file's own, or a journal that we cannot read.
    pub(crate) fn find(
        file: &dyn RawFile,
        sealer: &Sealer,
        header: &Header,
    ) -> Result<Option<Self>, JournalFault> {
        let Some(place) = layout::journal_group(header.logical_len) else {
            return Ok(None);
        };
        let Some(mut journal) = Self::read_head(file, sealer, (header.sequence, place))? else {
            return Ok(None);
        };
        let last = journal
            .units
            .last()
            .and_then(|(unit, _)| entry_place(*unit));
        let (Some(offset), Some(last)) = (layout::meta_page_offset(place), last) else {
            return Ok(None);
        };
        journal.octets.resize(last.end, 0);
        read_zero_filled(file, offset, &mut journal.octets)?;
        let whole = journal.check_units(sealer)?;
        Ok(whole.then_some(journal))
    }

    fn read_head(
        file: &dyn RawFile,
        sealer: &Sealer,
        (sequence, place): (u64, usize),
    ) -> Result<Option<Self>, JournalFault> {
        let head = read_page(file, place)?;
        let fits = head.starts_with(&MAGIC)
            && field(head.as_slice(), SEQUENCE_AT) == Some(sequence.to_be_bytes());
        let meta = field::<META_LEN>(head.as_slice(), META_AT);
        let (Some(meta), true) = (meta, fits) else {
            return Ok(None);
        };
        let (start, body) = head.split_at(BODY_AT);
        let mut body = body.to_vec();
        if !unless_torn(sealer.open_journal(sequence, &mut body, &meta))? {
            return Ok(None);
        }
        let padding = start
            .iter()
            .skip(PADDING_AT)
            .chain(body.iter().skip(METAS_END));
        if padding.into_iter().any(|octet| *octet != 0) {
            return Ok(None);
        }
        Ok(Self::read_body(&body).filter(|journal| journal.group < place))
    }

    /// Group and metas of an opened body.
    fn read_body(body: &[u8]) -> Option<Self> {
        let group = usize::try_from(u64::from_be_bytes(field(body, 0)?)).ok()?;
        let mut journal = Self::new(group);
        for (entry, unit) in layout::units_of(group)?.enumerate() {
            let meta: MetaOctets = field(body, meta_at(entry))?;
            if meta != [0; META_LEN] {
                journal.units.push((unit, meta));
            }
        }
        (!journal.units.is_empty()).then_some(journal)
    }

    /// Whether every unit opens, so that the journal is whole.
    fn check_units(&self, sealer: &Sealer) -> Result<bool, JournalFault> {
        let mut scratch = [0; UNIT_LEN];
        for (unit, meta) in &self.units {
            let octets = entry_place(*unit).and_then(|place| self.octets.get(place));
            let Some(octets) = octets else {
                return Ok(false);
            };
            scratch.copy_from_slice(octets);
            let opened = sealer.open_unit(*unit, &mut scratch, meta);
            scratch.fill(0);
            if !unless_torn(opened)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Puts its units and metas into their places; durable when this returns. May be done again.
    pub(crate) fn play_back(&self, file: &dyn RawFile) -> io::Result<()> {
        let mut page = read_page(file, self.group)?;
        for (unit, meta) in &self.units {
            put(&mut page, *unit, meta).ok_or(io::ErrorKind::InvalidData)?;
        }
        for (offset, octets) in self.runs() {
            file.write_at(offset, octets)?;
        }
        let offset = layout::meta_page_offset(self.group).ok_or(io::ErrorKind::InvalidData)?;
        file.write_at(offset, page.as_slice())?;
        file.sync()
    }
}

/// Whether it opened; what a torn write cannot leave behind is an error.
fn unless_torn(opened: Result<(), OpenErrorKind>) -> Result<bool, JournalFault> {
    match opened {
        Ok(()) => Ok(true),
        Err(kind) if UnitFault::Refused(kind).may_be_torn() => Ok(false),
        Err(kind) => Err(JournalFault::Beyond(kind)),
    }
}

/// Octets of a unit in the journal.
fn entry_place(unit: Unit) -> Option<std::ops::Range<usize>> {
    let (_, entry) = layout::slot(unit)?;
    let start = entry.checked_add(1)?.checked_mul(UNIT_LEN)?;
    Some(start..start.checked_add(UNIT_LEN)?)
}

/// Where the body has an entry's meta.
fn meta_at(entry: usize) -> usize {
    entry.saturating_mul(META_LEN).saturating_add(METAS_AT)
}

fn field<const LEN: usize>(octets: &[u8], at: usize) -> Option<[u8; LEN]> {
    octets.get(at..)?.first_chunk().copied()
}

/// Puts `value` at `at`; all places are below a page, as the assertion above says.
fn put_at(octets: &mut [u8], at: usize, value: &[u8]) {
    let end = at.saturating_add(value.len());
    if let Some(place) = octets.get_mut(at..end) {
        place.copy_from_slice(value);
    }
}
