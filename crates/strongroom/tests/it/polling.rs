//! Looks at the master key's state while a store runs: every state under every policy, on a clock that
//! the test moves.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow must fail its test"
)]

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use strongroom::kmip::enumeration::{RevocationReasonCode, State};
use strongroom::{
    Class, Clock, Directive, KeyFinding, KeyStateEvent, PollReport, RunOptions, Running, Wait,
};
use strongroom_server::{FaultAction, HandshakeFault, Profile};
use tokio::sync::{Semaphore, watch};

use crate::harness::Harness;

/// Stands still until [`Self::tick`].
#[derive(Debug)]
struct TestClock {
    passed: Mutex<Duration>,
    ticks: Semaphore,
    waits: watch::Sender<u32>,
}

impl TestClock {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            passed: Mutex::default(),
            ticks: Semaphore::new(0),
            waits: watch::Sender::new(0),
        })
    }

    /// Lets one period pass, and returns when what it led to is done.
    async fn tick(&self) {
        let mut waits = self.waits.subscribe();
        let before = *waits.wait_for(|waits| *waits > 0).await.unwrap();
        self.ticks.add_permits(1);
        waits.wait_for(|waits| *waits > before).await.unwrap();
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + *self.passed.lock().unwrap()
    }

    fn after(&self, period: Duration) -> Wait<'_> {
        self.waits.send_modify(|waits| *waits += 1);
        Box::pin(async move {
            self.ticks.acquire().await.unwrap().forget();
            *self.passed.lock().unwrap() += period;
        })
    }
}

/// A running store, its clock, and what it said.
struct Watched {
    running: Running,
    clock: Arc<TestClock>,
    heard: Arc<Mutex<Vec<KeyStateEvent>>>,
}

impl Watched {
    async fn start(harness: &Harness, lines: &[&str], dbpath: &Path) -> Self {
        let unlocked = harness.unlock(lines, dbpath).await.unwrap();
        let (clock, heard) = (TestClock::new(), Arc::new(Mutex::new(Vec::new())));
        let ear = Arc::clone(&heard);
        let options = RunOptions::default()
            .clock(Arc::<TestClock>::clone(&clock))
            .on_event(Arc::new(move |event: &KeyStateEvent| {
                ear.lock().unwrap().push(event.clone());
            }));
        let config = Arc::new(harness.config(lines));
        let running = Running::start(unlocked, config, dbpath, options).unwrap();
        Self {
            running,
            clock,
            heard,
        }
    }

    fn master(&self) -> String {
        self.running.with_metadata(|metadata| {
            let master = metadata.masters().next().unwrap();
            master.unique_identifier.clone()
        })
    }

    /// What one more look said: an event, and what it made of the directive.
    async fn look(&self) -> (Option<KeyStateEvent>, Directive) {
        self.clock.tick().await;
        let mut heard = self.heard.lock().unwrap();
        let event = heard.pop();
        assert!(heard.is_empty());
        (event, self.running.directive())
    }

    async fn report(&self) -> Option<PollReport> {
        self.running
            .status()
            .await
            .unwrap()
            .running
            .unwrap()
            .polling
    }
}

const POLICIES: [(&str, Directive); 4] = [
    ("shutdown", Directive::ShutDown),
    ("read-only", Directive::ReadOnly),
    ("warn", Directive::GoOn),
    ("callback", Directive::GoOn),
];

