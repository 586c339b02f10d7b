//! The octets of a store file: `docs/formats/server-store.md`, versions 1 and 2.
//!
//! May touch: memory only. Buffers that hold key material are wiped.

use std::sync::Arc;

use strongroom_secret::SecretBytes;
use zeroize::Zeroizing;

use super::Objects;
use super::error::Damage;
use crate::further::Further;
use crate::identity::Identity;
use crate::lifecycle::{Lifecycle, ObjectState, Revocation};
use crate::object::{ApplicationInformation, Object, ObjectName, sha256};

/// First octets of every store file.
pub(super) const MAGIC: [u8; 8] = *b"\x89SRKMS\r\n";
/// The version that this program writes.
pub(super) const VERSION: u8 = 2;
/// The version before, which it reads: objects have no further attributes.
pub(super) const VERSION_1: u8 = 1;
/// Magic, version, reserved, generation, length, count.
pub(super) const HEADER_LEN: usize = 40;
/// SHA-256 at the end.
pub(super) const DIGEST_LEN: usize = 32;
/// Largest file: a development server that needs more wants a real key manager.
pub(super) const FILE_LEN_MAX: usize = 256 * 1024 * 1024;

/// What a file holds.
#[derive(Debug)]
pub(super) struct Content {
    pub(super) generation: u64,
    pub(super) objects: Vec<Object>,
}

/// Why octets are no store of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormatError {
    NotAStore,
    Version(u8),
    Damaged(Damage),
}

/// Encodes a whole file into a buffer of exact size. `None`: larger than [`FILE_LEN_MAX`], with
/// the size that it would have.
pub(super) fn encode(generation: u64, objects: &Objects<'_>) -> Result<Zeroizing<Vec<u8>>, usize> {
    encode_iter(generation, objects.count(), || objects.iter())
}

/// An empty store.
pub(super) fn encode_empty(generation: u64) -> Result<Zeroizing<Vec<u8>>, usize> {
    encode_iter(generation, 0, std::iter::empty)
}

fn encode_iter<'a, I: Iterator<Item = &'a Object>>(
    generation: u64,
    count: usize,
    objects: impl Fn() -> I,
) -> Result<Zeroizing<Vec<u8>>, usize> {
    let mut counter = Counter(0);
    for object in objects() {
        put_object(&mut counter, object);
    }
    let total = counter
        .0
        .saturating_add(HEADER_LEN)
        .saturating_add(DIGEST_LEN);
    if total > FILE_LEN_MAX {
        return Err(total);
    }
    let mut out = Zeroizing::new(Vec::with_capacity(total));
    out.put(&MAGIC);
    out.put(&[VERSION, 0, 0, 0, 0, 0, 0, 0]);
    out.put(&generation.to_be_bytes());
    out.put(&u64::try_from(total).unwrap_or(u64::MAX).to_be_bytes());
    out.put(&u64::try_from(count).unwrap_or(u64::MAX).to_be_bytes());
    for object in objects() {
        put_object(&mut *out, object);
    }
    let digest = sha256(&out);
    out.put(&digest);
    Ok(out)
}

/// Takes octets; counting and writing share one encoder, so they cannot disagree.
trait Sink {
    fn put(&mut self, octets: &[u8]);
}

struct Counter(usize);

impl Sink for Counter {
    fn put(&mut self, octets: &[u8]) {
        self.0 = self.0.saturating_add(octets.len());
    }
}

impl Sink for Vec<u8> {
    fn put(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }
}

