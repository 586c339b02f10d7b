//! The states of a managed object and what moves it between them (KMIP 1.0, 3.17).
//!
//! May touch: nothing; the clock is a parameter, in seconds since 1970 (UTC).
//!
//! ```text
//! Pre-Active --activate--> Active --revoke--> Deactivated --destroy--> Destroyed
//!     |  \                   |                    |                       |
//!     |   `--compromise--.   compromise       compromise              compromise
//!     |                   \  v                    v                       v
//!     |                    Compromised <----------'   --destroy--> Destroyed Compromised
//!     `--destroy--> Destroyed
//! ```

/// The State attribute (KMIP 1.0, 9.1.3.2.17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectState {
    /// Made, not yet to be used.
    PreActive,
    /// In use.
    Active,
    /// No longer to be used for protecting; still readable.
    Deactivated,
    /// Its secret may be known to others.
    Compromised,
    /// Its key material is gone.
    Destroyed,
    /// Its key material is gone and may be known to others.
    DestroyedCompromised,
}

impl ObjectState {
    /// The number on the wire.
    #[must_use]
    pub const fn value(self) -> u32 {
        match self {
            Self::PreActive => 1,
            Self::Active => 2,
            Self::Deactivated => 3,
            Self::Compromised => 4,
            Self::Destroyed => 5,
            Self::DestroyedCompromised => 6,
        }
    }

    /// The state with this number.
    #[must_use]
    pub const fn from_value(value: u32) -> Option<Self> {
        Some(match value {
            1 => Self::PreActive,
            2 => Self::Active,
            3 => Self::Deactivated,
            4 => Self::Compromised,
            5 => Self::Destroyed,
            6 => Self::DestroyedCompromised,
            _ => return None,
        })
    }

    /// The specification's word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PreActive => "Pre-Active",
            Self::Active => "Active",
            Self::Deactivated => "Deactivated",
            Self::Compromised => "Compromised",
            Self::Destroyed => "Destroyed",
            Self::DestroyedCompromised => "Destroyed Compromised",
        }
    }

    /// Whether the key material is gone.
    #[must_use]
    pub const fn is_destroyed(self) -> bool {
        matches!(self, Self::Destroyed | Self::DestroyedCompromised)
    }
}

/// Why an object was revoked (KMIP 1.0, 3.26).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Revocation Reason Code; Key Compromise is 2, CA Compromise 3.
    pub code: u32,
    /// Revocation Message.
    pub message: Option<String>,
}

impl Revocation {
    /// Whether the reason makes the object Compromised rather than Deactivated (KMIP 1.0, 4.19).
    #[must_use]
    pub const fn is_compromise(&self) -> bool {
        matches!(self.code, 2 | 3)
    }
}

/// State and dates of one object. Dates are seconds since 1970 (UTC).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// The state as of the last change; [`Lifecycle::state_at`] knows what dates did since.
    pub(crate) recorded: ObjectState,
    pub(crate) initial: i64,
    pub(crate) activation: Option<i64>,
    pub(crate) deactivation: Option<i64>,
    pub(crate) compromise: Option<i64>,
    pub(crate) compromise_occurrence: Option<i64>,
    pub(crate) destroy: Option<i64>,
    pub(crate) last_change: i64,
    pub(crate) revocation: Option<Revocation>,
}

/// A change that the state of the object does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LifecycleError {
    /// Activate wants Pre-Active.
    #[error("the object is {}, so it cannot be activated; only a Pre-Active object can", .0.name())]
    NotPreActive(ObjectState),
    /// Revoke without compromise wants Active.
    #[error(
        "the object is {}, so it can only be revoked with the reason Key Compromise or CA Compromise",
        .0.name()
    )]
    NotActive(ObjectState),
    /// Destroy refuses Active.
    #[error("the object is Active, so it cannot be destroyed; revoke it first")]
    StillActive,
    /// The key material is gone already.
    #[error("the object is {}; its key material is gone", .0.name())]
    Gone(ObjectState),
    /// A date that contradicts another one.
    #[error("the Deactivation Date is before the Activation Date")]
    Dates,
}

