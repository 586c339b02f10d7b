//! The checks of a demonstration. May touch: the directory, for reading.

use std::collections::BTreeSet;

use strongroom::{Class, Unlocked};

use super::place::{KEY_ID, Place};
use super::twin;
use crate::command::keystore;
use crate::failure::Failure;
use crate::input::Dataset;
use crate::output;
use crate::scan::{self, MIN_NEEDLE_LEN, Needles};

/// What was checked, and what failed.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    count: usize,
    failed: Vec<String>,
}

/// Field values that stand in the directory beside the database before any record was written:
/// words of our own configuration, certificates and keystore. A hit on one of them there proves
/// nothing; in the database it still counts.
pub(crate) struct Baseline {
    needles: Needles,
    known: BTreeSet<usize>,
}

impl Baseline {
    /// Looks for the records' values in what is there, the database left out.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or there are too many values.
    pub(crate) fn of(place: &Place, dataset: &Dataset) -> Result<Self, Failure> {
        let needles = Needles::of(&dataset.records).map_err(|error| {
            Failure::because(Class::Input, "too many values to search for", &error)
        })?;
        let (hits, _) = needles
            .below(place.dir())
            .map_err(|error| Failure::storage(place.dir(), &error))?;
        let beside = hits
            .into_iter()
            .filter(|(_, hit)| hit.path != place.data_file());
        let known = beside.map(|(needle, _)| needle).collect();
        Ok(Self { needles, known })
    }

    /// Whether a hit says nothing. The key id, and the magic of the database's header, stand in
    /// clear, as the formats say.
    fn excuses(&self, place: &Place, needle: usize, hit: &scan::Place) -> bool {
        let value = self.needles.value(needle).as_bytes();
        let in_clear = |words: &[u8]| words.windows(value.len()).any(|window| window == value);
        in_clear(KEY_ID.as_bytes())
            || in_clear(&strongroom_redb::MAGIC)
            || (hit.path != place.data_file() && self.known.contains(&needle))
    }
}

impl Checks {
    fn note(&mut self, step: &str, passed: bool, what: &str) {
        self.count = self.count.saturating_add(1);
        let verdict = if passed { "ok  " } else { "FAIL" };
        output::message(&format!("[{step}] {verdict} {what}"));
        if !passed {
            self.failed.push(what.to_owned());
        }
    }

    /// How many checks were made.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// Those that failed.
    pub(crate) fn failed(&self) -> &[String] {
        &self.failed
    }

    /// The same search finds every field value in an unencrypted twin.
    ///
    /// # Errors
    ///
    /// When the twin cannot be made.
    pub(crate) fn control(
        &mut self,
        dataset: &Dataset,
        baseline: &Baseline,
    ) -> Result<(), Failure> {
        let needles = &baseline.needles;
        let twin = twin::octets(dataset)
            .map_err(|error| Failure::because(Class::CheckFailed, "unencrypted twin", &error))?;
        let in_twin = needles.in_octets(&twin).len();
        self.note(
            "5",
            in_twin == needles.count() && in_twin > 0,
            &format!(
                "control: the search finds {in_twin} of {} distinct field values (of {MIN_NEEDLE_LEN} bytes or more) in an unencrypted twin in memory",
                needles.count()
            ),
        );
        Ok(())
    }

    /// No field value is in any file of the directory.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub(crate) fn disk(
        &mut self,
        step: &str,
        place: &Place,
        baseline: &Baseline,
    ) -> Result<(), Failure> {
        let (hits, volume) = baseline
            .needles
            .below(place.dir())
            .map_err(|error| Failure::storage(place.dir(), &error))?;
        let (excused, found): (Vec<_>, Vec<_>) = hits
            .into_iter()
            .partition(|(needle, hit)| baseline.excuses(place, *needle, hit));
        self.note(
            step,
            found.is_empty(),
            &format!(
                "the same search finds {} of them in all {} files ({} bytes) below {}",
                found.len(),
                volume.files,
                volume.octets,
                place.dir().display()
            ),
        );
        for (_, hit) in found.iter().take(3) {
            output::message(&format!(
                "    plaintext in {} at byte {}",
                hit.path.display(),
                hit.offset
            ));
        }
        if !excused.is_empty() {
            output::message(&format!(
                "    {} hits are words of our own files that were there before the records",
                excused.len()
            ));
        }
        Ok(())
    }

    /// Every record is as it was read.
    pub(crate) fn records(&mut self, dataset: &Dataset, differing: &[u64]) {
        self.note(
            "7",
            differing.is_empty(),
            &format!(
                "reopened from scratch under the new master key: {} of {} records differ",
                differing.len(),
                dataset.records.len()
            ),
        );
    }

    /// Keystore, data and server store are sound to the last octet.
    pub(crate) fn every_octet(&mut self, place: &Place, store: &Unlocked) {
        let verified = keystore::verify(place.dir(), store, keystore::Report::Silent);
        let why = verified
            .as_ref()
            .err()
            .map_or_else(String::new, |failure| format!(": {failure}"));
        self.note(
            "7",
            verified.is_ok(),
            &format!("every byte of keystore and data is authentic{why}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::input::Record;

    const KNOWN: &str = "enableEncryption";
    const SECRET: &str = "a secret value";

    fn demonstration(dir: &std::path::Path) -> (Place, Dataset) {
        let place = Place::prepare(dir).unwrap();
        fs::write(place.config_file(), KNOWN).unwrap();
        let values = [KNOWN, SECRET, KEY_ID];
        let dataset = Dataset {
            name: "test".to_owned(),
            records: vec![Record {
                fields: values
                    .map(|value| ("f".to_owned(), value.to_owned()))
                    .to_vec(),
            }],
            input_len: 0,
            digest: [0; 32],
        };
        (place, dataset)
    }

    #[test]
    fn a_leak_is_found_wherever_it_is_and_only_our_own_words_are_excused() {
        // (file, its text, whether it is a leak)
        let cases = [
            ("quickstart.redb", SECRET, true),
            ("quickstart.redb", KNOWN, true),
            ("quickstart.redb", KEY_ID, false),
            ("keystore.a", SECRET, true),
            ("keystore.a", KEY_ID, false),
            ("key-server", SECRET, true),
            ("keystore.b", KNOWN, false),
        ];
        for (file, text, leak) in cases {
            let dir = tempfile::tempdir().unwrap();
            let (place, dataset) = demonstration(dir.path());
            let baseline = Baseline::of(&place, &dataset).unwrap();
            fs::write(dir.path().join(file), text).unwrap();
            let mut checks = Checks::default();
            checks.disk("5", &place, &baseline).unwrap();
            assert_eq!(checks.failed().len(), usize::from(leak), "{file}: {text}");
        }
    }

    #[test]
    fn a_control_without_any_needle_fails() {
        let dir = tempfile::tempdir().unwrap();
        let (place, mut dataset) = demonstration(dir.path());
        dataset.records[0].fields.clear();
        dataset.records[0].fields.push(("f".into(), "short".into()));
        let baseline = Baseline::of(&place, &dataset).unwrap();
        let mut checks = Checks::default();
        checks.control(&dataset, &baseline).unwrap();
        assert_eq!(checks.failed().len(), 1);
    }
}
