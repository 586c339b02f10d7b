//! What is known of the bundled server: what it says that it does, it must do, and nothing else.
//!
//! May touch: a server that it starts.

use strongroom_kmip::enumeration::QueryFunction;
use strongroom_kmip::{ObjectType, ProtocolVersion};
use strongroom_server::Profile;

use super::super::site::Stage;
use super::access;
use super::bundled::Bundled;
use super::cell::{Expected, Pin};
use super::pins;
use super::player::Player;
use super::rows::Row;
use crate::Outcome;

/// The object types of each version, as Query tells them without a profile's quirks.
pub(super) struct Known(Vec<(ProtocolVersion, Vec<ObjectType>)>);

impl Known {
    pub(super) fn ask(stage: &Stage<'_>) -> Outcome<Self> {
        let server = Bundled::start(stage.binary, stage.pki, Profile::STRONGROOM.name)?;
        let mut known = Vec::new();
        for &version in Profile::STRONGROOM.versions {
            let mut player = Player::connect(&access(stage, server.port), version)?;
            let answer = player.session.query(&[QueryFunction::OBJECTS])?;
            known.push((version, answer.object_types));
        }
        Ok(Self(known))
    }

    /// What must be refused: an operation that the profile does not have, an object type that Query
    /// does not tell, what is pinned.
    pub(super) fn lacks(
        &self,
        profile: Profile,
        row: &Row,
        version: ProtocolVersion,
    ) -> Option<Expected> {
        let mut operations = row.operations();
        if let Some(operation) = operations.find(|one| !profile.operations.contains(one)) {
            // As PyKMIP, which reads few requests that it does not do.
            let whole = profile.pykmip_ways && !pins::PYKMIP_READS.contains(&operation);
            let shows = if whole {
                "Invalid Message"
            } else {
                "Operation Not Supported"
            };
            return Some(Expected {
                shows: shows.to_owned(),
                why: format!("The profile does not have {operation}: {shows}."),
            });
        }
        let told = |object| {
            let mut versions = self.0.iter();
            versions.any(|(one, objects)| *one == version && objects.contains(&object))
        };
        if let Some(object) = row.object_type.filter(|object| !told(*object)) {
            return Some(Expected {
                shows: "Invalid Field".to_owned(),
                why: format!(
                    "The bundled server does not register {object}, nor does Query say so."
                ),
            });
        }
        Pin::find(pins::BUNDLED, &row.label(), version).map(Expected::from)
    }
}
