//! Locate (KMIP 1.0, 4.8; KMIP 2.1, 6.1.28): which of the caller's objects have these attributes, newest first.

use strongroom_kmip::enumeration::StorageStatusMask;
use strongroom_kmip::operation::{LocateRequest, LocateResponse};

use super::Context;
use crate::attributes::Criteria;
use crate::object::Object;
use crate::refusal::Refusal;
use crate::vault::Table;

impl Context<'_> {
    pub(crate) fn locate(&self, request: LocateRequest) -> Result<LocateResponse, Refusal> {
        let most = not_negative("Maximum Items", request.maximum_items)?;
        let skipped = not_negative("Offset Items", request.offset_items)?.unwrap_or(0);
        if request.object_group_member.is_some() {
            return Err(Refusal::GroupMember);
        }
        self.refuse_not_located(&request)?;
        let criteria = Criteria::new(request.all_attributes().cloned().collect());
        let storage = request.storage_status_mask;
        let storage = storage.unwrap_or(StorageStatusMask::ON_LINE_STORAGE);
        let all = self
            .vault
            .read(|table| self.hits(table, &criteria, storage));
        let located = i32::try_from(all.len()).unwrap_or(i32::MAX);
        let listed = all
            .into_iter()
            .skip(skipped)
            .take(most.unwrap_or(usize::MAX));
        let mut response = LocateResponse::new(listed);
        response.located_items = Some(located);
        Ok(response)
    }

    fn refuse_not_located(&self, request: &LocateRequest) -> Result<(), Refusal> {
        let refused = |name: &str| self.profile.not_located.contains(&name);
        match request
            .all_attributes()
            .find(|attribute| refused(attribute.name()))
        {
            Some(attribute) => Err(Refusal::NotLocated(attribute.name().to_owned())),
            None => Ok(()),
        }
    }

    fn hits(&self, table: &Table, criteria: &Criteria, storage: StorageStatusMask) -> Vec<String> {
        let fits = |object: &Object| {
            object.owner == *self.identity
                && self.is_stored(object, criteria, storage)
                && criteria.fits(object, self.now)
        };
        match criteria.name() {
            Some(name) => uids(
                table
                    .named(name)
                    .map(|object| &**object)
                    .filter(|o| fits(o)),
            ),
            None => uids(
                table
                    .newest_first()
                    .map(|object| &**object)
                    .filter(|o| fits(o)),
            ),
        }
    }

    /// Whether the object lies where the request looks. Destroyed objects count as such where
    /// that is asked for, and as on-line ones where a State is: a Name alone must not lead to a
    /// key that is gone.
    fn is_stored(&self, object: &Object, criteria: &Criteria, storage: StorageStatusMask) -> bool {
        let on_line = storage.contains(StorageStatusMask::ON_LINE_STORAGE);
        match object.life.state_at(self.now).is_destroyed() {
            true => {
                storage.contains(StorageStatusMask::DESTROYED_STORAGE)
                    || (on_line && criteria.has_state())
            }
            false if object.is_archived() => storage.contains(StorageStatusMask::ARCHIVAL_STORAGE),
            false => on_line,
        }
    }
}

fn uids<'a>(objects: impl Iterator<Item = &'a Object>) -> Vec<String> {
    objects.map(|object| object.uid.clone()).collect()
}

fn not_negative(name: &'static str, value: Option<i32>) -> Result<Option<usize>, Refusal> {
    value
        .map(|value| usize::try_from(value).map_err(|_| Refusal::Negative { name }))
        .transpose()
}
