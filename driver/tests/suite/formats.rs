//! The formats for other programs: all of them carry the same findings at the same places, each in its own
//! units, and the JSON is as its schema says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cache_store::file::{path_bytes, real_path};
use serde_json::Value;

use crate::common::{Project, Ran};

/// A finding as all formats tell it, with columns in bytes from 1.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Finding {
    level: &'static str,
    rule: String,
    place: Place,
    message: String,
    notes: Vec<(Place, String)>,
}

/// A file, and line, column, last line and the column behind its end, if it is in any place in particular.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Place {
    path: String,
    range: Option<[u64; 4]>,
}

fn string(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A path of one of our own forms, as the others have it: relative if it is below the working directory.
fn below(project: &Project, path: &str) -> String {
    let dir = format!("{}/", real_path(&project.dir()).unwrap().display());
    let slashes = |path: &str| match cfg!(windows) {
        true => path.replace('\\', "/"),
        false => path.to_owned(),
    };
    let (dir, path) = (slashes(&dir), slashes(path));
    path.strip_prefix(&dir).unwrap_or(&path).to_owned()
}

fn of_json(project: &Project, report: &Value, strict: bool) -> Vec<Finding> {
    let place = |value: &Value| Place {
        path: below(project, value["path"].as_str().unwrap()),
        range: value["line"].as_u64().map(|_| {
            ["line", "column", "end_line", "end_column"].map(|key| value[key].as_u64().unwrap())
        }),
    };
    let one = |value: &Value| Finding {
        level: match value["severity"].as_str() {
            Some("error") => "error",
            _ => "note",
        },
        rule: string(&value["rule"]),
        place: place(value),
        message: string(&value["message"]),
        notes: list(&value["notes"])
            .map(|note| (place(note), string(&note["message"])))
            .collect(),
    };
    let nowhere = list(&report["unresolved"])
        .filter(|one| strict || one["reason"] != "std_not_found")
        .map(|unresolved| Finding {
            level: if strict { "error" } else { "note" },
            ..one(unresolved)
        });
    let diagnostics = list(&report["diagnostics"]).map(one);
    diagnostics.chain(nowhere).collect()
}

/// A line of GitHub's workflow commands, taken apart as its page describes them.
fn of_github(line: &str) -> Finding {
    let unescape = |text: &str, is_property: bool| {
        let mut text = text.replace("%0D", "\r").replace("%0A", "\n");
        if is_property {
            text = text.replace("%3A", ":").replace("%2C", ",");
        }
        text.replace("%25", "%")
    };
    let (command, data) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
    let (command, properties) = command.split_once(' ').unwrap();
    let properties: BTreeMap<&str, String> = properties
        .split(',')
        .map(|property| property.split_once('=').unwrap())
        .map(|(name, value)| (name, unescape(value, true)))
        .collect();
    let range = properties.get("line").map(|_| {
        ["line", "col", "endLine", "endColumn"].map(|name| properties[name].parse().unwrap())
    });
    Finding {
        level: match command {
            "error" => "error",
            "notice" => "note",
            other => panic!("{other}: {line}"),
        },
        rule: properties["title"].clone(),
        place: Place {
            path: properties.get("file").cloned().unwrap_or_default(),
            range,
        },
        // The message and its notes, line by line.
        message: unescape(data, false),
        notes: Vec::new(),
    }
}

/// What GitHub's line says of a finding.
fn in_github(finding: &Finding) -> Finding {
    let mut message = finding.message.clone();
    for (place, note) in &finding.notes {
        let at = place
            .range
            .map(|[line, column, ..]| format!("{}:{line}:{column}: ", place.path));
        message += &format!("\n{}note: {note}", at.unwrap_or_default());
    }
    let escaped = message.chars().map(|char| match char {
        '\n' | '\r' | '\t' => char.to_string(),
        '\0'..='\x1f' | '\x7f'..='\u{9f}' => format!("\\x{:02x}", char as u32),
        _ => char.to_string(),
    });
    Finding {
        message: escaped.collect(),
        notes: Vec::new(),
        ..finding.clone()
    }
}

/// Sources by path, to count columns in.
#[derive(Default)]
struct Sources(BTreeMap<PathBuf, Vec<Vec<u8>>>);

impl Sources {
    fn line(&mut self, path: &Path, line: u64) -> &[u8] {
        let lines = self.0.entry(path.to_owned()).or_insert_with(|| {
            let text = fs::read(path).unwrap();
            text.split(|&byte| byte == b'\n')
                .map(<[u8]>::to_vec)
                .collect()
        });
        &lines[line as usize - 1]
    }

    /// A column in UTF-16 code units, as an editor that shows the line counts, from one in bytes.
    fn utf16(&mut self, path: &Path, line: u64, column: u64) -> u64 {
        if column == 1 {
            // What stands for a whole file may be in one that is not there.
            return 1;
        }
        let text = self.line(path, line);
        let before = String::from_utf8_lossy(&text[..column as usize - 1]);
        before.encode_utf16().count() as u64 + 1
    }
}

fn percent_decode(uri: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = uri.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        if byte == b'%' {
            let hex = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(byte);
            rest = after;
        }
    }
    bytes
}

