//! Every row against the specification's own tables, as they were read by program; differences stand
//! here and in `spec/corrections.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use strongroom_kmip::vocabulary::{ATTRIBUTES, Kind, Term, Vocabulary};
use strongroom_kmip::{Versions, enumeration, tag};

use super::{data, enumeration as by_name};

/// Where the specification's table errs: enumeration, number, what it says.
const MENDED: &[(&str, u32, &str)] = &[
    ("Mask Generator", 1, "MFG1"),
    ("Split Key Method", 2, "Polynomial Sharing GF (216)"),
    ("Split Key Method", 4, "Polynomial Sharing GF (28)"),
];
/// Enumerations that the specification takes from PKCS#11, and one that has vendor values only.
const NO_TABLE: &[&str] = &[
    "Opaque Data Type",
    "PKCS#11 Function",
    "PKCS#11 Return Code",
];
/// Constants that are not the name in capitals: constant, name.
const SHORTER: &[(&str, &str)] = &[("CONTENT_COMMITMENT", "Content Commitment (Non Repudiation)")];

/// The lines of one table, its columns apart, without the heading.
fn table(file: &str) -> Option<Vec<Vec<String>>> {
    let text = fs::read_to_string(data("spec")?.join(file)).unwrap();
    let cells = |line: &str| line.split('\t').map(str::to_owned).collect();
    Some(text.lines().skip(1).map(cells).collect())
}

fn number(hex: &str) -> u32 {
    u32::from_str_radix(hex.strip_prefix("0x").unwrap(), 16).unwrap()
}

fn ends(versions: Versions) -> (String, String) {
    (versions.first().to_string(), versions.last().to_string())
}

/// Name, first and last version, deprecated in.
type Facts = (String, String, String, String);

fn facts(term: &Term) -> Facts {
    let (first, last) = ends(term.versions);
    let deprecated = term
        .deprecated_in
        .map_or(String::new(), |since| since.to_string());
    (term.name.to_owned(), first, last, deprecated)
}

#[test]
fn all_371_tags_are_those_of_the_specification() {
    let Some(table) = table("kmip-tags.tsv") else {
        return;
    };
    let theirs: BTreeMap<u32, Facts> = table
        .iter()
        .map(|row| {
            let facts = (
                row[1].clone(),
                row[2].clone(),
                row[3].clone(),
                row[4].clone(),
            );
            (number(&row[0]), facts)
        })
        .collect();
    let ours: BTreeMap<u32, Facts> = tag::VOCABULARY
        .terms()
        .iter()
        .map(|term| (term.number, facts(term)))
        .collect();
    assert_eq!(theirs.len(), 371);
    assert_eq!(ours, theirs);
}

#[test]
fn all_851_values_of_63_enumerations_are_those_of_the_specification() {
    let Some(table) = table("kmip-enums.tsv") else {
        return;
    };
    let mut theirs: BTreeMap<(String, u32), Facts> = table
        .iter()
        .map(|row| {
            let facts = (
                row[2].clone(),
                row[3].clone(),
                row[4].clone(),
                row[6].clone(),
            );
            ((row[0].clone(), number(&row[1])), facts)
        })
        .collect();
    assert_eq!(theirs.len(), 851);
    for (name, number, wrong) in MENDED {
        let ours = by_name(name).unwrap().by_number(*number).unwrap();
        let row = theirs.get_mut(&((*name).to_owned(), *number)).unwrap();
        assert_eq!(row.0, *wrong);
        ours.name.clone_into(&mut row.0);
    }
    let mut ours = BTreeMap::new();
    let mut enumerations = 0;
    for vocabulary in enumeration::ALL {
        if NO_TABLE.contains(&vocabulary.name()) {
            continue;
        }
        enumerations += 1;
        let is_mask = vocabulary.name().ends_with("Mask");
        assert_eq!(
            vocabulary.kind() == Kind::Mask,
            is_mask,
            "{}",
            vocabulary.name()
        );
        for term in vocabulary.terms() {
            ours.insert((vocabulary.name().to_owned(), term.number), facts(term));
        }
    }
    assert_eq!(enumerations, 63);
    assert_eq!(ours, theirs);
}

#[test]
fn other_spellings_of_the_specification_are_read() {
    let Some(table) = table("kmip-enums.tsv") else {
        return;
    };
    // Only those that the name rule turns into another name than the one that is written.
    let spelled: &[(&str, &str)] = &[
        ("SHA-3-256", "SHA_3_256"),
        ("MFG1", "MFG1"),
        (
            "SHA-224 with RSA Encryption (PKCS#1 v1.5)",
            "SHA_224WithRSAEncryptionPKCS_1V1_5",
        ),
        ("RSASSA-PSS (PKCS#1 v2.1)", "RSASSA_PSSPKCS_1V2_1"),
    ];
    for (spelling, text_name) in spelled {
        let says = |row: &&Vec<String>| {
            row[2] == *spelling || row[5].split('|').any(|alias| alias == *spelling)
        };
        let row = table.iter().find(says).unwrap();
        let found = by_name(&row[0]).unwrap().number_from_text(text_name);
        assert_eq!(found, Some(number(&row[1])), "{spelling}");
    }
}

