//! The adapter's crash campaign, in release: unmodified redb over sealed units, cut in the middle of
//! writes that are dropped, reordered and torn, beside a re-seal too; and the known-bad writers, which
//! must lose.

use crate::Outcome;
use crate::named::NamedTests;

const CAMPAIGN: NamedTests = NamedTests {
    of: "-p strongroom-redb --lib",
    names: &["campaign", "reseal_crash"],
};

/// Sets how many crashes the campaign tries; 0 leaves it out.
const CRASHES: &str = "STRONGROOM_REDB_CRASHES";
/// How many, when it is not set.
const DEFAULT: &str = "10000";

pub(super) fn run() -> Outcome {
    let crashes = std::env::var(CRASHES).unwrap_or_else(|_| DEFAULT.to_owned());
    if crashes == "0" {
        println!("the crash campaign is left out: {CRASHES} is 0");
        return Ok(());
    }
    let campaign = CAMPAIGN.command("--release")?;
    campaign.variable(CRASHES, &crashes).run()
}
