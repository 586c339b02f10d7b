//! Locate, page after page.
//!
//! May touch: the session.

use strongroom_kmip::UniqueIdentifier;
use strongroom_kmip::operation::LocateRequest;

use super::Session;
use crate::error::ClientError;
use crate::pages::Pages;

/// The pages of a Locate; see [`Session::locate_pages`].
#[derive(Debug)]
#[must_use = "nothing is asked before `next`"]
pub struct LocatePages<'a> {
    session: &'a mut Session,
    pages: Pages,
}

impl Session {
    /// Locate (KMIP 1.0, 4.8) in pages of `page_len` identifiers, so that no answer grows too long:
    /// Maximum Items and Offset Items, which came with KMIP 1.3. Before that one page has everything.
    ///
    /// `maximum_items` and `offset_items` of `request` hold for the whole. Objects that come or go
    /// between two pages may be missed or seen twice.
    pub fn locate_pages(&mut self, request: LocateRequest, page_len: u16) -> LocatePages<'_> {
        let pages = Pages::new(self.version(), request, page_len);
        LocatePages {
            session: self,
            pages,
        }
    }
}

impl LocatePages<'_> {
    /// The next page; `None` after the last one, and after an error.
    pub async fn next(&mut self) -> Option<Result<Vec<UniqueIdentifier>, ClientError>> {
        let request = self.pages.next()?;
        let came = self.session.call(request.clone()).await;
        Some(self.pages.took(&request, came, self.session.server()))
    }
}
