//! The whole life cycle against servers that behave like others.

use strongroom::kmip::enumeration::{Operation, State};
use strongroom_server::Profile;

use crate::harness::{Harness, opens, witness};

/// Unlock, open again, rotate twice, open again; gives the operations that the server saw.
async fn live(profile: Profile, lines: &[&str]) -> Vec<Operation> {
    let label = profile.name;
    let harness = Harness::start_as(profile).await;
    let dbpath = harness.dbpath("db");
    let mut unlocked = harness.unlock(lines, &dbpath).await.unwrap();
    let sealed = witness(&mut unlocked);
    drop(unlocked);
    for _ in 0..2 {
        drop(harness.rotate(lines, &dbpath).await.unwrap());
        let mut unlocked = harness.unlock(lines, &dbpath).await.unwrap();
        assert!(opens(&mut unlocked, &sealed), "{label}");
    }
    let seen = harness.operations();
    let keys = harness.keys().await;
    let named = keys.iter().filter(|key| key.name.starts_with("key_name"));
    let states: Vec<State> = named.map(|key| key.state).collect();
    let expected = [State::DEACTIVATED, State::DEACTIVATED, State::ACTIVE];
    assert_eq!(states, expected, "{label}");
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_lives_with_each_profile_in_both_modes() {
    for profile in Profile::ALL {
        for (mode, makes) in [
            ("create", Operation::CREATE),
            ("register", Operation::REGISTER),
        ] {
            let mode = format!("masterKeyMode: {mode}");
            let seen = live(profile, &["keyIdentifier: key_name", &mode]).await;
            assert!(seen.contains(&makes), "{}: {seen:?}", profile.name);
        }
    }
}
