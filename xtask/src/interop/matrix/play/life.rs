//! The life of a key: Activate, Check, Obtain Lease, Revoke, Destroy.
//!
//! May touch: the player's connection.

use strongroom_client::Outcome;
use strongroom_kmip::attribute::{RevocationReason, attribute_name};
use strongroom_kmip::operation::CheckRequest;
use strongroom_kmip::{
    CryptographicUsageMask as Usage, RevocationReasonCode, State, UniqueIdentifier,
};

use super::super::player::{Played, Player, must, same};

fn state(player: &mut Player, id: &UniqueIdentifier) -> Played<Option<State>> {
    let names = [attribute_name::STATE];
    Ok(player.session.get_attributes(id.clone(), &names)?.state())
}

pub(in super::super) fn activate(player: &mut Player) -> Played {
    let id = player.created(256, Usage::ENCRYPT)?;
    same(
        "State before",
        &state(player, &id)?,
        &Some(State::PRE_ACTIVE),
    )?;
    player.session.activate(id.clone())?;
    same("State", &state(player, &id)?, &Some(State::ACTIVE))?;
    match player.session.activate(id) {
        Err(error) if error.outcome() == Outcome::Refused => Ok(()),
        _ => must(false, "an Active key was activated again"),
    }
}

pub(in super::super) fn check(player: &mut Player) -> Played {
    let id = player.created(256, Usage::ENCRYPT)?;
    player.session.activate(id.clone())?;
    let mut request = CheckRequest::new(id.clone());
    request.cryptographic_usage_mask = Some(Usage::ENCRYPT);
    let answer = player.session.check(request)?;
    let denied = answer.cryptographic_usage_mask;
    same("denied Cryptographic Usage Mask", &denied, &None)?;
    let mut request = CheckRequest::new(id);
    request.cryptographic_usage_mask = Some(Usage::SIGN);
    // 1.x says in the answer what is denied, 2.x refuses.
    match player.session.check(request) {
        Ok(answer) if answer.cryptographic_usage_mask.is_some() => Ok(()),
        Err(error) if error.outcome() == Outcome::Refused => Ok(()),
        _ => must(false, "a use that the key is not for was allowed"),
    }
}

pub(in super::super) fn obtain_lease(player: &mut Player) -> Played {
    let id = player.created(256, Usage::ENCRYPT)?;
    player.session.activate(id.clone())?;
    let answer = player.session.obtain_lease(id.clone())?;
    same("Unique Identifier", &answer.unique_identifier, &id)
}

fn revoked(player: &mut Player, reason: RevocationReasonCode, after: State) -> Played {
    let id = player.created(256, Usage::ENCRYPT)?;
    player.session.activate(id.clone())?;
    let reason = RevocationReason::new(reason);
    player.session.revoke(id.clone(), reason)?;
    same("State", &state(player, &id)?, &Some(after))
}

pub(in super::super) fn deactivate(player: &mut Player) -> Played {
    let reason = RevocationReasonCode::CESSATION_OF_OPERATION;
    revoked(player, reason, State::DEACTIVATED)
}

pub(in super::super) fn compromise(player: &mut Player) -> Played {
    revoked(
        player,
        RevocationReasonCode::KEY_COMPROMISE,
        State::COMPROMISED,
    )
}

pub(in super::super) fn destroy(player: &mut Player) -> Played {
    let id = player.created(256, Usage::ENCRYPT)?;
    player.session.get(id.clone())?;
    player.session.destroy(id.clone())?;
    match player.session.get(id) {
        Err(error) if error.outcome() == Outcome::Refused => Ok(()),
        _ => must(false, "Get gave a key that was destroyed"),
    }
}

pub(in super::super) fn destroy_active(player: &mut Player) -> Played {
    let id = player.created(256, Usage::ENCRYPT)?;
    player.session.activate(id.clone())?;
    match player.session.destroy(id.clone()) {
        Err(error) if error.outcome() == Outcome::Refused => {}
        _ => return must(false, "an Active key was destroyed"),
    }
    player.session.get(id)?;
    Ok(())
}
