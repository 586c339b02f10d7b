//! The list of KMIP servers: `a.example, b.example:5697, [::1]:5696`.
//!
//! May touch: text only. Names are resolved when a connection is made.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use rustls_pki_types::ServerName;

/// The registered port of KMIP over TLS (KMIP Profiles 1.0, 3.1.1).
pub const DEFAULT_PORT: u16 = 5696;

/// One KMIP server: a DNS name or an IP address, and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerAddress {
    host: String,
    port: u16,
}

impl ServerAddress {
    /// A DNS name or an IP address as written; IPv6 without brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port, never 0.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    fn is_same(&self, other: &Self) -> bool {
        self.port == other.port && self.host.eq_ignore_ascii_case(&other.host)
    }

    /// The host as an IP address, when it is one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

/// `host:port`; an IPv6 address stands in brackets.
impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// A non-empty list of KMIP servers, in the order in which they are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerList(Vec<ServerAddress>);

impl ServerList {
    /// Reads a comma-separated list; spaces around an element are skipped.
    ///
    /// Each element is `host`, `host:port`, `[ipv6]`, `[ipv6]:port` or a bare IPv6 address;
    /// `default_port` stands where an element names none.
    ///
    /// # Errors
    ///
    /// [`ServerListError`] names the element (counted from 1) and what is wrong with it.
    ///
    /// # Examples
    ///
    /// ```
    /// use strongroom_client::ServerList;
    ///
    /// let servers = ServerList::parse("kms-a.example, [::1]:5697", 5696)?;
    /// let shown: Vec<String> = servers.iter().map(ToString::to_string).collect();
    /// assert_eq!(shown, ["kms-a.example:5696", "[::1]:5697"]);
    /// # Ok::<(), strongroom_client::ServerListError>(())
    /// ```
    pub fn parse(list: &str, default_port: u16) -> Result<Self, ServerListError> {
        if list.trim().is_empty() {
            return Err(ServerListError::new(
                1,
                list,
                ServerListErrorKind::EmptyList,
            ));
        }
        let mut servers: Vec<ServerAddress> = Vec::new();
        for (position, element) in (1_usize..).zip(list.split(',')) {
            let element = element.trim();
            let fail = |kind| ServerListError::new(position, element, kind);
            let server = parse_element(element, default_port).map_err(fail)?;
            if servers.iter().any(|other| other.is_same(&server)) {
                return Err(fail(ServerListErrorKind::Twice));
            }
            servers.push(server);
        }
        Ok(Self(servers))
    }

    /// The servers in their order.
    pub fn iter(&self) -> std::slice::Iter<'_, ServerAddress> {
        self.0.iter()
    }

    /// The server at `index`, counted from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<&ServerAddress> {
        self.0.get(index)
    }

    /// How many servers there are; at least 1.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a server list is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

impl<'a> IntoIterator for &'a ServerList {
    type Item = &'a ServerAddress;
    type IntoIter = std::slice::Iter<'a, ServerAddress>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// [`ServerList::parse`] with [`DEFAULT_PORT`].
impl FromStr for ServerList {
    type Err = ServerListError;