/// A SARIF location with its columns as they stand there.
fn sarif_place(location: &Value) -> Place {
    let physical = &location["physicalLocation"];
    let address = &physical["artifactLocation"];
    let uri = address["uri"].as_str().unwrap();
    let path = match address["uriBaseId"].as_str() {
        Some(base) => {
            assert_eq!(base, "SRCROOT");
            assert!(!uri.starts_with('/') && !uri.contains(':'), "{uri}");
            uri
        }
        // A drive has a slash in front of it there.
        None if cfg!(windows) => uri.strip_prefix("file:///").unwrap(),
        None => uri.strip_prefix("file://").unwrap(),
    };
    let region = &physical["region"];
    Place {
        path: String::from_utf8_lossy(&percent_decode(path)).into_owned(),
        range: region.is_object().then(|| {
            ["startLine", "startColumn", "endLine", "endColumn"]
                .map(|key| region[key].as_u64().unwrap())
        }),
    }
}

fn of_sarif(log: &Value) -> Vec<Finding> {
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let rules: Vec<&Value> = list(&run["tool"]["driver"]["rules"]).collect();
    let one = |result: &Value| {
        let rule = rules[result["ruleIndex"].as_u64().unwrap() as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        Finding {
            level: match result["level"].as_str() {
                Some("error") => "error",
                Some("note") => "note",
                other => panic!("{other:?}"),
            },
            rule: string(&result["ruleId"]),
            place: sarif_place(&result["locations"][0]),
            message: string(&result["message"]["text"]),
            notes: list(&result["relatedLocations"])
                .map(|one| (sarif_place(one), string(&one["message"]["text"])))
                .collect(),
        }
    };
    list(&run["results"]).map(one).collect()
}

/// What SARIF says of a finding.
fn in_sarif(finding: &Finding, project: &Project, sources: &mut Sources) -> Finding {
    let mut place = |place: &Place| Place {
        path: place.path.clone(),
        range: place.range.map(|[line, column, end_line, end_column]| {
            let path = project.dir().join(&place.path);
            [
                line,
                sources.utf16(&path, line, column),
                end_line,
                sources.utf16(&path, end_line, end_column),
            ]
        }),
    };
    Finding {
        place: place(&finding.place),
        notes: (finding.notes.iter())
            .map(|(at, note)| (place(at), note.clone()))
            .collect(),
        ..finding.clone()
    }
}

fn of_rdjson(result: &Value) -> Vec<Finding> {
    assert_eq!(result["source"]["name"], "zirc");
    let place = |location: &Value| {
        let range = &location["range"];
        Place {
            path: string(&location["path"]),
            range: range.is_object().then(|| {
                [
                    ("start", "line"),
                    ("start", "column"),
                    ("end", "line"),
                    ("end", "column"),
                ]
                .map(|(of, key)| range[of][key].as_u64().unwrap())
            }),
        }
    };
    let one = |diagnostic: &Value| Finding {
        level: match diagnostic["severity"].as_str() {
            Some("ERROR") => "error",
            Some("INFO") => "note",
            other => panic!("{other:?}"),
        },
        rule: string(&diagnostic["code"]["value"]),
        place: place(&diagnostic["location"]),
        message: string(&diagnostic["message"]),
        notes: list(&diagnostic["related_locations"])
            .map(|one| (place(&one["location"]), string(&one["message"])))
            .collect(),
    };
    list(&result["diagnostics"]).map(one).collect()
}

/// GitLab's issues with their fingerprints.
fn of_gitlab(issues: &Value) -> Vec<(Finding, String)> {
    let place = |location: &Value| {
        let positions = &location["positions"];
        Place {
            path: string(&location["path"]),
            range: Some(
                [
                    ("begin", "line"),
                    ("begin", "column"),
                    ("end", "line"),
                    ("end", "column"),
                ]
                .map(|(of, key)| positions[of][key].as_u64().unwrap()),
            ),
        }
    };
    let one = |issue: &Value| {
        let finding = Finding {
            level: match issue["severity"].as_str() {
                Some("major") => "error",
                Some("info") => "note",
                other => panic!("{other:?}"),
            },
            rule: string(&issue["check_name"]),
            place: place(&issue["location"]),
            message: string(&issue["description"]),
            notes: list(&issue["other_locations"])
                .map(|one| (place(one), String::new()))
                .collect(),
        };
        (finding, string(&issue["fingerprint"]))
    };
    list(issues).map(one).collect()
}

/// What GitLab's report says of a finding.
fn in_gitlab(finding: &Finding) -> Finding {
    let place = |place: &Place| Place {
        range: place.range.or(Some([1, 1, 1, 1])),
        ..place.clone()
    };
    Finding {
        place: place(&finding.place),
        notes: (finding.notes.iter())
            .map(|(at, _)| (place(at), String::new()))
            .collect(),
        ..finding.clone()
    }
}

fn assert_same(name: &str, found: &[Finding], expected: &[Finding]) {
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected, "{name}");
    }
    assert_eq!(found.len(), expected.len(), "{name}");
}