/// K1 to K4 of the start, then the states that a key can come into while it is polled.
#[tokio::test(flavor = "multi_thread")]
async fn every_state_under_every_policy() {
    for (policy, when_bad) in POLICIES {
        for state in [
            State::ACTIVE,
            State::DEACTIVATED,
            State::COMPROMISED,
            State::DESTROYED,
        ] {
            let harness = Harness::start().await;
            let dbpath = harness.dbpath("db");
            let line = format!("onKeyState: {policy}");
            // K1: a new key is activated and polled.
            let watched = Watched::start(&harness, &[&line], &dbpath).await;
            let case = format!("{policy}, {state}");
            assert_eq!(watched.look().await, (None, Directive::GoOn), "{case}");
            let id = watched.master();
            match state {
                State::ACTIVE => {}
                State::COMPROMISED => {
                    harness
                        .revoke(&id, RevocationReasonCode::KEY_COMPROMISE)
                        .await
                }
                _ => harness.revoke(&id, RevocationReasonCode::SUPERSEDED).await,
            }
            if state == State::DESTROYED {
                harness.destroy(&id).await;
            }
            let (event, directive) = watched.look().await;
            if state == State::ACTIVE {
                assert_eq!((event, directive), (None, Directive::GoOn), "{case}");
                continue;
            }
            assert_eq!(directive, when_bad, "{case}");
            let event = event.unwrap();
            assert_eq!(event.finding, KeyFinding::NotActive(state), "{case}");
            assert_eq!(
                (event.unique_identifier.as_str(), event.directive),
                (id.as_str(), when_bad)
            );
            let text = event.to_string();
            assert!(
                text.contains(&state.to_string()) && text.contains(&id),
                "{text}"
            );
            // It is said with every look, and keys in use seal and open all the same.
            assert_eq!(watched.look().await.1, when_bad, "{case}");
            // K4: such a key does not open the store at the next start.
            drop(watched);
            assert!(harness.unlock(&[&line], &dbpath).await.is_err(), "{case}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_on_no_server_is_absent() {
    for (policy, when_bad) in POLICIES {
        let harness = Harness::start_as(Profile::PYKMIP).await;
        let dbpath = harness.dbpath("db");
        let line = format!("onKeyState: {policy}");
        let watched = Watched::start(&harness, &[&line], &dbpath).await;
        let id = watched.master();
        harness
            .revoke(&id, RevocationReasonCode::CESSATION_OF_OPERATION)
            .await;
        harness.destroy(&id).await;
        let (event, directive) = watched.look().await;
        assert_eq!(event.unwrap().finding, KeyFinding::Absent, "{policy}");
        assert_eq!(directive, when_bad, "{policy}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_stops_nobody_unless_a_limit_says_so() {
    for (limit, bad_from) in [(0_u32, None), (1, Some(1)), (3, Some(3))] {
        for (policy, when_bad) in POLICIES {
            let harness = Harness::start().await;
            let dbpath = harness.dbpath("db");
            let lines = [
                format!("onKeyState: {policy}"),
                format!("unreachableLimit: {limit}"),
            ];
            let watched = Watched::start(&harness, &[&lines[0], &lines[1]], &dbpath).await;
            harness.faults().clear();
            for look in 1..=4 {
                harness
                    .faults()
                    .at_handshake(harness.faults().connections() + 1, HandshakeFault::Close);
                let (event, directive) = watched.look().await;
                let event = event.unwrap();
                assert!(
                    matches!(event.finding, KeyFinding::Unreachable(_)),
                    "{event:?}"
                );
                assert_eq!(event.unreachable, look);
                let expected = match bad_from {
                    Some(from) if look >= from => when_bad,
                    _ => Directive::GoOn,
                };
                assert_eq!(directive, expected, "{policy}, limit {limit}, look {look}");
            }
            // It answers again: said once, and counted from the start.
            let (event, directive) = watched.look().await;
            assert_eq!(event.unwrap().finding, KeyFinding::Active);
            assert_eq!(directive, Directive::GoOn);
            assert_eq!(watched.look().await, (None, Directive::GoOn));
        }
    }
}

/// K1 to K3 without `activateKeys`, and seconds that are not positive: nobody looks.
#[tokio::test(flavor = "multi_thread")]
async fn without_activate_keys_or_a_period_nobody_looks() {
    for lines in [
        &["activateKeys: false"][..],
        &["keyStatePollingSeconds: 0"],
        &["keyStatePollingSeconds: -1"],
        &["activateKeys: false", "keyStatePollingSeconds: 0"],
    ] {
        let harness = Harness::start().await;
        let dbpath = harness.dbpath("db");
        let watched = Watched::start(&harness, lines, &dbpath).await;
        assert_eq!(watched.report().await, None, "{lines:?}");
        assert_eq!(*watched.clock.waits.borrow(), 0, "{lines:?}");
        assert_eq!(watched.running.directive(), Directive::GoOn);
    }
}

/// K3 of a strict start: a Pre-Active key that is not ours.
#[tokio::test(flavor = "multi_thread")]
async fn a_pre_active_key_is_refused_at_the_start_or_not_polled() {
    let harness = Harness::start().await;
    harness.key("theirs", State::PRE_ACTIVE, None).await;
    let strict = &["keyIdentifier: theirs"];
    let refused = harness.unlock(strict, &harness.dbpath("strict")).await;
    assert_eq!(refused.unwrap_err().class(), Class::KeyState);
    let off = &["keyIdentifier: theirs", "activateKeys: false"];
    let watched = Watched::start(&harness, off, &harness.dbpath("off")).await;
    assert_eq!(watched.report().await, None);
}

/// K5: the state of the old key is no trouble, before, during and after its rotation.
#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_leads_away_from_a_key_that_is_not_good_any_more() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let watched = Watched::start(&harness, &[], &dbpath).await;
    let old = watched.master();
    harness
        .revoke(&old, RevocationReasonCode::KEY_COMPROMISE)
        .await;
    assert_eq!(watched.look().await.1, Directive::ShutDown);
    let rotated = watched.running.rotate().await.unwrap();
    assert_eq!(rotated.old.as_deref(), Some(old.as_str()));
    let (event, directive) = watched.look().await;
    let event = event.unwrap();
    assert_eq!(
        (event.finding, event.unique_identifier),
        (KeyFinding::Active, rotated.new)
    );
    assert_eq!(directive, Directive::GoOn);
}

/// A look that began before a rotation and ends after it has asked for the wrong key.
#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_during_a_look_is_no_trouble() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let watched = Watched::start(&harness, &[], &dbpath).await;
    watched.look().await;
    harness.faults().clear();
    // The look's first message waits while the rotation comes and goes; then it asks for the old key.
    let mut waits = watched.clock.waits.subscribe();
    let before = *waits.borrow_and_update();
    harness
        .faults()
        .at(1, FaultAction::Delay(Duration::from_secs(2)));
    watched.clock.ticks.add_permits(1);
    while harness.faults().seen() < 1 {
        tokio::task::yield_now().await;
    }
    watched.running.rotate().await.unwrap();
    waits.wait_for(|waits| *waits > before).await.unwrap();
    assert_eq!(watched.heard.lock().unwrap().len(), 0);
    assert_eq!(watched.running.directive(), Directive::GoOn);
    let report = watched.report().await.unwrap();
    assert!(report.is_active, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_tells_the_last_look_the_server_and_the_certificates() {
    let harness = Harness::start().await;
    let dbpath = harness.dbpath("db");
    let lines = &["keyStatePollingSeconds: 60", "unreachableLimit: 5"];
    let watched = Watched::start(&harness, lines, &dbpath).await;
    let fresh = watched.report().await.unwrap();
    assert_eq!(
        (fresh.period_seconds, fresh.on_key_state.as_str()),
        (60, "shutdown")
    );
    assert_eq!(
        (fresh.last_poll, fresh.finding, fresh.is_active),
        (None, None, false)
    );
    watched.look().await;
    watched.look().await;
    let status = watched.running.status().await.unwrap();
    let server = status.servers[0].server.clone();
    assert_eq!(status.certificates.len(), 3);
    let report = status.running.unwrap().polling.unwrap();
    assert_eq!(report.last_poll.as_deref(), Some("1970-01-01T00:02:00Z"));
    assert_eq!((report.server, report.is_active), (Some(server), true));
    harness.faults().clear();
    harness.faults().at_handshake(1, HandshakeFault::Close);
    watched.look().await;
    let report = watched.report().await.unwrap();
    assert_eq!(report.last_poll.as_deref(), Some("1970-01-01T00:03:00Z"));
    assert_eq!(report.last_answer.as_deref(), Some("1970-01-01T00:02:00Z"));
    assert_eq!((report.unreachable, report.is_active), (1, false));
    assert_eq!(report.directive, Directive::GoOn);
}
