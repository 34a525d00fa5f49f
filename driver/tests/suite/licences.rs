//! The licences of what is built are those that `deny.toml` allows: the part of `cargo deny check` that needs
//! no program beside cargo.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// What `deny.toml` allows of all packages, and of single ones.
struct Allowed {
    all: Vec<String>,
    of: BTreeMap<String, Vec<String>>,
}

impl Allowed {
    fn read(text: &str) -> Allowed {
        let quoted = |text: &str| -> Vec<String> {
            text.split('"')
                .skip(1)
                .step_by(2)
                .map(str::to_owned)
                .collect()
        };
        let mut allowed = Allowed {
            all: Vec::new(),
            of: BTreeMap::new(),
        };
        let licenses = text
            .split("[licenses]")
            .nth(1)
            .expect("a section of licences");
        let licenses = licenses.split("\n[").next().unwrap_or_default();
        for line in licenses.lines().map(str::trim) {
            if let Some(list) = line.strip_prefix("allow = ") {
                allowed.all = quoted(list);
            } else if line.starts_with("{ crate = ") {
                let mut names = quoted(line).into_iter();
                allowed
                    .of
                    .insert(names.next().expect("a package"), names.collect());
            }
        }
        allowed
    }

    /// Whether the licences that somebody can choose in an SPDX expression are all allowed for `package`.
    fn allows(&self, package: &str, expression: &str) -> bool {
        // The old form of OR.
        let expression = expression.replace('/', " OR ");
        let spaced = expression.replace('(', " ( ").replace(')', " ) ");
        let mut tokens = spaced.split_whitespace().peekable();
        let is_allowed = self.any(package, &mut tokens);
        assert_eq!(tokens.next(), None, "{package}: {expression}");
        is_allowed
    }

    fn any<'a>(&self, package: &str, tokens: &mut Tokens<impl Iterator<Item = &'a str>>) -> bool {
        let mut is_allowed = self.every(package, tokens);
        while tokens.next_if_eq(&"OR").is_some() {
            is_allowed |= self.every(package, tokens);
        }
        is_allowed
    }

    fn every<'a>(&self, package: &str, tokens: &mut Tokens<impl Iterator<Item = &'a str>>) -> bool {
        let mut is_allowed = self.one(package, tokens);
        while tokens.next_if_eq(&"AND").is_some() {
            is_allowed &= self.one(package, tokens);
        }
        is_allowed
    }

    fn one<'a>(&self, package: &str, tokens: &mut Tokens<impl Iterator<Item = &'a str>>) -> bool {
        let mut licence = tokens.next().expect("a licence").to_owned();
        if licence == "(" {
            let is_allowed = self.any(package, tokens);
            assert_eq!(tokens.next(), Some(")"), "{package}");
            return is_allowed;
        }
        if tokens.next_if_eq(&"WITH").is_some() {
            licence = format!("{licence} WITH {}", tokens.next().expect("an exception"));
        }
        let own = self.of.get(package);
        self.all
            .iter()
            .chain(own.into_iter().flatten())
            .any(|allowed| *allowed == licence)
    }
}

type Tokens<I> = std::iter::Peekable<I>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
}

fn allowed() -> Allowed {
    Allowed::read(&std::fs::read_to_string(root().join("deny.toml")).unwrap())
}

fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
#[cfg_attr(windows, ignore = "runs cargo, which Wine has not")]
fn of_all_dependencies_are_allowed() {
    let version = output("rustc", &["-vV"]);
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("a host");
    let metadata = output(
        env!("CARGO"),
        &[
            "metadata",
            "--format-version=1",
            "--locked",
            "--offline",
            "--filter-platform",
            host,
        ],
    );
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 50, "{}", packages.len());
    let allowed = allowed();
    for package in packages {
        let [name, licence] =
            ["name", "license"].map(|key| package[key].as_str().unwrap_or_default());
        assert!(
            allowed.allows(name, licence),
            "{name}: {licence:?} is not in deny.toml"
        );
    }
}

#[test]
fn expressions() {
    let allowed = allowed();
    for (package, licence, want) in [
        ("a", "MIT", true),
        ("a", "MIT/Apache-2.0", true),
        ("a", "GPL-3.0-only", false),
        ("a", "GPL-3.0-only OR MIT", true),
        ("a", "GPL-3.0-only AND MIT", false),
        ("a", "Apache-2.0 WITH LLVM-exception", false),
        ("ar_archive_writer", "Apache-2.0 WITH LLVM-exception", true),
        ("a", "CC0-1.0", false),
        ("notify", "CC0-1.0", true),
        ("a", "(MIT OR Apache-2.0) AND Unicode-3.0", false),
        ("unicode-ident", "(MIT OR Apache-2.0) AND Unicode-3.0", true),
    ] {
        assert_eq!(
            allowed.allows(package, licence),
            want,
            "{package}: {licence}"
        );
    }
}
