use super::*;

const V: ProtocolVersion = ProtocolVersion::V1_4;

fn answer(from: usize, to: usize, located_items: Option<i32>) -> LocateResponse {
    let mut answer = LocateResponse::new((from..to).map(|id| id.to_string()));
    answer.located_items = located_items;
    answer
}

/// Runs `pages` against a server with `there` objects that gives `most` a page; the requests'
/// (Maximum Items, Offset Items), and how many identifiers came.
fn run(mut pages: Pages, there: usize, most: usize, told: bool) -> (Vec<(i32, i32)>, usize) {
    let (mut asked, mut got) = (Vec::new(), 0);
    while let Some(request) = pages.next() {
        let maximum = request.maximum_items.unwrap_or(i32::MAX);
        let offset = request.offset_items.unwrap_or(0);
        asked.push((request.maximum_items.unwrap_or(-1), offset));
        let from = usize::try_from(offset).unwrap().min(there);
        let count = usize::try_from(maximum)
            .unwrap()
            .min(most)
            .min(there - from);
        let located = told.then(|| i32::try_from(there).unwrap());
        let page = pages
            .came(&request, answer(from, from + count, located))
            .unwrap();
        got += page.len();
        assert!(asked.len() < 20, "{asked:?}");
    }
    (asked, got)
}

#[test]
fn pages_follow_each_other_until_a_short_one() {
    let pages = || Pages::new(V, LocateRequest::default(), 4);
    let asked = vec![(4, 0), (4, 4), (4, 8)];
    assert_eq!(run(pages(), 10, 100, false), (asked.clone(), 10));
    assert_eq!(run(pages(), 10, 100, true), (asked, 10));
    // A full last page does not say that it is the last one.
    assert_eq!(
        run(pages(), 8, 100, false),
        (vec![(4, 0), (4, 4), (4, 8)], 8)
    );
    assert_eq!(run(pages(), 0, 100, false), (vec![(4, 0)], 0));
}

#[test]
fn a_server_with_shorter_pages_gives_all_when_it_says_how_many_fit() {
    let pages = Pages::new(V, LocateRequest::default(), 4);
    let (asked, got) = run(pages, 5, 2, true);
    assert_eq!((asked, got), (vec![(4, 0), (4, 2), (4, 4)], 5));
}

#[test]
fn the_callers_maximum_and_offset_hold_for_the_whole() {
    let mut request = LocateRequest::default();
    request.maximum_items = Some(6);
    request.offset_items = Some(3);
    let (asked, got) = run(Pages::new(V, request, 4), 100, 100, true);
    assert_eq!((asked, got), (vec![(4, 3), (2, 7)], 6));
}

#[test]
fn before_1_3_one_page_has_everything() {
    let pages = Pages::new(ProtocolVersion::V1_2, LocateRequest::default(), 4);
    assert_eq!(run(pages, 10, 100, false), (vec![(-1, 0)], 10));
}

#[test]
fn a_server_without_maximum_items_has_given_everything() {
    let mut pages = Pages::new(V, LocateRequest::default(), 4);
    let request = pages.next().unwrap();
    assert_eq!(pages.came(&request, answer(0, 9, None)).unwrap().len(), 9);
    assert!(pages.next().is_none());
}

#[test]
fn a_server_without_offset_items_is_found_out() {
    let mut pages = Pages::new(V, LocateRequest::default(), 4);
    let request = pages.next().unwrap();
    assert!(pages.came(&request, answer(0, 4, None)).is_ok());
    let request = pages.next().unwrap();
    let error = pages.came(&request, answer(0, 4, None)).unwrap_err();
    assert!(
        matches!(error.cause(), Cause::LocateRepeats { offset: 4 }),
        "{error:?}"
    );
    assert!(pages.next().is_none());
}