/// The forms of one question. Each has the same findings as the JSON; these are returned.
fn all_forms(
    project: &Project,
    strict: bool,
    ask: &dyn Fn(&str) -> Ran,
    sources: &mut Sources,
) -> Vec<Finding> {
    let json = ask("json");
    let report = json.json_as_is();
    assert_valid(&report);
    let expected = of_json(project, &report, strict);
    let ran = |format| {
        let ran = ask(format);
        assert_eq!(ran.status, json.status, "{format}: {}", ran.text());
        ran
    };
    let github = String::from_utf8(ran("github").stdout).unwrap();
    let github: Vec<_> = github.lines().map(of_github).collect();
    let expected_lines: Vec<_> = expected.iter().map(in_github).collect();
    assert_same("github", &github, &expected_lines);
    let parse = |format| serde_json::from_slice::<Value>(&ran(format).stdout).unwrap();
    let sarif: Vec<_> = expected
        .iter()
        .map(|one| in_sarif(one, project, sources))
        .collect();
    let log = parse("sarif");
    assert_same("sarif", &of_sarif(&log), &sarif);
    assert_same("rdjson", &of_rdjson(&parse("rdjson")), &expected);
    let gitlab = of_gitlab(&parse("gitlab"));
    let prints: Vec<&String> = gitlab.iter().map(|(_, print)| print).collect();
    let in_sarif = list(&log["runs"][0]["results"]);
    let in_sarif = in_sarif.map(|one| one["partialFingerprints"]["zirc/v1"].as_str().unwrap());
    assert!(
        prints.iter().copied().eq(in_sarif),
        "one fingerprint in both"
    );
    let mut distinct = prints.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(
        distinct.len(),
        prints.len(),
        "no two findings have one fingerprint"
    );
    let gitlab: Vec<_> = gitlab.into_iter().map(|(finding, _)| finding).collect();
    let expected_issues: Vec<_> = expected.iter().map(in_gitlab).collect();
    assert_same("gitlab", &gitlab, &expected_issues);
    expected
}

/// Holds a document against the schema in `docs`, of which it may have no field more.
fn assert_valid(document: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/zirc.schema.json");
    let schema: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    if let Err(why) = holds(document, &schema, &schema["$defs"], "") {
        panic!("{why}\n{document:#}");
    }
}