impl Lifecycle {
    /// A new object, Pre-Active, or Active at once when `activation` has come.
    ///
    /// # Errors
    ///
    /// [`LifecycleError::Dates`] when `deactivation` is before `activation`.
    pub fn new(
        now: i64,
        activation: Option<i64>,
        deactivation: Option<i64>,
    ) -> Result<Self, LifecycleError> {
        if let (Some(from), Some(until)) = (activation, deactivation)
            && until < from
        {
            return Err(LifecycleError::Dates);
        }
        Ok(Self {
            recorded: ObjectState::PreActive,
            initial: now,
            activation,
            deactivation,
            compromise: None,
            compromise_occurrence: None,
            destroy: None,
            last_change: now,
            revocation: None,
        })
    }

    /// The state at `now`: an Activation or Deactivation Date that has passed counts.
    #[must_use]
    pub fn state_at(&self, now: i64) -> ObjectState {
        let passed = |date: Option<i64>| date.is_some_and(|date| date <= now);
        let mut state = self.recorded;
        if state == ObjectState::PreActive && passed(self.activation) {
            state = ObjectState::Active;
        }
        if state == ObjectState::Active && passed(self.deactivation) {
            state = ObjectState::Deactivated;
        }
        state
    }

    /// Activate (KMIP 1.0, 4.18).
    ///
    /// # Errors
    ///
    /// [`LifecycleError::NotPreActive`], [`LifecycleError::Gone`].
    pub fn activate(&mut self, now: i64) -> Result<(), LifecycleError> {
        match self.state_at(now) {
            ObjectState::PreActive => {
                self.recorded = ObjectState::Active;
                self.activation = Some(now);
                self.last_change = now;
                Ok(())
            }
            state if state.is_destroyed() => Err(LifecycleError::Gone(state)),
            state => Err(LifecycleError::NotPreActive(state)),
        }
    }

    /// Revoke (KMIP 1.0, 4.19); `occurrence` is when the compromise happened, if known.
    ///
    /// # Errors
    ///
    /// [`LifecycleError::NotActive`], [`LifecycleError::Gone`].
    pub fn revoke(
        &mut self,
        now: i64,
        revocation: Revocation,
        occurrence: Option<i64>,
    ) -> Result<(), LifecycleError> {
        let state = self.state_at(now);
        if revocation.is_compromise() {
            self.recorded = match state {
                ObjectState::DestroyedCompromised => return Err(LifecycleError::Gone(state)),
                ObjectState::Destroyed => ObjectState::DestroyedCompromised,
                _ => ObjectState::Compromised,
            };
            self.compromise.get_or_insert(now);
            self.compromise_occurrence = occurrence.or(self.compromise_occurrence).or(Some(now));
        } else {
            match state {
                ObjectState::Active => {}
                state if state.is_destroyed() => return Err(LifecycleError::Gone(state)),
                state => return Err(LifecycleError::NotActive(state)),
            }
            self.recorded = ObjectState::Deactivated;
            self.deactivation = Some(now);
        }
        self.revocation = Some(revocation);
        self.last_change = now;
        Ok(())
    }

