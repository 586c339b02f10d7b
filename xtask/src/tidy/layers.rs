//! The edges of the design table against what Cargo says. Dev-dependencies are free.

use cargo_metadata::{DependencyKind, Metadata};

use super::Finding;

/// Package, layer, and the packages of this workspace that it may depend on.
const TABLE: &[(&str, u8, &[&str])] = &[
    ("strongroom-ttlv", 0, &[]),
    ("strongroom-secret", 0, &[]),
    (
        "strongroom-kmip",
        1,
        &["strongroom-ttlv", "strongroom-secret"],
    ),
    ("strongroom-cipher", 1, &["strongroom-secret"]),
    (
        "strongroom-client",
        2,
        &["strongroom-kmip", "strongroom-ttlv", "strongroom-secret"],
    ),
    (
        "strongroom-server",
        2,
        &["strongroom-kmip", "strongroom-ttlv", "strongroom-secret"],
    ),
    (
        "strongroom-keystore",
        2,
        &["strongroom-cipher", "strongroom-secret"],
    ),
    ("strongroom-psmdb", 2, &["strongroom-secret"]),
    ("strongroom-config", 2, &[]),
    ("strongroom-file", 3, &["strongroom-cipher"]),
    ("strongroom-redb", 3, &["strongroom-cipher"]),
    (
        "strongroom",
        4,
        &[
            "strongroom-secret",
            "strongroom-kmip",
            "strongroom-cipher",
            "strongroom-client",
            "strongroom-server",
            "strongroom-keystore",
            "strongroom-psmdb",
            "strongroom-config",
        ],
    ),
    (
        "strongroom-wiredtiger",
        5,
        &["strongroom", "strongroom-cipher"],
    ),
    (
        "strongroom-cli",
        5,
        &[
            "strongroom-ttlv",
            "strongroom-secret",
            "strongroom-kmip",
            "strongroom-cipher",
            "strongroom-client",
            "strongroom-server",
            "strongroom-keystore",
            "strongroom-psmdb",
            "strongroom-config",
            "strongroom-file",
            "strongroom-redb",
            "strongroom",
        ],
    ),
    // Not published: tools that look at the crates from outside.
    ("strongroom-benches", 6, &[]),
    (
        "xtask",
        6,
        &[
            "strongroom-secret",
            "strongroom-kmip",
            "strongroom-cipher",
            "strongroom-client",
            "strongroom-server",
            "strongroom-config",
            "strongroom-keystore",
        ],
    ),
];

/// A package and the packages of this workspace that its library needs.
pub(super) struct Edges {
    pub(super) package: String,
    pub(super) needs: Vec<String>,
}

/// The normal and build edges inside the workspace.
pub(super) fn edges(metadata: &Metadata) -> Vec<Edges> {
    let names: Vec<&str> = metadata.packages.iter().map(|p| p.name.as_str()).collect();
    let inside = |name: &str| names.contains(&name);
    metadata
        .packages
        .iter()
        .map(|package| Edges {
            package: package.name.to_string(),
            needs: package
                .dependencies
                .iter()
                .filter(|needed| needed.kind != DependencyKind::Development && inside(&needed.name))
                .map(|needed| needed.name.clone())
                .collect(),
        })
        .collect()
}

pub(super) fn check(edges: &[Edges]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Edges { package, needs } in edges {
        let Some((_, _, may)) = TABLE.iter().find(|(name, ..)| name == package) else {
            let text = "is not in the edge table (xtask/src/tidy/layers.rs): give it a layer first";
            findings.push(Finding::new(package, 0, text));
            continue;
        };
        for needed in needs
            .iter()
            .filter(|needed| !may.contains(&needed.as_str()))
        {
            let text = format!("must not depend on {needed}: the edge is not in the design table");
            findings.push(Finding::new(package, 0, text));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(package: &str, needs: &[&str]) -> Vec<Finding> {
        let needs = needs.iter().map(|name| (*name).to_owned()).collect();
        check(&[Edges {
            package: package.to_owned(),
            needs,
        }])
    }

    #[test]
    fn no_edge_of_the_table_points_up_or_sideways() {
        let layer = |name: &str| TABLE.iter().find(|(known, ..)| *known == name).unwrap().1;
        for (package, own, may) in TABLE {
            for needed in *may {
                assert!(
                    layer(needed) < *own || *package == "strongroom-cli",
                    "{package} -> {needed}"
                );
            }
        }
    }

    #[test]
    fn an_edge_beside_the_table_is_found() {
        assert_eq!(one("strongroom-client", &["strongroom-kmip"]), []);
        for (package, needed) in [
            ("strongroom-keystore", "strongroom-kmip"),
            ("strongroom-kmip", "strongroom-client"),
            ("strongroom-client", "strongroom-server"),
            ("strongroom-config", "strongroom-secret"),
        ] {
            assert_eq!(one(package, &[needed]).len(), 1, "{package} -> {needed}");
        }
    }

    #[test]
    fn a_package_without_a_layer_is_found() {
        assert!(one("strongroom-new", &[])[0].text.contains("edge table"));
    }
}