#[test]
fn all_59_operations_are_those_of_the_specification() {
    let Some(table) = table("kmip-enums.tsv") else {
        return;
    };
    let theirs: Vec<_> = table.iter().filter(|row| row[0] == "Operation").collect();
    let ours = enumeration::Operation::KNOWN;
    assert_eq!((theirs.len(), ours.len()), (59, 59));
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert_eq!(ours.value(), number(&theirs[1]));
        assert_eq!(ours.name(), Some(theirs[2].as_str()));
        let versions = ends(ours.versions().unwrap());
        assert_eq!(versions, (theirs[3].clone(), theirs[4].clone()), "{ours}");
    }
}

#[test]
fn all_68_attributes_are_those_of_the_specification() {
    let Some(spec) = data("spec") else {
        return;
    };
    let facts = fs::read_to_string(spec.join("kmip-facts.json")).unwrap();
    let (_, attributes) = facts.split_once("\"attributes\": [").unwrap();
    let quoted: Vec<_> = attributes.split('"').skip(1).step_by(2).collect();
    // "name", N, "first", F, "last", L, and so on.
    let theirs: Vec<_> = quoted
        .chunks_exact(6)
        .map(|row| (row[1], (row[3].to_owned(), row[5].to_owned())))
        .collect();
    assert_eq!(theirs.len(), 68);
    let (parts, ours): (Vec<_>, Vec<_>) = ATTRIBUTES
        .iter()
        .map(|attribute| (attribute.name, ends(attribute.versions)))
        .partition(|(name, _)| is_part(name));
    assert_eq!(ours, theirs);
    // The specification lists these under one heading, Certificate Attributes.
    assert_eq!(parts.len(), 24);
}

/// Whether `name` is one of the Certificate Attributes, which have tags of 1.4.
fn is_part(name: &str) -> bool {
    let holder = ["Certificate Subject ", "Certificate Issuer "];
    holder.iter().any(|holder| name.starts_with(holder))
}

/// Constant, number and name.
type Constant = (String, u32, String);

/// The constant of each line of the generated files in `folder` that `read` understands; it is given
/// the line before too.
fn constants(folder: &str, read: fn(&str, &str) -> Option<Constant>) -> Vec<Constant> {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src")
        .join(folder);
    let mut found = Vec::new();
    for entry in fs::read_dir(sources).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let before = [""].into_iter().chain(text.lines());
        found.extend(
            text.lines()
                .zip(before)
                .filter_map(|(line, before)| read(line, before)),
        );
    }
    found
}

/// `pub const NAME: Tag = Tag::new(0x420053);` under `/// Name (KMIP 1.0).`
fn tag_constant(line: &str, doc: &str) -> Option<Constant> {
    let (constant, rest) = line
        .strip_prefix("pub const ")?
        .split_once(": Tag = Tag::new(")?;
    let hex = rest.strip_suffix(");")?;
    let (name, _) = doc.strip_prefix("/// ")?.rsplit_once(" (KMIP ")?;
    Some((constant.to_owned(), number(hex), name.to_owned()))
}

/// `ACTIVE = 0x02, "Active", ...`
fn value_constant(line: &str, _: &str) -> Option<Constant> {
    let (constant, rest) = line.trim_start().split_once(" = 0x")?;
    let (hex, rest) = rest.split_once(", \"")?;
    let (name, _) = rest.split_once('"')?;
    Some((
        constant.to_owned(),
        number(&format!("0x{hex}")),
        name.to_owned(),
    ))
}

/// Letters and digits of the name in capitals, digits at its beginning behind its first word.
fn capitals(name: &str) -> String {
    let (first, rest) = name.split_once(' ').unwrap_or((name, ""));
    let word = first.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = first.strip_suffix(word).unwrap();
    let all = format!("{word}{digits}{rest}");
    let kept = all.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|letter| letter.to_ascii_uppercase()).collect()
}

#[test]
fn constants_are_named_as_what_they_stand_for() {
    let tags = constants("tag", tag_constant);
    assert_eq!(tags.len(), 371);
    for (constant, number, name) in &tags {
        assert_eq!(constant.replace('_', ""), capitals(name));
        let term = tag::VOCABULARY.by_number(*number).unwrap();
        assert_eq!(term.name, name, "{constant}");
    }
    let values = constants("enumeration", value_constant);
    assert_eq!(values.len(), 851 + 92 + 97);
    for (constant, number, name) in &values {
        let holds = |vocabulary: &&Vocabulary| {
            let term = vocabulary.by_number(*number);
            term.is_some_and(|term| term.name == name)
        };
        assert!(enumeration::ALL.iter().any(holds), "{constant} {name}");
        let shorter = SHORTER.contains(&(constant.as_str(), name.as_str()));
        let query = name.strip_prefix("Query ").unwrap_or(name);
        let words = constant.replace('_', "");
        let named = words == capitals(name) || words == capitals(query);
        assert!(shorter || named, "{constant} {name}");
    }
}
