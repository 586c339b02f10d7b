//! Locate in pages: how many to ask for, what to pass over, and when the last page has come.
//!
//! May touch: memory.

use strongroom_kmip::operation::{LocateRequest, LocateResponse};
use strongroom_kmip::{Operation, ProtocolVersion, UniqueIdentifier};

use crate::error::{Cause, ClientError, ErrorKind, Outcome};
use crate::servers::ServerAddress;

/// How far a Locate in pages is.
///
/// Offset Items came with KMIP 1.3 (4.9): before that, one page has everything.
#[derive(Debug)]
pub(crate) struct Pages {
    request: LocateRequest,
    /// Identifiers of a page, where the version knows pages.
    page_len: Option<i32>,
    /// What the caller wants at most in all.
    wanted: Option<usize>,
    start: i32,
    received: usize,
    first_of_last_page: Option<UniqueIdentifier>,
    done: bool,
}

impl Pages {
    pub(crate) fn new(version: ProtocolVersion, request: LocateRequest, page_len: u16) -> Self {
        let paged = version >= ProtocolVersion::V1_3;
        Self {
            page_len: paged.then(|| i32::from(page_len.max(1))),
            wanted: request
                .maximum_items
                .map(|items| usize::try_from(items).unwrap_or(0)),
            start: request.offset_items.unwrap_or(0),
            request,
            received: 0,
            first_of_last_page: None,
            done: false,
        }
    }

    /// The request for the next page, `None` after the last one.
    pub(crate) fn next(&self) -> Option<LocateRequest> {
        if self.done {
            return None;
        }
        let mut request = self.request.clone();
        if let Some(page_len) = self.page_len {
            let left = self.left().and_then(|left| i32::try_from(left).ok());
            request.maximum_items = Some(left.map_or(page_len, |left| left.min(page_len)));
            let passed = i32::try_from(self.received).unwrap_or(i32::MAX);
            let offset = self.start.saturating_add(passed);
            request.offset_items = (offset > 0).then_some(offset);
        }
        Some(request)
    }

    /// Takes the answer to the last request; gives its identifiers.
    fn came(
        &mut self,
        asked: &LocateRequest,
        answer: LocateResponse,
    ) -> Result<Vec<UniqueIdentifier>, ClientError> {
        let page = answer.unique_identifiers;
        let first = page.first().cloned();
        if first.is_some() && first == self.first_of_last_page {
            self.done = true;
            let cause = Cause::LocateRepeats {
                offset: self.received,
            };
            return Err(ClientError::new(
                ErrorKind::Malformed,
                Outcome::Refused,
                cause,
            ));
        }
        self.received = self.received.saturating_add(page.len());
        self.first_of_last_page = first;
        self.done = self.is_last(asked, page.len(), answer.located_items);
        Ok(page)
    }

    /// What a caller gets of what came; after a failure no page follows, since the server's list
    /// may have changed in between.
    pub(crate) fn took(
        &mut self,
        asked: &LocateRequest,
        came: Result<LocateResponse, ClientError>,
        server: &ServerAddress,
    ) -> Result<Vec<UniqueIdentifier>, ClientError> {
        match came {
            Ok(answer) => self
                .came(asked, answer)
                .map_err(|error| error.at(server).during(Operation::LOCATE)),
            Err(error) => {
                self.done = true;
                Err(error)
            }
        }
    }

    fn is_last(&self, asked: &LocateRequest, len: usize, located_items: Option<i32>) -> bool {
        let Some(page_len) = self.page_len else {
            return true;
        };
        let asked_for = asked.maximum_items.unwrap_or(page_len);
        let Ok(asked_for) = usize::try_from(asked_for) else {
            return true;
        };
        // More than was asked for: a server without Maximum Items, which gave everything.
        if len == 0 || len > asked_for || self.left() == Some(0) {
            return true;
        }
        // A server may give less than a page and still have more, when it says how many fit.
        let located = located_items.and_then(|items| usize::try_from(items).ok());
        let passed = usize::try_from(self.start)
            .unwrap_or(0)
            .saturating_add(self.received);
        match located {
            Some(located) => passed >= located && len < asked_for,
            None => len < asked_for,
        }
    }

    fn left(&self) -> Option<usize> {
        self.wanted
            .map(|wanted| wanted.saturating_sub(self.received))
    }
}

#[cfg(test)]
#[expect(clippy::arithmetic_side_effects, reason = "tests fail by panicking")]
mod tests;
