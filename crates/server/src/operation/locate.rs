//! Locate (KMIP 1.0, 4.8): which of the caller's objects have these attributes, newest first.

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
        // Nothing is archived here.
        let on_line = request
            .storage_status_mask
            .is_none_or(|mask| mask.contains(StorageStatusMask::ON_LINE_STORAGE));
        let all = if on_line {
            self.vault.read(|table| self.hits(table, &criteria))
        } else {
            vec![]
        };
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

    fn hits(&self, table: &Table, criteria: &Criteria) -> Vec<String> {
        let fits =
            |object: &Object| object.owner == *self.identity && criteria.fits(object, self.now);
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
}

fn uids<'a>(objects: impl Iterator<Item = &'a Object>) -> Vec<String> {
    objects.map(|object| object.uid.clone()).collect()
}

fn not_negative(name: &'static str, value: Option<i32>) -> Result<Option<usize>, Refusal> {
    value
        .map(|value| usize::try_from(value).map_err(|_| Refusal::Negative { name }))
        .transpose()
}