/// As much of JSON Schema as ours has; another keyword fails. (A validator from a library would bring forty
/// packages with it.)
fn holds(value: &Value, schema: &Value, defs: &Value, at: &str) -> Result<(), String> {
    for (keyword, rule) in schema.as_object().unwrap() {
        let is_so = match &**keyword {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => {
                let name = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                holds(value, &defs[name], defs, at)?;
                true
            }
            "anyOf" => {
                let each = list(rule).map(|one| holds(value, one, defs, at));
                let failed: Result<Vec<String>, ()> = each.map(|one| one.err().ok_or(())).collect();
                if let Ok(whys) = failed {
                    return Err(whys.join("\nor "));
                }
                true
            }
            "type" => {
                let is_type = |name: &Value| match name.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_u64() || value.is_i64(),
                    "null" => value.is_null(),
                    other => panic!("type {other}"),
                };
                match rule.as_array() {
                    Some(names) => names.iter().any(is_type),
                    None => is_type(rule),
                }
            }
            "const" => value == rule,
            "enum" => list(rule).any(|one| one == value),
            "minimum" => value
                .as_f64()
                .is_none_or(|number| number >= rule.as_f64().unwrap()),
            "required" => list(rule).all(|name| value.get(name.as_str().unwrap()).is_some()),
            "items" => {
                for (number, item) in list(value).enumerate() {
                    holds(item, rule, defs, &format!("{at}/{number}"))?;
                }
                true
            }
            "properties" => {
                for (name, item) in value.as_object().into_iter().flatten() {
                    let at = format!("{at}/{name}");
                    match rule.get(name) {
                        Some(rule) => holds(item, rule, defs, &at)?,
                        // What changed is told as diff tells it, which is not said again.
                        None if at.starts_with("/changes/") => {}
                        None => return Err(format!("{at}: not in the schema")),
                    }
                }
                true
            }
            other => panic!("keyword {other}"),
        };
        if !is_so {
            return Err(format!("{at}: {keyword} is {rule}"));
        }
    }
    Ok(())
}

#[test]
fn the_schema_refuses_what_is_not_so() {
    let project = Project::new(&[("a.zig", "const x = y;\n")]);
    let good = project
        .run(&["ast-check", "--format", "json", "a.zig"])
        .json();
    assert_valid(&good);
    let change: [&dyn Fn(&mut Value); 5] = [
        &|value| value["version"] = 2.into(),
        &|value| value["more"] = true.into(),
        &|value| value["diagnostics"][0]["line"] = 0.into(),
        &|value| value["diagnostics"][0]["severity"] = "warning".into(),
        &|value| {
            drop(
                value["diagnostics"][0]
                    .as_object_mut()
                    .unwrap()
                    .remove("rule"),
            )
        },
    ];
    for (number, change) in change.iter().enumerate() {
        let mut bad = good.clone();
        change(&mut bad);
        let refused = std::panic::catch_unwind(|| assert_valid(&bad)).is_err();
        assert!(refused, "change {number}");
    }
}

const RELEASES: [&str; 5] = ["0.14.1", "0.15.2", "0.16.0", "0.17.0", "0.17.1"];

/// Lists all inputs of the fixtures in a file of the project.
fn list_fixtures(project: &Project) -> usize {
    let mut names = Vec::new();
    // With its drive, where the system has such: the tests may have been built on another one.
    let root = real_path(fixtures::root()).unwrap();
    for folder in ["zig", "zon"] {
        for path in fixtures::walk(&root.join(folder)).unwrap() {
            names.push(path_bytes(&path).to_vec());
        }
    }
    project.write("list", &names.join(&b'\n'));
    names.len()
}

#[test]
fn all_formats_carry_the_same_over_all_inputs_and_releases() {
    let project = Project::new(&[]);
    let files = list_fixtures(&project);
    let mut sources = Sources::default();
    let mut all = 0;
    let mut shifted = 0;
    for release in RELEASES {
        let ask = |format: &str| {
            let args = [
                "ast-check",
                "--files-from",
                "list",
                "--zig-version",
                release,
            ];
            project.run(&[&args[..], &["--format", format]].concat())
        };
        let found = all_forms(&project, false, &ask, &mut sources);
        all += found.len();
        let is_shifted =
            |finding: &&Finding| in_sarif(finding, &project, &mut sources).place != finding.place;
        shifted += found.iter().filter(is_shifted).count();
    }
    assert!(files > 400 && all > 2000, "{files} files, {all} findings");
    // Lines with more than ASCII before the column are among them.
    assert!(shifted > 10, "{shifted} of {all}");
}

