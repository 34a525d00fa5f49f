//! SARIF 2.1.0, the format of code scanning. Lines and columns count from 1, columns are UTF-16 code units,
//! the end is behind the last one.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use cache_store::file::{is_absolute, is_separator};
use release::Release;
use serde::Serialize;

use super::findings::{Each, Finding, Findings, Level, NAME, URL, place_of, text, write_json};
use crate::diagnostic::{Diagnostic, Location};
use crate::paths;
use crate::rules::{Family, Kind, Rule};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What relative addresses are relative to.
const BASE: &str = "SRCROOT";

/// The name of our fingerprint, and of the way in which it is made.
const FINGERPRINT: &str = "zirc/v1";

#[derive(Serialize)]
struct Log<T> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<T>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<T> {
    tool: Tool,
    invocations: [Invocation; 1],
    original_uri_base_ids: BTreeMap<&'static str, Address>,
    column_kind: &'static str,
    results: T,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    /// Another spelling of the id. One of a single word has none, as it would be the id but for a capital.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    help_uri: String,
    short_description: Message,
    full_description: Message,
    help: Message,
    default_configuration: Configuration,
    properties: DescriptorProperties,
}

#[derive(Serialize)]
struct DescriptorProperties {
    tags: [String; 1],
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

impl Message {
    fn new(text: impl Into<String>) -> Message {
        Message { text: text.into() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    working_directory: Address,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Address {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<SarifLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<SarifLocation>,
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    zig_versions: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

impl Region {
    fn new(location: &Location) -> Region {
        Region {
            start_line: location.line + 1,
            start_column: location.column_utf16 + 1,
            end_line: location.end.line + 1,
            end_column: location.end.column_utf16 + 1,
        }
    }
}

/// The path of an address: all but what may stand there is escaped, byte by byte.
fn uri_path(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for &byte in path {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            byte if is_separator(byte) => out.push('/'),
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

/// The address of an absolute path.
fn file_uri(path: &[u8]) -> String {
    match *path {
        [drive, b':', ref rest @ ..] if cfg!(windows) => {
            format!("file:///{}:{}", char::from(drive), uri_path(rest))
        }
        // A share, which has its server in front.
        [a, b, ..] if cfg!(windows) && is_separator(a) && is_separator(b) => {
            format!("file:{}", uri_path(path))
        }
        _ => format!("file://{}", uri_path(path)),
    }
}

fn address(path: &[u8], cwd: &Path) -> Address {
    let path = place_of(path, cwd);
    match is_absolute(&path) {
        true => Address {
            uri: file_uri(&path),
            uri_base_id: None,
        },
        false => Address {
            uri: uri_path(&path),
            uri_base_id: Some(BASE),
        },
    }
}

fn directory(cwd: &Path) -> Address {
    let mut uri = file_uri(paths::bytes(cwd));
    if !uri.ends_with('/') {
        uri.push('/');
    }
    Address {
        uri,
        uri_base_id: None,
    }
}

fn location(diagnostic: &Diagnostic, cwd: &Path) -> SarifLocation {
    SarifLocation {
        id: None,
        physical_location: Physical {
            artifact_location: address(&diagnostic.path, cwd),
            region: diagnostic.location.as_ref().map(Region::new),
        },
        message: None,
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// `UnusedLocal` of `unused-local`.
fn pascal_case(id: &str) -> String {
    let words = id.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_uppercase() + rest
    });
    words.collect()
}

impl Descriptor {
    fn new(rule: &Rule) -> Descriptor {
        let family = rule.family.help();
        let help = rule.help().map_or(family, |help| help.text);
        Descriptor {
            id: rule.id,
            name: rule.id.contains('-').then(|| pascal_case(rule.id)),
            help_uri: format!("{URL}/blob/main/docs/rules.md"),
            short_description: Message::new(rule.title()),
            full_description: Message::new(help),
            help: Message::new(format!("{help}\n\nzirc explain {} says more.", rule.id)),
            default_configuration: Configuration {
                level: match (rule.kind, rule.family) {
                    (_, Family::Cache) => "warning",
                    (Kind::Note, _) => "note",
                    _ => "error",
                },
            },
            properties: DescriptorProperties {
                tags: [rule.family.name().to_owned()],
            },
        }
    }
}

fn result<'a>(
    finding: &Finding<'_>,
    rules: &[&Rule],
    fingerprint: &'a str,
    cwd: &Path,
) -> SarifResult<'a> {
    let diagnostic = &finding.diagnostic;
    let notes = diagnostic.notes.iter().enumerate();
    let related = notes.map(|(number, note)| SarifLocation {
        id: Some(number),
        message: Some(Message::new(text(&note.message))),
        ..location(note, cwd)
    });
    let here = (!diagnostic.path.is_empty()).then(|| location(diagnostic, cwd));
    let index = rules.iter().position(|rule| rule.id == finding.rule.id);
    let zig_versions: Vec<_> = finding
        .releases
        .iter()
        .map(|one: &Release| one.as_str())
        .collect();
    SarifResult {
        rule_id: finding.rule.id,
        // All rules of results are in the list.
        rule_index: index.unwrap_or_default(),
        level: level(finding.level),
        message: Message::new(finding.text()),
        locations: here.into_iter().collect(),
        related_locations: related.collect(),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, fingerprint)]),
        properties: (!zig_versions.is_empty()).then_some(Properties { zig_versions }),
    }
}

/// Writes all of them; on one line if there are to be more.
pub(super) fn write(
    found: &Findings<'_>,
    cwd: &Path,
    pretty: bool,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let used: BTreeSet<&str> = found.list.iter().map(|finding| finding.rule.id).collect();
    let rules: Vec<&Rule> = Rule::all()
        .iter()
        .filter(|rule| used.contains(rule.id))
        .collect();
    let said = |level, list: &[String]| {
        let one = move |text: &String| Notification {
            level,
            message: Message::new(text.clone()),
        };
        list.iter().map(one).collect::<Vec<_>>()
    };
    let mut notifications = said("warning", &found.warnings);
    notifications.extend(said("note", &found.notes));
    let fingerprints = found.fingerprints();
    let results = || {
        let all = found.list.iter().zip(&fingerprints);
        all.map(|(finding, fingerprint)| result(finding, &rules, fingerprint, cwd))
    };
    let log = Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: NAME,
                    version: env!("CARGO_PKG_VERSION"),
                    information_uri: URL,
                    rules: rules.iter().map(|rule| Descriptor::new(rule)).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: true,
                working_directory: directory(cwd),
                tool_execution_notifications: notifications,
            }],
            original_uri_base_ids: BTreeMap::from([(BASE, directory(cwd))]),
            column_kind: "utf16CodeUnits",
            results: Each(results),
        }],
    };
    write_json(&log, pretty, out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_path_makes_an_address() {
        assert_eq!(
            uri_path(b"a b/%\xff,:'\n.zig"),
            "a%20b/%25%FF%2C%3A%27%0A.zig"
        );
        let cwd = Path::new("/home/me/p");
        let uri = |path: &[u8]| address(path, cwd).uri;
        assert_eq!(uri(b"src/./a.zig"), "src/a.zig");
        assert_eq!(uri(b"/home/me/p/b.zig"), "b.zig");
        assert_eq!(uri(b"../q/c.zig"), "file:///home/me/q/c.zig");
        assert_eq!(
            uri(b"/usr/lib/zig/std/std.zig"),
            "file:///usr/lib/zig/std/std.zig"
        );
        assert_eq!(directory(cwd).uri, "file:///home/me/p/");
        assert_eq!(directory(Path::new("/")).uri, "file:///");
    }

    #[test]
    #[cfg(windows)]
    fn drives_and_shares_make_addresses() {
        let cwd = Path::new("C:\\a b\\p");
        let uri = |path: &str| address(path.as_bytes(), cwd).uri;
        assert_eq!(uri("src\\a.zig"), "src/a.zig");
        assert_eq!(uri("c:/a b/p/b.zig"), "b.zig");
        assert_eq!(uri("..\\q\\c.zig"), "file:///C:/a%20b/q/c.zig");
        assert_eq!(uri("D:\\zig\\std.zig"), "file:///D:/zig/std.zig");
        assert_eq!(uri("\\\\server\\s\\a.zig"), "file://server/s/a.zig");
        assert_eq!(directory(cwd).uri, "file:///C:/a%20b/p/");
    }
}
