//! The published cases of OASIS, replayed: each request is sent with the identifiers that the
//! server gave before, and operation, status and reason of each answer must be those of the case.
//!
//! Read from the folder `oasis` under `STRONGROOM_KMIP_DATA`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use strongroom_kmip::Limits;
use strongroom_kmip::text::{from_xml, to_xml};
use strongroom_server::testing::TestServer;

use crate::client::Client;

/// Folder below `oasis`, and how many of its cases pass; fewer fail the test.
const FOLDERS: &[(&str, usize)] = &[
    ("profiles/v1.0", 54),
    ("profiles/v1.3", 44),
    ("profiles/v1.4", 42),
    ("profiles/v2.0", 37),
    ("profiles/v2.1", 52),
    ("testcases/v1.3", 15),
    ("testcases/v1.4", 54),
    ("testcases/v2.0", 18),
    ("testcases/v2.1", 0),
];

/// What placeholders stand for.
type Bound = BTreeMap<String, String>;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "xml") {
            found.push(path);
        }
    }
    found.sort();
}

/// The messages of a case, requests and answers in turn, without comments.
fn messages(text: &str) -> Vec<String> {
    let mut parts = text.split("<!--");
    let first = parts.next().unwrap().to_owned();
    let after = parts.map(|part| part.split_once("-->").map_or("", |(_, rest)| rest));
    let text = first + &after.collect::<String>();
    let mut found = Vec::new();
    let mut rest = text.as_str();
    while let Some(start) = ["<RequestMessage", "<ResponseMessage"]
        .iter()
        .filter_map(|open| rest.find(open))
        .min()
    {
        let element = &rest[start..];
        let close = match element.starts_with("<RequestMessage") {
            true => "</RequestMessage>",
            false => "</ResponseMessage>",
        };
        let Some((inside, after)) = element.split_once(close) else {
            break;
        };
        found.push(format!("{inside}{close}"));
        rest = after;
    }
    found
}

/// The values of a message in their order: the path of their elements, and the value.
fn values(xml: &str) -> Vec<(String, String)> {
    let (mut path, mut found): (Vec<&str>, _) = (Vec::new(), Vec::new());
    for tag in xml.split('<').skip(1) {
        let Some((tag, _)) = tag.split_once('>') else {
            continue;
        };
        if tag.starts_with('/') {
            path.pop();
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap();
        path.push(name);
        if let Some((_, value)) = tag.split_once("value=\"") {
            let value = value.split('"').next().unwrap();
            found.push((path.join("/"), value.to_owned()));
        }
        if tag.ends_with('/') {
            path.pop();
        }
    }
    found
}

/// Seconds since 1970 as the text form writes dates.
fn date(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days since 0000-03-01, so that a leap day ends a year.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+00:00")
}

/// `$NOW`, with or without an offset.
fn moment(placeholder: &str) -> Option<String> {
    let offset = placeholder.strip_prefix("$NOW")?;
    let offset: i64 = match offset {
        "" => 0,
        offset => offset.parse().ok()?,
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Some(date(i64::try_from(now.as_secs()).unwrap() + offset))
}

/// The message with what its placeholders stand for.
fn filled(xml: &str, bound: &Bound) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = xml;
    while let Some((before, after)) = rest.split_once("value=\"$") {
        let (name, after) = after.split_once('"').unwrap();
        let name = format!("${name}");
        let value = moment(&name).or_else(|| bound.get(&name).cloned());
        let value = value.ok_or(format!("{name} is not known"))?;
        out.push_str(&format!("{before}value=\"{value}\""));
        rest = after;
    }
    Ok(out + rest)
}

/// Operation, status and reason of each item.
fn outcomes(xml: &str) -> Vec<String> {
    let told = ["/Operation", "/ResultStatus", "/ResultReason"];
    let items = xml.split("<BatchItem>").skip(1);
    items
        .map(|item| {
            let item = item.split("<ResponsePayload").next().unwrap();
            let found = values(&format!("<BatchItem>{item}"));
            let found = found.into_iter();
            let found = found.filter(|(path, _)| told.iter().any(|end| path.ends_with(end)));
            found.map(|(_, value)| value).collect::<Vec<_>>().join(" ")
        })
        .collect()
}

/// Takes over what placeholders of the expected answer stand for in the real one.
fn bind(expected: &str, answer: &str, bound: &mut Bound) {
    let (expected, answer) = (values(expected), values(answer));
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, value) in &expected {
        let nth = seen.entry(path).or_default();
        let mut same = answer.iter().filter(|(other, _)| other == path);
        let real = same.nth(*nth);
        *nth += 1;
        if let (true, Some((_, real))) = (value.starts_with('$'), real) {
            bound.entry(value.clone()).or_insert_with(|| real.clone());
        }
    }
}

