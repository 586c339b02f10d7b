//! Which server is asked next, after which pause, and when to give up.
//!
//! May touch: memory. Knows neither sockets nor clocks: the clients drive it.

use std::time::Duration;

use crate::back_off::{BackOff, Jitter};
use crate::error::{Cause, ClientError, ErrorKind, Outcome};
use crate::options::ClientOptions;

/// The rounds over a list of servers.
#[derive(Debug)]
pub(crate) struct Rounds {
    servers: usize,
    rounds: u32,
    back_off: BackOff,
    jitter: Jitter,
    round: u32,
    index: usize,
    failures: Vec<ClientError>,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Connect to this server of the list.
    Try(usize),
    /// Wait so long; the next round follows.
    Pause(Duration),
    /// Give up.
    Failed,
}

impl Rounds {
    pub(crate) fn new(servers: usize, options: &ClientOptions, jitter: &Jitter) -> Self {
        Self {
            servers,
            rounds: options.connect_retries.saturating_add(1),
            back_off: options.back_off,
            jitter: jitter.clone(),
            round: 0,
            index: 0,
            failures: Vec::new(),
        }
    }

    /// The next step; `left` is the rest of the time for all of it, where that is bounded.
    pub(crate) fn next(&mut self, left: Option<Duration>) -> Next {
        if left.is_some_and(|left| left.is_zero()) {
            return Next::Failed;
        }
        if self.index < self.servers {
            let index = self.index;
            self.index = index.saturating_add(1);
            return Next::Try(index);
        }
        let pause = self.back_off.pause(self.round, self.jitter.draw());
        self.round = self.round.saturating_add(1);
        // A pause to the end of the time would only delay the answer.
        if self.round >= self.rounds || left.is_some_and(|left| left <= pause) {
            return Next::Failed;
        }
        self.index = 0;
        self.failures.clear();
        Next::Pause(pause)
    }

    /// Takes the failure of the last server that was tried.
    ///
    /// # Errors
    ///
    /// The failure itself, where another server would only hide it.
    pub(crate) fn failed(&mut self, error: ClientError) -> Result<(), ClientError> {
        if !error.moves_on() {
            return Err(error);
        }
        self.failures.push(error);
        Ok(())
    }

    /// What to tell the caller after [`Next::Failed`]. One server in one round speaks for itself.
    pub(crate) fn into_error(mut self) -> ClientError {
        if self.servers == 1
            && self.rounds == 1
            && let Some(only) = self.failures.pop()
        {
            return only;
        }
        let mut kinds = self.failures.iter().map(ClientError::kind);
        let kind = if kinds.all(|kind| kind == ErrorKind::Timeout) {
            ErrorKind::Timeout
        } else {
            ErrorKind::Unreachable
        };
        let cause = Cause::AllServers {
            failures: self.failures,
            rounds: self.round.max(1),
        };
        ClientError::new(kind, Outcome::NotSent, cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rounds(servers: usize, retries: u32) -> Rounds {
        let back_off = BackOff::new(Duration::from_millis(200), Duration::from_secs(1));
        let options = ClientOptions::default()
            .connect_retries(retries)
            .back_off(back_off);
        Rounds::new(servers, &options, &Jitter::new(|| 0))
    }

    fn error(kind: ErrorKind) -> ClientError {
        ClientError::new(kind, Outcome::NotSent, Cause::NoAddress)
    }

    #[test]
    fn each_round_asks_every_server_and_pauses_follow_the_back_off() {
        let mut rounds = rounds(2, 2);
        let mut steps = Vec::new();
        loop {
            let next = rounds.next(None);
            steps.push(next);
            match next {
                Next::Try(_) => rounds.failed(error(ErrorKind::Unreachable)).unwrap(),
                Next::Pause(_) => {}
                Next::Failed => break,
            }
        }
        let (a, b) = (Next::Try(0), Next::Try(1));
        let pause = |ms| Next::Pause(Duration::from_millis(ms));
        assert_eq!(
            steps,
            [a, b, pause(100), a, b, pause(200), a, b, Next::Failed]
        );
        let error = rounds.into_error();
        assert!(
            matches!(error.cause(), Cause::AllServers { failures, rounds: 3 } if failures.len() == 2),
            "{error:?}"
        );
    }

    #[test]
    fn what_another_server_would_only_hide_is_told_at_once() {
        use ErrorKind as Kind;
        let hides = [
            Kind::Configuration,
            Kind::Tls,
            Kind::Authentication,
            Kind::PermissionDenied,
            Kind::NotFound,
            Kind::Refused,
            Kind::Malformed,
            Kind::NoCommonVersion,
        ];
        for kind in hides {
            let told = rounds(2, 2).failed(error(kind)).unwrap_err();
            assert_eq!(told.kind(), kind);
        }
        for kind in [Kind::Unreachable, Kind::Timeout] {
            assert!(rounds(2, 2).failed(error(kind)).is_ok());
        }
    }

    #[test]
    fn the_time_for_all_of_it_ends_rounds_and_pauses() {
        let second = Duration::from_secs(1);
        let mut over = rounds(2, 9);
        assert_eq!(over.next(Some(second)), Next::Try(0));
        over.failed(error(ErrorKind::Timeout)).unwrap();
        assert_eq!(over.next(Some(Duration::ZERO)), Next::Failed);
        let error = over.into_error();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error:?}");

        let mut short = rounds(1, 9);
        assert_eq!(short.next(Some(second)), Next::Try(0));
        let left = Duration::from_millis(100);
        assert_eq!(short.next(Some(left)), Next::Failed, "the pause is as long");
    }

    #[test]
    fn a_single_server_in_a_single_round_speaks_for_itself() {
        let mut only = rounds(1, 0);
        assert_eq!(only.next(None), Next::Try(0));
        only.failed(error(ErrorKind::Unreachable)).unwrap();
        assert_eq!(only.next(None), Next::Failed);
        assert!(matches!(only.into_error().cause(), Cause::NoAddress));
    }
}