    /// Destroy (KMIP 1.0, 4.20). The caller wipes the key material.
    ///
    /// # Errors
    ///
    /// [`LifecycleError::StillActive`], [`LifecycleError::Gone`].
    pub fn destroy(&mut self, now: i64) -> Result<(), LifecycleError> {
        self.recorded = match self.state_at(now) {
            ObjectState::Active => return Err(LifecycleError::StillActive),
            ObjectState::PreActive | ObjectState::Deactivated => ObjectState::Destroyed,
            ObjectState::Compromised => ObjectState::DestroyedCompromised,
            state => return Err(LifecycleError::Gone(state)),
        };
        self.destroy = Some(now);
        self.last_change = now;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::ObjectState::{
        Active, Compromised, Deactivated, Destroyed, DestroyedCompromised, PreActive,
    };
    use super::*;

    const NOW: i64 = 1_000;

    fn revocation(code: u32) -> Revocation {
        Revocation {
            code,
            message: None,
        }
    }

    /// An object brought into `state` by the operations alone.
    fn object(state: ObjectState) -> Lifecycle {
        let mut life = Lifecycle::new(1, None, None).unwrap();
        match state {
            PreActive => {}
            Active => life.activate(2).unwrap(),
            Deactivated => {
                life.activate(2).unwrap();
                life.revoke(3, revocation(1), None).unwrap();
            }
            Compromised => life.revoke(3, revocation(2), None).unwrap(),
            Destroyed => life.destroy(4).unwrap(),
            DestroyedCompromised => {
                life.revoke(3, revocation(2), None).unwrap();
                life.destroy(4).unwrap();
            }
        }
        assert_eq!(life.state_at(NOW), state);
        life
    }

    type Row = (ObjectState, [Result<ObjectState, LifecycleError>; 5]);

    /// State x {activate, revoke (cessation), revoke (key compromise), revoke (CA compromise),
    /// destroy}.
    #[test]
    fn every_state_and_every_event() {
        use LifecycleError::{Gone, NotActive, NotPreActive, StillActive};
        let rows: [Row; 6] = [
            (
                PreActive,
                [
                    Ok(Active),
                    Err(NotActive(PreActive)),
                    Ok(Compromised),
                    Ok(Compromised),
                    Ok(Destroyed),
                ],
            ),
            (
                Active,
                [
                    Err(NotPreActive(Active)),
                    Ok(Deactivated),
                    Ok(Compromised),
                    Ok(Compromised),
                    Err(StillActive),
                ],
            ),
            (
                Deactivated,
                [
                    Err(NotPreActive(Deactivated)),
                    Err(NotActive(Deactivated)),
                    Ok(Compromised),
                    Ok(Compromised),
                    Ok(Destroyed),
                ],
            ),
            (
                Compromised,
                [
                    Err(NotPreActive(Compromised)),
                    Err(NotActive(Compromised)),
                    Ok(Compromised),
                    Ok(Compromised),
                    Ok(DestroyedCompromised),
                ],
            ),
            (
                Destroyed,
                [
                    Err(Gone(Destroyed)),
                    Err(Gone(Destroyed)),
                    Ok(DestroyedCompromised),
                    Ok(DestroyedCompromised),
                    Err(Gone(Destroyed)),
                ],
            ),
            (DestroyedCompromised, [Err(Gone(DestroyedCompromised)); 5]),
        ];
        for (from, expected) in rows {
            for (event, expected) in expected.into_iter().enumerate() {
                let mut life = object(from);
                let before = life.clone();
                let result = match event {
                    0 => life.activate(NOW),
                    1 => life.revoke(NOW, revocation(5), None),
                    2 => life.revoke(NOW, revocation(2), None),
                    3 => life.revoke(NOW, revocation(3), None),
                    _ => life.destroy(NOW),
                };
                assert_eq!(
                    result.map(|()| life.state_at(NOW)),
                    expected,
                    "{from:?}, event {event}"
                );
                if result.is_err() {
                    assert_eq!(
                        life, before,
                        "{from:?}, event {event}: a refusal changes nothing"
                    );
                } else {
                    assert_eq!(life.last_change, NOW);
                }
            }
        }
    }

    #[test]
    fn dates_move_the_state_without_an_operation() {
        let life = Lifecycle::new(10, Some(20), Some(30)).unwrap();
        let states = [
            (19, PreActive),
            (20, Active),
            (29, Active),
            (30, Deactivated),
        ];
        for (now, state) in states {
            assert_eq!(life.state_at(now), state, "at {now}");
        }
        let mut early = life.clone();
        early.activate(15).unwrap();
        assert_eq!(early.state_at(16), Active);
        assert_eq!(life.clone().destroy(25), Err(LifecycleError::StillActive));
        assert_eq!(
            Lifecycle::new(10, Some(20), Some(19)),
            Err(LifecycleError::Dates)
        );
    }

    #[test]
    fn the_first_compromise_date_stays() {
        let mut life = object(PreActive);
        life.revoke(50, revocation(2), Some(40)).unwrap();
        life.revoke(60, revocation(2), None).unwrap();
        assert_eq!(
            (life.compromise, life.compromise_occurrence),
            (Some(50), Some(40))
        );
        assert_eq!(life.recorded, Compromised);
    }

    #[test]
    fn numbers_and_states_fit() {
        for value in 0..8 {
            let state = ObjectState::from_value(value);
            assert_eq!(
                state.map(ObjectState::value),
                (1..=6).contains(&value).then_some(value)
            );
        }
    }
}
