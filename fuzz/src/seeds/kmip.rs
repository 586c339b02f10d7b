//! Seeds of the KMIP targets: the life cycle of a key at 1.0 to 1.4, requests and answers.

use strongroom_ttlv::Writer;

use super::{Seed, key_block, message, tag};

const UID: &str = "fb4b5b9c-6188-4c63-8142-fe9c328129fc";

/// An operation's number and what writes its payload.
type Payload = (&'static str, i32, u32, fn(&mut Writer<'_>));

pub(super) fn all() -> Vec<Seed> {
    let requests = requests()
        .into_iter()
        .map(|payload| ("kmip_request", payload.0, request(payload)));
    let answers = answers()
        .into_iter()
        .map(|payload| ("kmip_response", payload.0, answer(payload)));
    requests.chain(answers).chain(irregular()).collect()
}

fn version(w: &mut Writer<'_>, minor: i32) {
    w.structure(tag(0x69), |w| {
        w.integer(tag(0x6A), 1);
        w.integer(tag(0x6B), minor);
    });
}

fn request((_, minor, operation, payload): Payload) -> Vec<u8> {
    message(|w| {
        w.structure(tag(0x78), |w| {
            w.structure(tag(0x77), |w| {
                version(w, minor);
                w.integer(tag(0x50), 1 << 20);
                w.integer(tag(0x0D), 1);
            });
            w.structure(tag(0x0F), |w| {
                w.enumeration(tag(0x5C), operation);
                w.structure(tag(0x79), payload);
            });
        });
    })
}

fn answer((_, minor, operation, payload): Payload) -> Vec<u8> {
    message(|w| {
        w.structure(tag(0x7B), |w| {
            answer_header(w, minor);
            w.structure(tag(0x0F), |w| {
                w.enumeration(tag(0x5C), operation);
                w.enumeration(tag(0x7F), 0_u32);
                w.structure(tag(0x7C), payload);
            });
        });
    })
}

fn answer_header(w: &mut Writer<'_>, minor: i32) {
    w.structure(tag(0x7A), |w| {
        version(w, minor);
        w.date_time(tag(0x92), 1_700_000_000);
        w.integer(tag(0x0D), 1);
    });
}

fn attribute(w: &mut Writer<'_>, name: &str, value: impl FnOnce(&mut Writer<'_>)) {
    w.structure(tag(0x08), |w| {
        w.text(tag(0x0A), name);
        value(w);
    });
}

fn name_attribute(w: &mut Writer<'_>) {
    attribute(w, "Name", |w| {
        w.structure(tag(0x0B), |w| {
            w.text(tag(0x55), "mongodb-master-key");
            w.enumeration(tag(0x54), 1_u32);
        });
    });
}

fn key_attributes(w: &mut Writer<'_>) {
    attribute(w, "Cryptographic Algorithm", |w| {
        w.enumeration(tag(0x0B), 3_u32)
    });
    attribute(w, "Cryptographic Length", |w| w.integer(tag(0x0B), 256));
    attribute(w, "Cryptographic Usage Mask", |w| w.integer(tag(0x0B), 12));
    name_attribute(w);
    attribute(w, "Application Specific Information", |w| {
        w.structure(tag(0x0B), |w| {
            w.text(tag(0x03), "strongroom-store");
            w.text(tag(0x02), "0123456789abcdef");
        });
    });
}

fn uid(w: &mut Writer<'_>) {
    w.text(tag(0x94), UID);
}

fn requests() -> Vec<Payload> {
    vec![
        ("discover-versions", 1, 30, |w| {
            version(w, 4);
            version(w, 0);
        }),
        ("query", 0, 24, |w| w.enumeration(tag(0x74), 1_u32)),
        ("create", 0, 1, |w| {
            w.enumeration(tag(0x57), 2_u32);
            w.structure(tag(0x91), key_attributes);
        }),
        ("register", 2, 3, |w| {
            w.enumeration(tag(0x57), 2_u32);
            w.structure(tag(0x91), key_attributes);
            w.structure(tag(0x8F), |w| key_block(w, &[7; 32]));
        }),
        ("get", 2, 10, uid),
        ("get-attributes", 4, 11, |w| {
            uid(w);
            w.text(tag(0x0A), "State");
        }),
        ("locate", 0, 8, |w| {
            w.integer(tag(0x4F), 2);
            name_attribute(w);
        }),
        ("activate", 0, 18, uid),
        ("revoke", 0, 19, |w| {
            uid(w);
            w.structure(tag(0x81), |w| {
                w.enumeration(tag(0x82), 1_u32);
                w.text(tag(0x80), "superseded");
            });
        }),
        ("destroy", 0, 20, |_| {}),
        ("unsupported", 4, 31, uid),
        ("version-3", 9, 10, uid),
    ]
}

fn answers() -> Vec<Payload> {
    vec![
        ("discover-versions", 1, 30, |w| {
            version(w, 4);
            version(w, 0);
        }),
        ("query", 2, 24, |w| {
            w.enumeration(tag(0x5C), 1_u32);
            w.enumeration(tag(0x57), 2_u32);
            w.text(tag(0x9D), "vendor");
        }),
        ("create", 0, 1, |w| {
            w.enumeration(tag(0x57), 2_u32);
            uid(w);
        }),
        ("get", 2, 10, |w| {
            w.enumeration(tag(0x57), 2_u32);
            uid(w);
            w.structure(tag(0x8F), |w| key_block(w, &[7; 32]));
        }),
        ("get-unknown-field", 2, 10, |w| {
            w.enumeration(tag(0x57), 2_u32);
            uid(w);
            w.integer(tag(0xF0F0), 1);
            w.structure(tag(0x8F), |w| key_block(w, &[7; 32]));
        }),
        ("get-attributes", 2, 11, |w| {
            uid(w);
            key_attributes(w);
            attribute(w, "State", |w| w.enumeration(tag(0x0B), 2_u32));
            attribute(w, "Some Future Attribute", |w| w.integer(tag(0x0B), 3));
        }),
        ("locate", 2, 8, |w| {
            uid(w);
            uid(w);
        }),
    ]
}

/// Seeds that are no one successful item.
fn irregular() -> Vec<Seed> {
    let refused = message(|w| {
        w.structure(tag(0x7B), |w| {
            answer_header(w, 2);
            w.structure(tag(0x0F), |w| {
                w.enumeration(tag(0x7F), 1_u32);
                w.enumeration(tag(0x7E), 0x3F_u32);
                w.text(tag(0x7D), "a reason of a later version");
            });
        });
    });
    let batch = message(|w| {
        w.structure(tag(0x78), |w| {
            w.structure(tag(0x77), |w| {
                version(w, 2);
                w.enumeration(tag(0x0E), 1_u32);
                w.boolean(tag(0x10), true);
                w.integer(tag(0x0D), 2);
            });
            for (operation, id) in [(10_u32, 1), (20, 2)] {
                w.structure(tag(0x0F), |w| {
                    w.enumeration(tag(0x5C), operation);
                    w.bytes(tag(0x93), &[id]);
                    w.structure(tag(0x79), uid);
                });
            }
        });
    });
    vec![
        ("kmip_response", "refused", refused),
        ("kmip_request", "batch-of-2", batch),
        (
            "kmip_request",
            "not-ttlv",
            b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        ),
    ]
}