async fn replay(server: &TestServer, case: &[String], bound: &mut Bound) -> Result<(), String> {
    let mut client = Client::connect(server, "node-1").await;
    for (at, pair) in case.chunks(2).enumerate() {
        let [request, expected] = pair else {
            return Err("a request without an answer".into());
        };
        let request = filled(request, bound)?;
        let limits = Limits::default();
        let octets = from_xml(&request, &limits).map_err(|error| format!("{at}: {error}"))?;
        let answer = client.exchange(&octets).await;
        let answer = answer.map_err(|error| format!("{at}: {error}"))?;
        let answer = to_xml(&answer, &limits).map_err(|error| format!("{at}: {error}"))?;
        if outcomes(&answer) != outcomes(expected) {
            let message = values(&answer).into_iter();
            let message = message.filter(|(path, _)| path.ends_with("/ResultMessage"));
            let message: Vec<String> = message.map(|(_, value)| value).collect();
            let (found, wanted) = (outcomes(&answer), outcomes(expected));
            return Err(format!("{at}: {wanted:?}, answered {found:?} {message:?}"));
        }
        bind(expected, &answer, bound);
    }
    Ok(())
}

/// `TL-M` of `TL-M-3-20.xml`.
fn series(file: &Path) -> String {
    let stem = file.file_stem().unwrap().to_string_lossy();
    let parts: Vec<&str> = stem.split('-').collect();
    parts[..parts.len().saturating_sub(2)].join("-")
}

/// Whether the first request already names what an answer gave.
fn refers_back(case: &[String]) -> bool {
    let first = case.first().map(|request| values(request));
    let mut first = first.unwrap_or_default().into_iter();
    first.any(|(_, value)| value.starts_with("$UNIQUE_IDENTIFIER"))
}

#[test]
fn dates_are_written_as_the_cases_write_them() {
    for (seconds, text) in [
        (0, "1970-01-01T00:00:00+00:00"),
        (951_782_399, "2000-02-28T23:59:59+00:00"),
        (951_782_400, "2000-02-29T00:00:00+00:00"),
        (1_600_000_000, "2020-09-13T12:26:40+00:00"),
        (-1, "1969-12-31T23:59:59+00:00"),
    ] {
        assert_eq!(date(seconds), text);
    }
}

#[tokio::test]
async fn as_many_published_cases_pass_as_are_written_here() {
    let Some(data) = std::env::var_os("STRONGROOM_KMIP_DATA") else {
        eprintln!("skipped: STRONGROOM_KMIP_DATA is not set");
        return;
    };
    let folder = PathBuf::from(data).join("oasis");
    let mut short = Vec::new();
    for (name, least) in FOLDERS {
        let mut all = Vec::new();
        files(&folder.join(name), &mut all);
        let mut passed = 0;
        let mut server = TestServer::start().await.unwrap();
        let (mut of, mut bound) = (String::new(), Bound::new());
        for file in &all {
            let case = messages(&fs::read_to_string(file).unwrap());
            // A case may go on with the objects of the one before it in its series.
            if series(file) != of {
                of = series(file);
                server = TestServer::start().await.unwrap();
                bound.clear();
            }
            let mut own = match refers_back(&case) {
                true => bound.clone(),
                false => Bound::new(),
            };
            let outcome = replay(&server, &case, &mut own).await;
            bound = own;
            match outcome {
                Ok(()) => passed += 1,
                Err(why) => eprintln!("{}: {why}", file.file_name().unwrap().display()),
            }
        }
        eprintln!("{name}: {passed} of {}", all.len());
        if passed < *least {
            short.push(format!("{name}: {passed} of {}, not {least}", all.len()));
        }
    }
    assert!(short.is_empty(), "{short:?}");
}
