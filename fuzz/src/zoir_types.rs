//! Types that documents are read as.

use std::collections::BTreeMap;

use serde::Deserialize;
use syntax::Release;
use zoir::typed::{DeOptions, EnumLiteral, Spanned};

/// A type that has something of everything.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
#[allow(dead_code, reason = "read by Debug only")]
pub(crate) struct Everything {
    a: Option<Spanned<u8>>,
    b: Vec<i64>,
    c: (f32, f64),
    d: BTreeMap<String, Everything>,
    e: Variant,
    f: Option<Box<Everything>>,
    name: Option<EnumLiteral>,
    version: String,
    x: u128,
    y: i128,
    z: char,
    flag: bool,
    unit: (),
    array: [Option<u16>; 3],
}

#[derive(Debug, Default, Deserialize)]
#[allow(dead_code, reason = "read by Debug only")]
enum Variant {
    #[default]
    #[serde(rename = "a")]
    A,
    #[serde(rename = "b")]
    B(u32),
    #[serde(rename = "c")]
    C(u8, String),
    #[serde(rename = "d")]
    D { x: Option<Box<Variant>> },
}

/// A type whose strings are borrowed.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
#[allow(dead_code, reason = "read by Debug only")]
pub(crate) enum Borrowed<'a> {
    Text(&'a str),
    List(#[serde(borrow)] Vec<Borrowed<'a>>),
    Map(#[serde(borrow)] BTreeMap<&'a str, Borrowed<'a>>),
    Other(serde::de::IgnoredAny),
}

/// The options there are for a release.
pub(crate) fn options(release: Release) -> [DeOptions; 2] {
    let of_release = DeOptions::default().release(release);
    [
        of_release,
        of_release
            .ignore_unknown_fields(true)
            .enum_literals_as_strings(true),
    ]
}