fn put_count(out: &mut impl Sink, count: usize) {
    // FILE_LEN_MAX fits in 32 bits, so a count beyond them never reaches a file.
    out.put(&u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
}

fn put_octets(out: &mut impl Sink, octets: &[u8]) {
    put_count(out, octets.len());
    out.put(octets);
}

fn put_option<S: Sink, T>(out: &mut S, value: Option<T>, put: impl FnOnce(&mut S, T)) {
    out.put(&[u8::from(value.is_some())]);
    if let Some(value) = value {
        put(out, value);
    }
}

fn put_object(out: &mut impl Sink, object: &Object) {
    out.put(&object.sequence.to_be_bytes());
    put_octets(out, object.uid.as_bytes());
    put_octets(out, object.owner.as_str().as_bytes());
    out.put(&object.object_type.to_be_bytes());
    for value in [
        object.data_type,
        object.algorithm,
        object.length_bits,
        object.usage_mask,
    ] {
        put_option(out, value, |out, value| out.put(&value.to_be_bytes()));
    }
    put_count(out, object.names.len());
    for name in &object.names {
        put_octets(out, name.value.as_bytes());
        out.put(&name.name_type.to_be_bytes());
    }
    put_count(out, object.application.len());
    for information in &object.application {
        put_octets(out, information.namespace.as_bytes());
        put_octets(out, information.data.as_bytes());
    }
    put_count(out, object.groups.len());
    for group in &object.groups {
        put_octets(out, group.as_bytes());
    }
    put_octets(out, object.policy.as_bytes());
    out.put(&object.digest);
    put_lifecycle(out, &object.life);
    put_option(out, object.key_format, |out, format| {
        out.put(&format.to_be_bytes())
    });
    put_option(out, object.material.as_deref(), |out, material| {
        put_octets(out, material.expose());
    });
    put_octets(out, object.further.octets());
}

fn put_lifecycle(out: &mut impl Sink, life: &Lifecycle) {
    out.put(&life.recorded.value().to_be_bytes());
    out.put(&life.initial.to_be_bytes());
    let dates = [
        life.activation,
        life.deactivation,
        life.compromise,
        life.compromise_occurrence,
        life.destroy,
    ];
    for date in dates {
        put_option(out, date, |out, date| out.put(&date.to_be_bytes()));
    }
    out.put(&life.last_change.to_be_bytes());
    put_option(out, life.revocation.as_ref(), |out, revocation| {
        out.put(&revocation.code.to_be_bytes());
        put_option(out, revocation.message.as_ref(), |out, message| {
            put_octets(out, message.as_bytes());
        });
    });
}

/// Decodes a whole file. The checksum is compared before anything of the body is looked at.
pub(super) fn decode(file: &[u8]) -> Result<Content, FormatError> {
    let (version, body, generation, count) = frame(file)?;
    let mut input = Input {
        rest: body,
        offset: HEADER_LEN,
        version,
    };
    let objects = objects(&mut input, count).map_err(FormatError::Damaged)?;
    Ok(Content {
        generation,
        objects,
    })
}

/// Checks magic, version, length and checksum; gives version, body, generation and count.
fn frame(file: &[u8]) -> Result<(u8, &[u8], u64, u64), FormatError> {
    let mut input = Input {
        rest: file,
        offset: 0,
        version: VERSION,
    };
    if input.array("magic").ok() != Some(MAGIC) {
        return Err(FormatError::NotAStore);
    }
    let [version, reserved @ ..] = input.array::<8>("version").map_err(FormatError::Damaged)?;
    if !matches!(version, VERSION_1 | VERSION) {
        return Err(FormatError::Version(version));
    }
    let generation = input.u64("generation").map_err(FormatError::Damaged)?;
    let expected = input.u64("length").map_err(FormatError::Damaged)?;
    let count = input.u64("object count").map_err(FormatError::Damaged)?;
    let found = u64::try_from(file.len()).unwrap_or(u64::MAX);
    if expected != found {
        return Err(FormatError::Damaged(Damage::Length { expected, found }));
    }
    let checksum = FormatError::Damaged(Damage::Checksum);
    let (signed, digest) = file.split_last_chunk::<DIGEST_LEN>().ok_or(checksum)?;
    if sha256(signed) != *digest {
        return Err(checksum);
    }
    if reserved != [0; 7] {
        return Err(FormatError::Damaged(Damage::Content {
            what: "reserved octets",
            offset: 9,
        }));
    }
    let body = signed.get(HEADER_LEN..).ok_or(checksum)?;
    Ok((version, body, generation, count))
}

fn objects(input: &mut Input<'_>, count: u64) -> Result<Vec<Object>, Damage> {
    let mut objects: Vec<Object> = Vec::new();
    let mut uids = std::collections::HashSet::new();
    for _ in 0..count {
        let offset = input.offset;
        let damage = |what| Damage::Content { what, offset };
        let object = object(input)?;
        if objects
            .last()
            .is_some_and(|last| last.sequence >= object.sequence)
        {
            return Err(damage("order of objects"));
        }
        if !uids.insert(object.uid.clone()) {
            return Err(damage("repeated unique identifier"));
        }
        if object.life.recorded.is_destroyed() == object.has_material() {
            return Err(damage("state for this key material"));
        }
        if let Some(material) = &object.material
            && sha256(material.expose()) != object.digest
        {
            return Err(damage("digest of key material"));
        }
        objects.push(object);
    }
    if input.rest.is_empty() {
        Ok(objects)
    } else {
        Err(input.damage("octets after the last object"))
    }
}

fn object(input: &mut Input<'_>) -> Result<Object, Damage> {
    Ok(Object {
        sequence: input.u64("sequence number")?,
        uid: input.text("unique identifier")?,
        owner: Identity::new(input.text("owner")?),
        object_type: input.u32("object type")?,
        data_type: input.option(|input| input.u32("data type"))?,
        algorithm: input.option(|input| input.u32("algorithm"))?,
        length_bits: input.option(|input| input.u32("length"))?,
        usage_mask: input.option(|input| input.u32("usage mask"))?,
        names: input.list(|input| {
            Ok(ObjectName {
                value: input.text("name")?,
                name_type: input.u32("name type")?,
            })
        })?,
        application: input.list(|input| {
            Ok(ApplicationInformation {
                namespace: input.text("application namespace")?,
                data: input.text("application data")?,
            })
        })?,
        groups: input.list(|input| input.text("object group"))?,
        policy: input.text("operation policy name")?,
        digest: input.array("digest")?,
        life: lifecycle(input)?,
        key_format: input.option(|input| input.u32("key format"))?,
        material: input.option(material)?.map(Arc::new),
        further: further(input)?,
    })
}

fn lifecycle(input: &mut Input<'_>) -> Result<Lifecycle, Damage> {
    let state = input.u32("state")?;
    Ok(Lifecycle {
        recorded: ObjectState::from_value(state).ok_or_else(|| input.damage("state"))?,
        initial: input.i64("initial date")?,
        activation: input.option(|input| input.i64("activation date"))?,
        deactivation: input.option(|input| input.i64("deactivation date"))?,
        compromise: input.option(|input| input.i64("compromise date"))?,
        compromise_occurrence: input.option(|input| input.i64("compromise occurrence date"))?,
        destroy: input.option(|input| input.i64("destroy date"))?,
        last_change: input.i64("last change date")?,
        revocation: input.option(|input| {
            Ok(Revocation {
                code: input.u32("revocation reason code")?,
                message: input.option(|input| input.text("revocation message"))?,
            })
        })?,
    })
}

/// The Attributes structure of KMIP 2.1, or nothing; version 1 does not have the field.
fn further(input: &mut Input<'_>) -> Result<Further, Damage> {
    const WHAT: &str = "further attributes";
    if input.version == VERSION_1 {
        return Ok(Further::default());
    }
    let octets = input.octets(WHAT)?;
    Further::from_octets(octets).ok_or_else(|| input.damage(WHAT))
}

fn material(input: &mut Input<'_>) -> Result<SecretBytes, Damage> {
    input.octets("key material").map(SecretBytes::copy_from)
}

/// Reads from the front; allocates only what is there.
struct Input<'a> {
    rest: &'a [u8],
    offset: usize,
    /// Of the file.
    version: u8,
}