#[test]
fn several_releases_are_named_where_not_all_say_it() {
    let project = Project::new(&[
        ("a.zig", "fn f() void {\n    async g();\n}\n"),
        ("b.zig", "const x = y;\n"),
    ]);
    let args = [
        "ast-check",
        "--zig-version",
        "all",
        "a.zig",
        "b.zig",
        "--format",
    ];
    let report = project.run(&[&args[..], &["json"]].concat()).json();
    assert_valid(&report);
    let ran = project.run(&[&args[..], &["github"]].concat());
    let told: Vec<_> = ran.out().lines().map(of_github).collect();
    let diagnostics: Vec<&Value> = list(&report["diagnostics"]).collect();
    assert_eq!(told.len(), diagnostics.len());
    let all = list(&report["releases"]).count();
    let mut named = 0;
    for (told, diagnostic) in told.iter().zip(diagnostics) {
        let releases: Vec<&str> = list(&diagnostic["releases"])
            .map(|one| one.as_str().unwrap())
            .collect();
        let mut expected = string(&diagnostic["message"]);
        if releases.len() < all {
            expected += &format!(" (Zig {})", releases.join(", "));
            named += 1;
        }
        assert_eq!(told.message, expected);
    }
    assert!(named > 0 && told.len() > named, "{}", ran.text());
}

