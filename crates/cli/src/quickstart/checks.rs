//! The checks of a demonstration. May touch: the directory, for reading.

use std::collections::BTreeSet;

use strongroom::{Class, Unlocked};

use super::place::Place;
use super::twin;
use crate::command::keystore;
use crate::failure::Failure;
use crate::input::Dataset;
use crate::output;
use crate::scan::{MIN_NEEDLE_LEN, Needles};

/// What was checked, and what failed.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    count: usize,
    failed: Vec<String>,
}

/// Field values that stand in the directory before any record was written: words of our own
/// configuration and certificates. A hit on one of them proves nothing.
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
        let mut known = BTreeSet::new();
        for path in [place.config_file(), place.key_server()] {
            let found = match path.is_dir() {
                true => needles
                    .below(&path)
                    .map(|(hits, _)| hits.into_keys().collect()),
                false => std::fs::read(&path).map(|octets| needles.in_octets(&octets)),
            };
            known.extend(found.map_err(|error| Failure::storage(&path, &error))?);
        }
        Ok(Self { needles, known })
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

    /// No field value is in any file, while the same search finds every one in an unencrypted twin.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub(crate) fn plaintext(
        &mut self,
        place: &Place,
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
        let (hits, volume) = needles
            .below(place.dir())
            .map_err(|error| Failure::storage(place.dir(), &error))?;
        let new: Vec<_> = hits
            .iter()
            .filter(|(needle, _)| !baseline.known.contains(needle))
            .collect();
        self.note(
            "5",
            new.is_empty(),
            &format!(
                "the same search finds {} of them in all {} files ({} bytes) below {}",
                new.len(),
                volume.files,
                volume.octets,
                place.dir().display()
            ),
        );
        for (_, hit) in new.iter().take(3) {
            output::message(&format!(
                "    plaintext in {} at byte {}",
                hit.path.display(),
                hit.offset
            ));
        }
        if !baseline.known.is_empty() {
            output::message(&format!(
                "    {} values are also words of our own configuration or certificates; they prove nothing either way",
                baseline.known.len()
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
