//! Activating a key and believing it only when every listed server says so.
//!
//! May touch: the key servers; sends Get Attributes and Activate.

use strongroom_kmip::enumeration::State;

use crate::error::Error;
use crate::master::KeyServers;

/// Makes the key Active unless it is, then reads Active back from every listed server.
///
/// A repeat is judged by the key's state, never sent blindly.
pub(super) async fn activate_everywhere(
    servers: &KeyServers,
    unique_identifier: &str,
) -> Result<(), Error> {
    let mut link = servers.connect().await?;
    let before = link.facts(unique_identifier).await;
    let activated = match before {
        Ok(Some(facts)) => match facts.state {
            Some(State::PRE_ACTIVE) => link.activate(unique_identifier).await,
            None | Some(State::ACTIVE) => Ok(()),
            Some(state) => Err(Error::KeyState {
                unique_identifier: unique_identifier.to_owned(),
                state,
            }),
        },
        Ok(None) => Err(servers.not_found(unique_identifier)),
        Err(error) => Err(error),
    };
    link.close().await;
    activated?;
    active_everywhere(servers, unique_identifier).await
}

async fn active_everywhere(servers: &KeyServers, unique_identifier: &str) -> Result<(), Error> {
    for standing in servers.standing(unique_identifier).await.servers {
        match standing.key {
            Ok(Some(facts)) if facts.state == Some(State::ACTIVE) => {}
            Ok(_) => {
                return Err(Error::NotActive {
                    unique_identifier: unique_identifier.to_owned(),
                    server: standing.server,
                });
            }
            Err(error) => {
                return Err(Error::NotOnEveryServer {
                    unique_identifier: unique_identifier.to_owned(),
                    server: standing.server,
                    cause: Some(Box::new(error)),
                });
            }
        }
    }
    Ok(())
}