#[test]
#[cfg_attr(windows, ignore = "wants names that are no text")]
fn any_path_survives_every_format() {
    let project = Project::new(&[]);
    let names: [&[u8]; 5] = [
        b"a b.zig",
        b"100%,a:b='c'\"d\".zig",
        b"two\nlines.zig",
        b"\xc3\xa9\xf0\x9f\x92\xa9.zig",
        b"not\xffutf8.zig",
    ];
    let mut args = vec!["check".into(), "--zig-version=0.16.0".into()];
    for name in names {
        let name = fixtures::system::name(name);
        fs::write(project.dir().join(&name), "const x = y;\n").unwrap();
        args.push(name);
    }
    let ask = |format: &str| {
        let mut command = project.command_as_given(&[]);
        command.args(&args).args(["--format", format]);
        project.finish(&mut command, None)
    };
    // Columns are counted in files that cannot be named in text: here they are the same.
    let expected = of_json(&project, &ask("json").json(), false);
    assert_eq!(expected.len(), names.len());
    let mut paths: Vec<String> = expected.iter().map(|one| one.place.path.clone()).collect();
    paths.sort();
    let mut named: Vec<_> = names
        .map(|name| String::from_utf8_lossy(name).into_owned())
        .into();
    named.sort();
    assert_eq!(paths, named);
    let github = String::from_utf8(ask("github").stdout).unwrap();
    assert_same(
        "github",
        &github.lines().map(of_github).collect::<Vec<_>>(),
        &expected,
    );
    let parse = |format| serde_json::from_slice::<Value>(&ask(format).stdout).unwrap();
    let log = parse("sarif");
    assert_same("sarif", &of_sarif(&log), &expected);
    // An address has all of the bytes.
    let uris: Vec<Vec<u8>> = list(&log["runs"][0]["results"])
        .map(|one| &one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        .map(|uri| percent_decode(uri.as_str().unwrap()))
        .collect();
    assert!(names.iter().all(|name| uris.iter().any(|uri| uri == name)));
    assert_same("rdjson", &of_rdjson(&parse("rdjson")), &expected);
    let gitlab: Vec<_> = of_gitlab(&parse("gitlab"))
        .into_iter()
        .map(|(one, _)| one)
        .collect();
    assert_same("gitlab", &gitlab, &expected);
}

#[test]
fn a_program_with_notes_and_with_imports_that_lead_nowhere() {
    let project = Project::new(&[
        (
            "src/main.zig",
            "const a = @import(\"nobody\");\nconst b = @import(\"b.zig\");\nconst c = @import(\"gone.zig\");\n",
        ),
        (
            "src/b.zig",
            "const x = 1;\nfn f(x: u8) void {\n    _ = x;\n}\n",
        ),
    ]);
    let lib = project.lib();
    let lib = lib.to_str().unwrap();
    let mut sources = Sources::default();
    for release in RELEASES {
        for strict in [false, true] {
            let strictly: &[&str] = if strict { &["--strict"] } else { &[] };
            let ask = |format: &str| {
                let args = ["check", "--no-manifest", "--zig-lib-dir", lib];
                let more = ["--zig-version", release, "--format", format, "src/main.zig"];
                project.run(&[&args[..], &more, strictly].concat())
            };
            let found = all_forms(&project, strict, &ask, &mut sources);
            let rules: Vec<&str> = found.iter().map(|one| &*one.rule).collect();
            for rule in ["shadowed-name", "unable-to-load", "unresolved-import"] {
                assert!(rules.contains(&rule), "{release}: {rules:?}");
            }
        }
    }
}

#[test]
fn a_line_that_moved_keeps_its_fingerprint() {
    let project = Project::new(&[]);
    let prints = |text: &str| {
        project.write("a.zig", text.as_bytes());
        let ran = project.run(&["ast-check", "--format", "gitlab", "a.zig"]);
        let issues = serde_json::from_slice(&ran.stdout).unwrap();
        let prints = of_gitlab(&issues).into_iter().map(|(_, print)| print);
        prints.collect::<Vec<_>>()
    };
    let before = prints(
        "const x = y;\nconst f = z;\nconst f2 = .{\n    z,\n};\nconst f3 = .{\n    z,\n};\n",
    );
    assert_eq!(before.len(), 4);
    let moved = prints(
        "\n// new\nconst x = y;\nconst f = z;\nconst f2 = .{\n\n  z,\n};\nconst f3 = .{\n    z,\n};\n",
    );
    assert_eq!(moved, before);
    let edited = prints(
        "const xx = y;\nconst f = z;\nconst f2 = .{\n    z,\n};\nconst f3 = .{\n    z,\n};\n",
    );
    assert_ne!(edited[0], before[0]);
    assert_eq!(edited[1..], before[1..]);
}

#[test]
fn an_update_of_watch_is_a_line() {
    let project = Project::new(&[("main.zig", "const x = y;\n")]);
    for format in ["json", "github", "sarif", "rdjson", "gitlab"] {
        let mut command =
            project.command(&["watch", "--format", format, "--poll", "10", "main.zig"]);
        let mut child = command
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = std::io::BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        std::io::BufRead::read_line(&mut lines, &mut first).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let rules: Vec<String> = match format {
            "github" => vec![of_github(first.trim_end()).rule],
            _ => {
                let value: Value = serde_json::from_str(&first).unwrap();
                let found = match format {
                    "json" => {
                        assert_valid(&value);
                        of_json(&project, &value, false)
                    }
                    "sarif" => of_sarif(&value),
                    "rdjson" => of_rdjson(&value),
                    _ => of_gitlab(&value).into_iter().map(|(one, _)| one).collect(),
                };
                found.into_iter().map(|one| one.rule).collect()
            }
        };
        assert_eq!(rules, ["undeclared-identifier"], "{format}");
    }
}

#[test]
fn documents_of_all_verbs_have_a_version() {
    let project = Project::new(&[("a.zig", "const x = 1;\n"), ("b.zig", "const x = 2;\n")]);
    let lib = project.lib();
    let lib = lib.to_str().unwrap();
    for args in [
        &["check", "--zig-lib-dir", lib, "a.zig"][..],
        &["check", "--zig-lib-dir", lib, "a.zig"],
        &["check", "--zig-version", "all", "a.zig"],
        &["check", "--explain", "a.zig", "b.zig"],
        &["ast-check", "a.zig"],
        &["ast-check", "--zig-version", "all", "a.zig"],
    ] {
        let ran = project.run(&[args, &["--format", "json"]].concat());
        assert_eq!(ran.status, Some(0), "{}", ran.text());
        assert_valid(&ran.json());
    }
    for args in [
        &["diff", "a.zig", "b.zig"][..],
        &["versions", "a.zig"],
        &["releases"],
        &["explain"],
        &["explain", "unused-local"],
        &["cache", "stats"],
        &["cache", "verify"],
    ] {
        let ran = project.run(&[args, &["--format", "json"]].concat());
        assert_eq!(ran.json()["version"], 1, "{}", ran.text());
    }
    let verified = project.run(&["cache", "verify", "--format", "json"]).json();
    assert_valid(&verified);
}
