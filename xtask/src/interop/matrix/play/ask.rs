//! What a server says of itself: Query, Discover Versions; and what needs no key.
//!
//! May touch: the player's connection.

use strongroom_kmip::attribute::CryptographicParameters;
use strongroom_kmip::enumeration::{HashingAlgorithm, QueryFunction};
use strongroom_kmip::operation::{Data, HashRequest};
use strongroom_kmip::{Operation, ProtocolVersion};

use super::super::player::{Played, Player, must, same, there};
use super::octets;

pub(in super::super) fn query(player: &mut Player) -> Played {
    let answer = player.session.query(&[
        QueryFunction::OPERATIONS,
        QueryFunction::OBJECTS,
        QueryFunction::SERVER_INFORMATION,
    ])?;
    let vendor = there("Vendor Identification", answer.vendor_identification)?;
    must(!vendor.is_empty(), "Vendor Identification is empty")?;
    let mut wanted = vec![
        Operation::CREATE,
        Operation::REGISTER,
        Operation::LOCATE,
        Operation::GET,
        Operation::ACTIVATE,
        Operation::DESTROY,
        Operation::QUERY,
    ];
    if player.version >= ProtocolVersion::V1_1 {
        wanted.push(Operation::DISCOVER_VERSIONS);
    }
    if player.version >= ProtocolVersion::V1_2 {
        wanted.extend([Operation::ENCRYPT, Operation::DECRYPT]);
    }
    for operation in wanted {
        let listed = answer.operations.contains(&operation);
        must(listed, format!("{operation} is missing in the answer"))?;
    }
    let later = |one: &&Operation| !player.version.has(one.versions());
    let later = answer.operations.iter().find(later);
    same("an operation that the version lacks", &later, &None)
}

pub(in super::super) fn discover_versions(player: &mut Player) -> Played {
    let versions = player.session.discover_versions()?;
    let text = format!("{} is not among {versions:?}", player.version);
    must(versions.contains(&player.version), text)
}

/// FIPS 180-4's example.
pub(in super::super) fn hash(player: &mut Player) -> Played {
    let parameters = CryptographicParameters {
        hashing_algorithm: Some(HashingAlgorithm::SHA_256),
        ..CryptographicParameters::default()
    };
    let request = HashRequest::new(parameters, Data::copy_from(b"abc"));
    let found = there("Data", player.session.hash(request)?.data)?;
    let wanted = octets("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    must(found == wanted, "the hash is not that of FIPS 180-4")
}

pub(in super::super) fn rng_retrieve(player: &mut Player) -> Played {
    let mut twice = Vec::new();
    for _ in 0..2 {
        let data = there("Data", player.session.rng_retrieve(32)?.data)?;
        same("length", &data.len(), &32)?;
        twice.push(data.expose().to_vec());
    }
    must(twice.first() != twice.last(), "the same octets came twice")
}
