//! Which header copy to open. Reads the two copies of one file.

use std::path::Path;
use std::sync::Arc;

use strongroom_cipher::KeyRing;

use crate::error::OpenError;
use crate::file::{RawFile, read_zero_filled};
use crate::header::{CopyMark, CopyOctets, Header, HeaderCopy, HeaderFault, object_of};
use crate::layout::HEADER_COPY_LEN;
use crate::sealer::{ObjectId, Sealer};
use crate::status::OtherCopy;

/// The copy to go on with.
pub(crate) struct Chosen {
    pub(crate) sealer: Sealer,
    pub(crate) header: Header,
    pub(crate) copy: HeaderCopy,
    pub(crate) other: OtherCopy,
    /// How copies A and B were made, as far as they can be used.
    pub(crate) marks: CopyMarks,
}

impl Chosen {
    /// The format of the copy to go on with.
    pub(crate) fn format(&self) -> Option<u16> {
        let [a, b] = self.marks;
        let mark = match self.copy {
            HeaderCopy::A => a,
            HeaderCopy::B => b,
        };
        mark.map(|mark| mark.format)
    }
}

/// How header copies A and B were made; nothing for one that cannot be used.
pub(crate) type CopyMarks = [Option<CopyMark>; 2];

struct Copy {
    sealer: Sealer,
    header: Header,
    mark: Option<CopyMark>,
}

/// Opens both header copies and takes the newer one.
///
/// # Errors
///
/// [`OpenError`]: see there; what can be told without a key comes first.
pub(crate) fn choose(
    path: &Path,
    file: &dyn RawFile,
    ring: &Arc<KeyRing>,
    expected: Option<ObjectId>,
) -> Result<Chosen, OpenError> {
    let mut copies = Vec::with_capacity(2);
    for place in [HeaderCopy::A, HeaderCopy::B] {
        let mut octets: Box<CopyOctets> = Box::new([0; HEADER_COPY_LEN]);
        read_zero_filled(file, place.offset(), octets.as_mut_slice())
            .map_err(|error| OpenError::io(path, "read the header", error))?;
        copies.push(open_copy(place, &octets, ring, expected));
    }
    let (Some(b), Some(a)) = (copies.pop(), copies.pop()) else {
        return Err(OpenError::OtherFile {
            path: path.to_owned(),
        });
    };
    let refused = Refused {
        path,
        ring,
        expected,
    };
    match (a, b) {
        (Ok(a), Ok(b)) if a.sealer.object() != b.sealer.object() => {
            Err(refused.damaged(HeaderFault::Malformed, HeaderFault::Malformed))
        }
        (Ok(a), Ok(b)) => {
            let marks = [a.mark, b.mark];
            Ok(if a.header.sequence > b.header.sequence {
                newer(a, HeaderCopy::A, &b.header, marks)
            } else {
                newer(b, HeaderCopy::B, &a.header, marks)
            })
        }
        (Ok(a), Err(fault)) => refused.alone(a, HeaderCopy::A, fault),
        (Err(fault), Ok(b)) => refused.alone(b, HeaderCopy::B, fault),
        (Err(a), Err(b)) => Err(refused.both(a, b)),
    }
}

fn open_copy(
    place: HeaderCopy,
    octets: &CopyOctets,
    ring: &Arc<KeyRing>,
    expected: Option<ObjectId>,
) -> Result<Copy, HeaderFault> {
    let object = match expected {
        Some(object) => object,
        None => object_of(octets)?,
    };
    let sealer = Sealer::new(ring.clone(), object);
    let header = Header::open(&sealer, place, octets)?;
    let mark = CopyMark::of(octets);
    Ok(Copy {
        sealer,
        header,
        mark,
    })
}

fn newer(newer: Copy, copy: HeaderCopy, older: &Header, marks: CopyMarks) -> Chosen {
    let Copy { sealer, header, .. } = newer;
    let other = match header.sequence.checked_sub(older.sequence) {
        Some(1) if older.clean && older.says_the_same(&header) => OtherCopy::Twin,
        Some(1) => OtherCopy::Previous,
        _ => OtherCopy::Stale {
            sequence: older.sequence,
        },
    };
    Chosen {
        sealer,
        header,
        copy,
        other,
        marks,
    }
}

struct Refused<'a> {
    path: &'a Path,
    ring: &'a KeyRing,
    expected: Option<ObjectId>,
}

impl Refused<'_> {
    /// One copy alone opens. When the file was not closed properly and the other copy was sealed
    /// under a key, or in a format, that we lack, then that copy may be the newer one: going on
    /// with the older would lose what was committed since.
    fn alone(
        &self,
        usable: Copy,
        copy: HeaderCopy,
        fault: HeaderFault,
    ) -> Result<Chosen, OpenError> {
        let Copy {
            sealer,
            header,
            mark,
        } = usable;
        let beyond_us = matches!(
            fault,
            HeaderFault::UnknownGeneration { .. } | HeaderFault::OtherFormat { .. }
        );
        if beyond_us && !header.clean {
            return Err(self.single(&fault).unwrap_or_else(|| match copy {
                HeaderCopy::A => self.damaged(HeaderFault::Malformed, fault),
                HeaderCopy::B => self.damaged(fault, HeaderFault::Malformed),
            }));
        }
        Ok(Chosen {
            sealer,
            header,
            copy,
            other: OtherCopy::Unusable(fault),
            marks: match copy {
                HeaderCopy::A => [mark, None],
                HeaderCopy::B => [None, mark],
            },
        })
    }

    /// Neither copy opens: the fault that says most about the cause.
    fn both(&self, a: HeaderFault, b: HeaderFault) -> OpenError {
        let unknown =
            |fault: &HeaderFault| matches!(fault, HeaderFault::OtherFile | HeaderFault::Absent);
        if unknown(&a) && unknown(&b) {
            return OpenError::OtherFile {
                path: self.path.to_owned(),
            };
        }
        let told = self.single(&a).or_else(|| self.single(&b));
        told.unwrap_or_else(|| self.damaged(a, b))
    }

    fn damaged(&self, a: HeaderFault, b: HeaderFault) -> OpenError {
        OpenError::HeaderDamaged {
            path: self.path.to_owned(),
            a,
            b,
        }
    }

    /// The error of a fault that names its cause.
    fn single(&self, fault: &HeaderFault) -> Option<OpenError> {
        let path = self.path.to_owned();
        match fault {
            HeaderFault::OtherFormat { found } => Some(OpenError::OtherFormat {
                path,
                found: *found,
            }),
            HeaderFault::OtherStore => Some(OpenError::OtherStore { path }),
            HeaderFault::OtherKeyId { found } => {
                let expected = self.ring.key_id().as_str().to_owned();
                Some(OpenError::OtherKeyId {
                    path,
                    found: found.clone(),
                    expected,
                })
            }
            HeaderFault::OtherObject { found } => {
                let expected = self.expected?;
                Some(OpenError::OtherObject {
                    path,
                    found: *found,
                    expected,
                })
            }
            HeaderFault::UnknownGeneration { generation } => Some(OpenError::UnknownGeneration {
                path,
                generation: *generation,
            }),
            _ => None,
        }
    }
}