    fn from_str(list: &str) -> Result<Self, Self::Err> {
        Self::parse(list, DEFAULT_PORT)
    }
}

fn parse_element(element: &str, default_port: u16) -> Result<ServerAddress, ServerListErrorKind> {
    let (host, port) = split_port(element)?;
    if host.is_empty() {
        return Err(ServerListErrorKind::NoHost);
    }
    if ServerName::try_from(host).is_err() {
        return Err(ServerListErrorKind::BadHost);
    }
    let port = match port {
        Some(digits) => parse_port(digits)?,
        None if default_port == 0 => return Err(ServerListErrorKind::BadPort),
        None => default_port,
    };
    Ok(ServerAddress {
        host: host.to_owned(),
        port,
    })
}

/// The host and the digits of the port, of `host`, `host:port`, `[ipv6]`, `[ipv6]:port`, `ipv6`.
fn split_port(element: &str) -> Result<(&str, Option<&str>), ServerListErrorKind> {
    if element.is_empty() {
        return Err(ServerListErrorKind::EmptyElement);
    }
    if element.contains("://") {
        return Err(ServerListErrorKind::Url);
    }
    if let Some(rest) = element.strip_prefix('[') {
        let (address, after) = rest
            .split_once(']')
            .ok_or(ServerListErrorKind::BadBrackets)?;
        if address.parse::<Ipv6Addr>().is_err() {
            return Err(ServerListErrorKind::BadBrackets);
        }
        return match after.strip_prefix(':') {
            Some(digits) => Ok((address, Some(digits))),
            None if after.is_empty() => Ok((address, None)),
            None => Err(ServerListErrorKind::BadBrackets),
        };
    }
    if element.parse::<Ipv6Addr>().is_ok() {
        return Ok((element, None));
    }
    match element.split_once(':') {
        Some((_, digits)) if digits.contains(':') => Err(ServerListErrorKind::BadBrackets),
        Some((host, digits)) => Ok((host, Some(digits))),
        None => Ok((element, None)),
    }
}

fn parse_port(digits: &str) -> Result<u16, ServerListErrorKind> {
    // `u16::from_str` takes a plus sign.
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    match digits.parse::<u16>() {
        Ok(port) if plain && port != 0 => Ok(port),
        _ => Err(ServerListErrorKind::BadPort),
    }
}

/// An element of the server list is not `host[:port]`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("server list, element {position} ({element:?}): {kind}")]
#[non_exhaustive]
pub struct ServerListError {
    /// Which element, counted from 1.
    pub position: usize,
    /// The element as written, without the spaces around it.
    pub element: String,
    /// What is wrong with it.
    pub kind: ServerListErrorKind,
}

impl ServerListError {
    fn new(position: usize, element: &str, kind: ServerListErrorKind) -> Self {
        Self {
            position,
            element: element.to_owned(),
            kind,
        }
    }
}

/// What is wrong with an element of the server list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServerListErrorKind {
    /// Nothing in the list.
    #[error("no server is named")]
    EmptyList,
    /// Nothing between two commas, or a comma at the end.
    #[error("nothing stands between two commas")]
    EmptyElement,
    /// A port without a host.
    #[error("the host is missing")]
    NoHost,
    /// Neither a DNS name nor an IP address.
    #[error("this is neither a DNS name nor an IP address")]
    BadHost,
    /// Not a number from 1 to 65535.
    #[error("the port must be a number from 1 to 65535")]
    BadPort,
    /// Brackets that do not close, hold no IPv6 address, or are missing.
    #[error("write an IPv6 address with a port as [2001:db8::1]:5696")]
    BadBrackets,
    /// A URL where `host:port` is wanted.
    #[error("write host:port, not a URL")]
    Url,
    /// The same host and port as an earlier element.
    #[error("this server is in the list already")]
    Twice,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_lists_are_read_in_order() {
        let cases: &[(&str, &[&str])] = &[
            ("kms", &["kms:5696"]),
            ("128.0.0.2", &["128.0.0.2:5696"]),
            (
                "a.example,b.example:5697",
                &["a.example:5696", "b.example:5697"],
            ),
            (
                "  a.example , b.example:1 ",
                &["a.example:5696", "b.example:1"],
            ),
            ("[::1]", &["[::1]:5696"]),
            ("[2001:db8::1]:65535", &["[2001:db8::1]:65535"]),
            ("2001:db8::1", &["[2001:db8::1]:5696"]),
            ("::1,127.0.0.1:1", &["[::1]:5696", "127.0.0.1:1"]),
            ("a,a:5697", &["a:5696", "a:5697"]),
        ];
        for (list, expected) in cases {
            let servers = ServerList::parse(list, 5696).expect(list);
            let shown: Vec<String> = servers.iter().map(ToString::to_string).collect();
            assert_eq!(&shown, expected, "{list}");
        }
    }

    #[test]
    fn bad_elements_are_named_with_their_fault() {
        use ServerListErrorKind as Kind;
        let cases: &[(&str, usize, Kind)] = &[
            ("", 1, Kind::EmptyList),
            ("  ", 1, Kind::EmptyList),
            (",", 1, Kind::EmptyElement),
            ("a,", 2, Kind::EmptyElement),
            ("a,,b", 2, Kind::EmptyElement),
            (":5696", 1, Kind::NoHost),
            ("a,b c", 2, Kind::BadHost),
            ("a b:5696", 1, Kind::BadHost),
            ("-/-", 1, Kind::BadHost),
            ("a:0", 1, Kind::BadPort),
            ("a:70000", 1, Kind::BadPort),
            ("a:", 1, Kind::BadPort),
            ("a:+1", 1, Kind::BadPort),
            ("a:56x", 1, Kind::BadPort),
            ("a,[::1]:0", 2, Kind::BadPort),
            ("[::1", 1, Kind::BadBrackets),
            ("[::1]5696", 1, Kind::BadBrackets),
            ("[10.0.0.1]:5696", 1, Kind::BadBrackets),
            ("a:1:2", 1, Kind::BadBrackets),
            ("https://a:5696", 1, Kind::Url),
            ("a,b,A:5696", 3, Kind::Twice),
        ];
        for (list, position, kind) in cases {
            let error = ServerList::parse(list, 5696).expect_err(list);
            assert_eq!((error.position, error.kind), (*position, *kind), "{list}");
        }
    }

    #[test]
    fn a_default_port_of_zero_is_refused_only_where_it_is_used() {
        assert!(ServerList::parse("a:1", 0).is_ok());
        let error = ServerList::parse("a:1,b", 0).expect_err("port 0");
        assert_eq!(error.kind, ServerListErrorKind::BadPort);
        assert!(error.to_string().contains("element 2 (\"b\")"), "{error}");
    }
}