impl<'a> Input<'a> {
    const fn damage(&self, what: &'static str) -> Damage {
        Damage::Content {
            what,
            offset: self.offset,
        }
    }

    fn take(&mut self, len: usize, what: &'static str) -> Result<&'a [u8], Damage> {
        let (taken, rest) = self
            .rest
            .split_at_checked(len)
            .ok_or_else(|| self.damage(what))?;
        self.rest = rest;
        self.offset = self.offset.saturating_add(len);
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &'static str) -> Result<[u8; N], Damage> {
        let (taken, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| self.damage(what))?;
        self.rest = rest;
        self.offset = self.offset.saturating_add(N);
        Ok(*taken)
    }

    fn u32(&mut self, what: &'static str) -> Result<u32, Damage> {
        self.array(what).map(u32::from_be_bytes)
    }

    fn u64(&mut self, what: &'static str) -> Result<u64, Damage> {
        self.array(what).map(u64::from_be_bytes)
    }

    fn i64(&mut self, what: &'static str) -> Result<i64, Damage> {
        self.array(what).map(i64::from_be_bytes)
    }

    fn octets(&mut self, what: &'static str) -> Result<&'a [u8], Damage> {
        let len = self.u32(what)?;
        let len = usize::try_from(len).map_err(|_| self.damage(what))?;
        self.take(len, what)
    }

    fn text(&mut self, what: &'static str) -> Result<String, Damage> {
        let octets = self.octets(what)?;
        match std::str::from_utf8(octets) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => Err(self.damage(what)),
        }
    }

    fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, Damage>,
    ) -> Result<Option<T>, Damage> {
        match self.array("presence octet")? {
            [0] => Ok(None),
            [1] => read(self).map(Some),
            _ => Err(self.damage("presence octet")),
        }
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Result<T, Damage>) -> Result<Vec<T>, Damage> {
        let count = self.u32("count")?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(read(self)?);
        }
        Ok(items)
    }
}
