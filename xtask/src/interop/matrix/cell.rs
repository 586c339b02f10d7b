//! One cell: what a row at a version was expected to do, and what it did.
//!
//! May touch: nothing.

use serde::Serialize;
use strongroom_kmip::ProtocolVersion;

use super::player::Played;

/// What a row cannot do at some versions of a peer, and why. A row that does it all the same fails:
/// so the table stays true.
pub(super) struct Pin {
    /// The row's label.
    pub(super) row: &'static str,
    pub(super) first: ProtocolVersion,
    pub(super) last: ProtocolVersion,
    /// What the answer must say, or what must be wrong with it.
    pub(super) shows: &'static str,
    pub(super) why: &'static str,
}

impl Pin {
    pub(super) fn find<'a>(
        pins: &'a [Self],
        row: &str,
        version: ProtocolVersion,
    ) -> Option<&'a Self> {
        pins.iter()
            .find(|pin| pin.row == row && pin.first <= version && version <= pin.last)
    }
}

/// How a cell ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Verdict {
    /// Done, and the answer was right.
    Ok,
    /// Not done, as expected of this peer.
    Expected,
    /// KMIP does not have it in this version; nothing was sent.
    NotInVersion,
    /// The client has no call for it.
    NotInClient,
    Failed,
}

/// One cell.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Cell {
    pub(super) row: String,
    pub(super) version: String,
    pub(super) verdict: Verdict,
    /// What was found, where it was not done.
    pub(super) found: Option<String>,
    /// Why no more was expected.
    pub(super) why: Option<String>,
}

/// What a peer is expected to answer otherwise than with success.
pub(super) struct Expected {
    pub(super) shows: String,
    pub(super) why: String,
}

impl From<&Pin> for Expected {
    fn from(pin: &Pin) -> Self {
        Self {
            shows: pin.shows.to_owned(),
            why: pin.why.to_owned(),
        }
    }
}

impl Cell {
    /// One that was not played.
    pub(super) fn without(row: String, version: ProtocolVersion, verdict: Verdict) -> Self {
        Self {
            row,
            version: version.to_string(),
            verdict,
            found: None,
            why: None,
        }
    }

    pub(super) fn judge(
        row: String,
        version: ProtocolVersion,
        played: Played,
        expected: Option<Expected>,
    ) -> Self {
        let found = played.err().map(|miss| miss.0);
        let why = expected.as_ref().map(|expected| expected.why.clone());
        let (verdict, found) = match (found, expected) {
            (None, None) => (Verdict::Ok, None),
            (Some(found), Some(expected)) if found.contains(&expected.shows) => {
                (Verdict::Expected, Some(found))
            }
            (Some(found), _) => (Verdict::Failed, Some(found)),
            (None, Some(expected)) => {
                let text = format!("it works; \"{}\" was expected", expected.shows);
                (Verdict::Failed, Some(text))
            }
        };
        Self {
            row,
            version: version.to_string(),
            verdict,
            found,
            why,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::player::Miss;
    use super::*;

    fn cell(played: Played, expected: Option<&str>) -> Verdict {
        let expected = expected.map(|shows| Expected {
            shows: shows.to_owned(),
            why: "the peer lacks it".to_owned(),
        });
        Cell::judge("Get".to_owned(), ProtocolVersion::V1_0, played, expected).verdict
    }

    #[test]
    fn a_refusal_passes_only_where_it_is_expected_and_a_success_fails_where_it_is_not() {
        let refused = || Err(Miss("Get: Permission Denied (no)".to_owned()));
        assert_eq!(cell(Ok(()), None), Verdict::Ok);
        assert_eq!(cell(refused(), None), Verdict::Failed);
        assert_eq!(
            cell(refused(), Some("Permission Denied")),
            Verdict::Expected
        );
        assert_eq!(cell(refused(), Some("Invalid Field")), Verdict::Failed);
        assert_eq!(cell(Ok(()), Some("Permission Denied")), Verdict::Failed);
    }

    #[test]
    fn a_pin_holds_for_its_row_in_its_versions_alone() {
        let pins = [Pin {
            row: "Get: wrapped",
            first: ProtocolVersion::V1_0,
            last: ProtocolVersion::V1_2,
            shows: "",
            why: "",
        }];
        let is_pinned = |row, version| Pin::find(&pins, row, version).is_some();
        assert!(is_pinned("Get: wrapped", ProtocolVersion::V1_0));
        assert!(is_pinned("Get: wrapped", ProtocolVersion::V1_2));
        assert!(!is_pinned("Get: wrapped", ProtocolVersion::V1_3));
        assert!(!is_pinned("Get", ProtocolVersion::V1_0));
    }
}
