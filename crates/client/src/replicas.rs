//! Whether every server of the list has the same object.
//!
//! May touch: memory; the key octets that it compares, in constant time.

use std::fmt;

use strongroom_kmip::object::ManagedObject;
use strongroom_kmip::{ProtocolVersion, operation::GetResponse};
use strongroom_secret::SecretBytes;

use crate::error::{ClientError, ErrorKind};
use crate::servers::ServerAddress;

/// What each server of the list says of one object.
#[derive(Debug)]
#[non_exhaustive]
pub struct Replicas {
    /// In the order of the list.
    pub servers: Vec<Replica>,
}

/// What one server says of one object.
#[derive(Debug)]
#[non_exhaustive]
pub struct Replica {
    /// Which server.
    pub server: ServerAddress,
    /// What it says.
    pub standing: ReplicaStanding,
}

/// How one server's object compares.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReplicaStanding {
    /// It returns the object that the first server returns which has it.
    Same,
    /// It returns another object under the same identifier.
    Different,
    /// It says that there is no such object.
    Missing,
    /// It was not reached, or refused.
    Failed(ClientError),
}

impl Replicas {
    /// Whether every server returned the same object.
    #[must_use]
    pub fn agree(&self) -> bool {
        self.servers
            .iter()
            .all(|replica| matches!(replica.standing, ReplicaStanding::Same))
    }

    /// Whether every server said that there is no such object. Only then it is not there (I8).
    #[must_use]
    pub fn missing_everywhere(&self) -> bool {
        self.servers
            .iter()
            .all(|replica| matches!(replica.standing, ReplicaStanding::Missing))
    }

    /// Compares what the servers answered to Get.
    pub(crate) fn of(answers: Vec<(ServerAddress, Result<GetResponse, ClientError>)>) -> Self {
        let mut first: Option<ManagedObject> = None;
        let mut servers = Vec::new();
        for (server, answer) in answers {
            let standing = match answer {
                Ok(answer) => match &first {
                    Some(first) if !same(first, &answer.object) => ReplicaStanding::Different,
                    Some(_) => ReplicaStanding::Same,
                    None => {
                        first = Some(answer.object);
                        ReplicaStanding::Same
                    }
                },
                Err(error) if error.kind() == ErrorKind::NotFound => ReplicaStanding::Missing,
                Err(error) => ReplicaStanding::Failed(error),
            };
            servers.push(Replica { server, standing });
        }
        Self { servers }
    }
}

/// `host:port: what it says`, one server a line.
impl fmt::Display for Replicas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, replica) in self.servers.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            match &replica.standing {
                ReplicaStanding::Same => write!(f, "{}: has it", replica.server)?,
                ReplicaStanding::Different => write!(f, "{}: has another one", replica.server)?,
                ReplicaStanding::Missing => write!(f, "{}: does not have it", replica.server)?,
                ReplicaStanding::Failed(error) => write!(f, "{error}")?,
            }
        }
        Ok(())
    }
}

/// Servers may differ in what stands around a key; its octets and type decide, where they can be seen.
fn same(one: &ManagedObject, other: &ManagedObject) -> bool {
    let plain = |object: &ManagedObject| {
        let key = object.key_block()?.plain_key()?;
        Some(key.duplicate())
    };
    if one.object_type() != other.object_type() {
        return false;
    }
    match (plain(one), plain(other)) {
        (Some(one), Some(other)) => one.ct_eq(other.expose()),
        (None, None) => match (whole(one), whole(other)) {
            (Some(one), Some(other)) => one.ct_eq(other.expose()),
            _ => false,
        },
        _ => false,
    }
}

/// All of an object, in the newest of the versions that have its type.
fn whole(object: &ManagedObject) -> Option<SecretBytes> {
    let versions = [ProtocolVersion::V2_1, ProtocolVersion::V1_4];
    let octets = versions
        .into_iter()
        .find_map(|version| object.to_ttlv(version).ok())?;
    Some(SecretBytes::copy_from(&octets))
}
