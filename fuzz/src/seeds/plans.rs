//! Plans for messages, in the octets that the target `ttlv_round_trip` understands.

use super::Named;

/// Begins a structure, which an octet 0 ends.
const STRUCTURE: u8 = 1;
/// In the first octet: steps may be faults.
const FAULTY: u8 = 0x80;
/// Makes a step a fault, if it can be one, and lets an item follow the first at the top.
const FAULT: u8 = 0x60;
/// An Integer 7.
const INTEGER: [u8; 7] = [2, 0x00, 0x01, 0, 0, 0, 7];

pub(super) fn all() -> Named {
    let level = [STRUCTURE, 0x00, 0x08];
    let integer = |bits: u8| {
        let [step, rest @ ..] = INTEGER;
        [&[step | bits], rest.as_slice()].concat()
    };
    vec![
        ("plan-empty", Vec::new()),
        ("plan-every-type", every_type()),
        ("plan-levels-64", level.repeat(64)),
        (
            "plan-levels-65",
            [&[STRUCTURE | FAULTY, 0, 8], level.repeat(64).as_slice()].concat(),
        ),
        ("plan-two-items", [integer(FAULTY), integer(FAULT)].concat()),
        // A Big Integer of 3 octets.
        (
            "plan-big-integer-3",
            [4 | FAULT | FAULTY, 0, 1, 3, 1, 2, 3].to_vec(),
        ),
        // A tag of four octets.
        ("plan-long-tag", [13 | FAULT | FAULTY, 0, 1, 0].to_vec()),
    ]
}

fn every_type() -> Vec<u8> {
    let mut plan = vec![STRUCTURE, 0x00, 0x78];
    plan.extend(INTEGER);
    plan.extend([3, 0, 2, 0x80, 0, 0, 0, 0, 0, 0, 0]);
    plan.extend([4, 0, 3, 16]);
    plan.extend([0xFF; 16]);
    plan.extend([5, 0, 4, 0x80, 0, 0, 1]);
    plan.extend([6, 0, 5, 1]);
    plan.extend([7, 0, 6, 5]);
    plan.extend("gr\u{fc}n".bytes());
    plan.extend([8, 0, 7, 3, 1, 2, 3]);
    plan.extend([9, 0, 8, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
    plan.extend([10, 0, 9, 0, 0x0D, 0x2F, 0]);
    plan.extend([11, 0, 10, 0, 6, 0, 0, 0, 0, 0, 0]);
    // A structure that ends at once, with a whole tag; then a text of none in the outer one.
    plan.extend([STRUCTURE | 0x10, 0x54, 0, 1, 0]);
    plan.extend([7, 0, 12, 0]);
    plan
}
