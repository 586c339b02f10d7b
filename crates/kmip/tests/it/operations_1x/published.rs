//! The published cases: every payload is typed and written back octet for octet.

use strongroom_kmip::Operation;

use crate::payloads::published_payloads_but;

/// Operations with how many requests and answers of each are published at least.
const OPERATIONS: [(Operation, usize, usize); 21] = [
    (Operation::CREATE_KEY_PAIR, 46, 46),
    (Operation::RE_KEY, 12, 12),
    (Operation::DERIVE_KEY, 26, 26),
    (Operation::LOCATE, 293, 290),
    (Operation::CHECK, 4, 2),
    (Operation::GET, 397, 378),
    (Operation::GET_ATTRIBUTES, 604, 603),
    (Operation::GET_ATTRIBUTE_LIST, 76, 71),
    (Operation::ADD_ATTRIBUTE, 180, 179),
    (Operation::MODIFY_ATTRIBUTE, 148, 127),
    (Operation::DELETE_ATTRIBUTE, 106, 106),
    (Operation::OBTAIN_LEASE, 9, 6),
    (Operation::ARCHIVE, 3, 3),
    (Operation::RECOVER, 3, 3),
    (Operation::QUERY, 61, 52),
    (Operation::CANCEL, 3, 3),
    (Operation::POLL, 12, 0),
    (Operation::NOTIFY, 12, 12),
    (Operation::PUT, 9, 9),
    (Operation::RE_KEY_KEY_PAIR, 2, 2),
    (Operation::DISCOVER_VERSIONS, 11, 11),
];

/// Cases that contradict the specification: message, and what is wrong with it.
const EXCEPTIONS: [(&str, &str); 2] = [
    // The header says 1.0; Fresh and the Key Format Type of a Digest are of 1.1.
    (
        "ovh-kmip-go/v1.2/TC_NP_2_12_Notify_Put.xml#2",
        "field Key Format Type (420042) does not exist here in KMIP 1.0",
    ),
    // A usage mask of 2.0 with the bit Content Commitment, which went with 1.4.
    (
        "testcases/v2.0/TC-CERTATTR-1-20.xml#3",
        "is written otherwise",
    ),
];

#[test]
fn published_payloads_are_typed_and_written_back() {
    let operations = OPERATIONS.map(|(operation, ..)| operation);
    let Some(found) = published_payloads_but(&EXCEPTIONS, &operations) else {
        return;
    };
    for (operation, requests, answers) in OPERATIONS {
        for (is_request, least) in [(true, requests), (false, answers)] {
            let one = (operation, is_request);
            let count = found.iter().filter(|found| **found == one).count();
            assert!(
                count >= least,
                "{count} of {operation}, request: {is_request}"
            );
        }
    }
}
