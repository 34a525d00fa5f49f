//! `zirc.zon`: what a project says once, so that it need not be said on each command line.

use std::fmt;
use std::path::{Path, PathBuf};

use cache_store::{SourceFile, file};
use release::Release;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use zoir::typed::{DeOptions, SerOptions, Spanned, Value};

use super::programs::{ModuleArg, exists_already, import_conflict, non_existent};
use crate::environment::{layout, split_version};
use crate::input::Exclude;
use crate::limits::MAX_SETTINGS_LEN;
use crate::{Error, paths};

/// The settings of a project. What it does not say is `None` or empty. Paths are as they would be typed in
/// the working directory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// The file that says so.
    pub(crate) file: PathBuf,
    /// Root files and directories.
    pub(crate) roots: Vec<PathBuf>,
    /// A program of several modules, the main one first. Never together with `roots`.
    pub(crate) modules: Vec<ModuleArg>,
    /// The releases of Zig that count.
    pub(crate) zig_versions: Option<ZigVersions>,
    /// What is left out of directories.
    pub(crate) exclude: Option<Exclude>,
    /// Whether the build may be asked for its modules.
    pub(crate) build: Option<bool>,
    /// Options of the build, by name, in their order.
    pub(crate) build_options: Vec<(String, String)>,
    /// The cache for the program's own files.
    pub(crate) cache_dir: Option<PathBuf>,
    /// The cache for all other files.
    pub(crate) global_cache_dir: Option<PathBuf>,
    /// Lib directories of Zig.
    pub(crate) zig_lib_dirs: Vec<ZigLibDir>,
    /// The form of the output.
    pub(crate) format: Option<OutputForm>,
    /// Whether imports that lead nowhere are errors.
    pub(crate) strict: Option<bool>,
    /// The compiler that a build is asked with. A name without `/` is one to be looked for on `PATH`.
    pub(crate) zig: Option<PathBuf>,
}

/// Releases by their versions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum ZigVersions {
    /// All that are known.
    All,
    /// These, at least one. Each can be served.
    These(Vec<String>),
}

/// A lib directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct ZigLibDir {
    /// The version that it is said to be of, if it is said. It can be served.
    pub(crate) version: Option<String>,
    /// The directory.
    pub(crate) dir: PathBuf,
}

/// The form of the output.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OutputForm {
    /// For people.
    Human,
    /// For tools.
    Json,
    /// Lines for GitHub and editors.
    Github,
    /// For code scanning.
    Sarif,
    /// For reviewdog.
    Rdjson,
    /// For GitLab.
    Gitlab,
}

/// The document. A value whose form has to be looked at is any here.
#[derive(Deserialize)]
struct Document {
    roots: Option<Spanned<Vec<Spanned<String>>>>,
    modules: Option<Spanned<Vec<DocumentModule>>>,
    zig_versions: Option<Spanned<Value>>,
    exclude: Option<Spanned<Vec<Spanned<String>>>>,
    build: Option<Spanned<bool>>,
    build_options: Option<Ordered>,
    cache_dir: Option<Spanned<String>>,
    global_cache_dir: Option<Spanned<String>>,
    zig_lib_dir: Option<Spanned<Value>>,
    format: Option<OutputForm>,
    strict: Option<bool>,
    zig: Option<Spanned<String>>,
}

/// `-M` with the `--dep`s that belong to it.
#[derive(Deserialize)]
struct DocumentModule {
    name: Spanned<String>,
    root: Spanned<String>,
    #[serde(default)]
    imports: Vec<DocumentImport>,
}

/// `--dep`.
#[derive(Deserialize)]
struct DocumentImport {
    name: Spanned<String>,
    module: Option<Spanned<String>>,
}

/// The same document where a field is known to be a list.
#[derive(Deserialize)]
struct VersionList {
    zig_versions: Vec<Spanned<String>>,
}

/// Likewise.
#[derive(Deserialize)]
struct LibList {
    zig_lib_dir: Vec<Spanned<String>>,
}

/// The fields of a struct with any names, in their order.
struct Ordered(Vec<(String, Spanned<Value>)>);

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Ordered, D::Error> {
        struct FieldsVisitor;

        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Ordered;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a struct")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Ordered, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Ordered(fields))
            }
        }

        deserializer.deserialize_map(FieldsVisitor)
    }
}

impl Settings {
    /// Those that count in `dir`, absolute, if there are any: the nearest `zirc.zon` in it or above it,
    /// within the project.
    ///
    /// # Errors
    /// If the file cannot be read. [`Error::Document`] if it is not what it should be.
    pub(crate) fn find(dir: &Path) -> Result<Option<Settings>, Error> {
        let Some(file) = layout::settings_file(dir) else {
            return Ok(None);
        };
        let home = file.parent().unwrap_or(dir);
        let up: PathBuf = (dir.ancestors().take_while(|&above| above != home))
            .map(|_| "..")
            .collect();
        let shown = up.join(layout::SETTINGS_FILE);
        let cannot = |why: &'static str| {
            Error::path("read the settings", &shown, std::io::Error::other(why))
        };
        let source = SourceFile::open(&file).map_err(|error| cannot(error.name()))?;
        if source.stat().size > MAX_SETTINGS_LEN {
            return Err(cannot("FileTooBig"));
        }
        let text = source.into_bytes().map_err(|error| cannot(error.name()))?;
        let place = Place { home, dir, up };
        match read(&text, &place) {
            Ok(settings) => Ok(Some(Settings {
                file: shown,
                ..settings
            })),
            Err(error) => {
                let lines = error.lines(&paths::display(&shown));
                Err(Error::Document(lines))
            }
        }
    }
}

/// Reads a document of settings as if it were that of `/`.
///
/// # Errors
/// A line for each thing that is wrong.
pub(crate) fn read_settings(text: &[u8]) -> Result<(), String> {
    let place = Place {
        home: Path::new("/"),
        dir: Path::new("/"),
        up: PathBuf::new(),
    };
    let read = read(text, &place);
    read.map(drop)
        .map_err(|refusal| refusal.lines(layout::SETTINGS_FILE))
}

/// Where a document is.
struct Place<'a> {
    /// Its directory, absolute.
    home: &'a Path,
    /// The working directory, which is below that.
    dir: &'a Path,
    /// The way from there to its directory.
    up: PathBuf,
}

impl Place<'_> {
    /// A path that is relative to the document, as it would be typed in the working directory.
    fn typed(&self, path: &str) -> PathBuf {
        let is_absolute = file::is_absolute(path.as_bytes());
        let absolute = paths::resolve(&[paths::bytes(self.home), path.as_bytes()]);
        match absolute.strip_prefix(self.dir) {
            // Nobody goes up to come down again. Of what is typed like that messages have the whole path.
            Ok(below) if !is_absolute && !below.as_os_str().is_empty() => below.to_owned(),
            Ok(_) if !is_absolute => ".".into(),
            _ => self.up.join(path),
        }
    }
}

/// Something in a document that does not mean anything.
#[derive(Debug)]
struct Problem {
    line: u32,
    column: u32,
    message: String,
}

impl Problem {
    fn at<T>(value: &Spanned<T>, message: impl Into<String>) -> Problem {
        Problem {
            line: value.line,
            column: value.column,
            message: message.into(),
        }
    }
}

/// Why a document gives no settings.
#[derive(Debug)]
enum Refusal {
    /// It is none, or has what settings have not.
    Form(zoir::typed::Error),
    /// Its values do not fit.
    Meaning(Vec<Problem>),
}

impl From<zoir::typed::Error> for Refusal {
    fn from(error: zoir::typed::Error) -> Refusal {
        Refusal::Form(error)
    }
}

impl Refusal {
    /// A line for each thing that is wrong, with the file's name.
    fn lines(&self, file: &str) -> String {
        match self {
            Refusal::Form(error) => error.in_file(file).to_string(),
            Refusal::Meaning(problems) => {
                let line = |problem: &Problem| {
                    let Problem {
                        line,
                        column,
                        message,
                    } = problem;
                    format!("{file}:{line}:{column}: error: {message}")
                };
                problems.iter().map(line).collect::<Vec<_>>().join("\n")
            }
        }
    }
}

/// The settings in a document, but for the name of its file.
fn read(text: &[u8], place: &Place<'_>) -> Result<Settings, Refusal> {
    let document: Document = zongen::from_slice(text)?;
    let lenient = DeOptions::default().ignore_unknown_fields(true);
    let mut problems = Vec::new();
    let mut reader = Reader {
        place,
        problems: &mut problems,
    };
    // Values are any so far where they may be one thing or a list; of what is neither, the list's type tells.
    let zig_versions = match document.zig_versions.as_ref().map(|value| &value.value) {
        None => None,
        Some(Value::EnumLiteral(name)) if name == b"all" => Some(ZigVersions::All),
        Some(_) => {
            let list: VersionList = zongen::from_slice_with(text, lenient)?;
            reader.versions(list.zig_versions)
        }
    };
    let zig_lib_dirs = match document.zig_lib_dir {
        None => Vec::new(),
        Some(value) => match value.value.as_str() {
            Some(one) => {
                let dir = one.to_owned();
                reader.lib_dirs(vec![with_value(&value, dir)])
            }
            None => {
                let list: LibList = zongen::from_slice_with(text, lenient)?;
                reader.lib_dirs(list.zig_lib_dir)
            }
        },
    };
    if let (Some(roots), Some(modules)) = (&document.roots, &document.modules)
        && !roots.is_empty()
        && !modules.is_empty()
    {
        let later = |place: (u32, u32), other| if place > other { place } else { other };
        let (line, column) = later((roots.line, roots.column), (modules.line, modules.column));
        reader.problems.push(Problem {
            line,
            column,
            message: "'roots' and 'modules' exclude each other: either says what is checked"
                .to_owned(),
        });
    }
    let is_named = document
        .roots
        .as_ref()
        .is_some_and(|roots| !roots.is_empty())
        || document
            .modules
            .as_ref()
            .is_some_and(|modules| !modules.is_empty());
    if let Some(build) = document
        .build
        .as_ref()
        .filter(|build| build.value && is_named)
    {
        reader.wrong(
            build,
            "'build' excludes 'roots' and 'modules': what is checked is what build.zig makes",
        );
    }
    let settings = Settings {
        file: PathBuf::new(),
        roots: reader.roots(document.roots),
        modules: reader.modules(document.modules),
        zig_versions,
        exclude: reader.exclude(document.exclude),
        build: document.build.map(|build| build.value),
        build_options: reader.build_options(document.build_options),
        cache_dir: reader.path(document.cache_dir),
        global_cache_dir: reader.path(document.global_cache_dir),
        zig_lib_dirs,
        format: document.format,
        strict: document.strict,
        zig: reader.program(document.zig),
    };
    problems.sort_by_key(|problem| (problem.line, problem.column));
    match problems.is_empty() {
        true => Ok(settings),
        false => Err(Refusal::Meaning(problems)),
    }
}

/// Another value in the same place.
fn with_value<T, U>(place: &Spanned<T>, value: U) -> Spanned<U> {
    Spanned {
        start: place.start,
        end: place.end,
        line: place.line,
        column: place.column,
        value,
    }
}

/// Makes settings of values, and remembers what is wrong with them.
struct Reader<'a> {
    place: &'a Place<'a>,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn wrong<T>(&mut self, value: &Spanned<T>, message: impl Into<String>) {
        self.problems.push(Problem::at(value, message));
    }

    /// Text that has to say something: a path, a name.
    fn text(&mut self, text: Spanned<String>, what: &str) -> String {
        if text.is_empty() || text.contains('\0') {
            self.wrong(&text, format!("this is no {what}"));
        }
        text.value
    }

    fn path(&mut self, path: Option<Spanned<String>>) -> Option<PathBuf> {
        let path = self.text(path?, "path");
        Some(self.place.typed(&path))
    }

    fn roots(&mut self, roots: Option<Spanned<Vec<Spanned<String>>>>) -> Vec<PathBuf> {
        let roots = roots.map(|roots| roots.value).unwrap_or_default();
        let roots = roots.into_iter().map(|root| self.path(Some(root)));
        roots.flatten().collect()
    }

    fn program(&mut self, program: Option<Spanned<String>>) -> Option<PathBuf> {
        let program = self.text(program?, "path");
        Some(match program.bytes().any(file::is_separator) {
            true => self.place.typed(&program),
            false => program.into(),
        })
    }

    fn modules(&mut self, modules: Option<Spanned<Vec<DocumentModule>>>) -> Vec<ModuleArg> {
        let modules = modules.map(|modules| modules.value).unwrap_or_default();
        let mut args: Vec<ModuleArg> = Vec::new();
        let names: Vec<String> = modules.iter().map(|m| m.name.value.clone()).collect();
        for module in modules {
            if args.iter().any(|other| other.name == *module.name) {
                self.wrong(&module.name, exists_already(&module.name));
            }
            let mut deps: Vec<(String, String)> = Vec::new();
            for DocumentImport { name, module: to } in module.imports {
                let to = to.unwrap_or_else(|| name.clone());
                if !names.contains(&to) {
                    self.wrong(&to, non_existent(&module.name, &to));
                }
                if let Some(conflict) = import_conflict(&name, &to) {
                    self.wrong(&name, conflict);
                }
                if deps.iter().any(|(other, _)| *other == *name) {
                    self.wrong(&name, format!("there are two imports '{}'", *name));
                }
                deps.push((self.text(name, "name"), to.value));
            }
            let root = self.text(module.root, "path");
            args.push(ModuleArg {
                name: self.text(module.name, "name"),
                root: self.place.typed(&root),
                deps,
            });
        }
        args
    }

    /// A version that can be served.
    fn version<T>(&mut self, place: &Spanned<T>, version: &str) {
        if let Err(unknown) = Release::find(version) {
            self.wrong(place, unknown.to_string());
        }
    }

    fn versions(&mut self, versions: Vec<Spanned<String>>) -> Option<ZigVersions> {
        for version in &versions {
            self.version(version, version);
        }
        let versions: Vec<String> = versions.into_iter().map(|version| version.value).collect();
        (!versions.is_empty()).then_some(ZigVersions::These(versions))
    }

    fn lib_dirs(&mut self, dirs: Vec<Spanned<String>>) -> Vec<ZigLibDir> {
        let mut libs = Vec::new();
        for named in dirs {
            let (version, dir) = split_version(Path::new(&named.value));
            let version = version.map(|version| String::from_utf8_lossy(version).into_owned());
            if let Some(version) = &version {
                self.version(&named, version);
            }
            let dir = paths::display(&dir);
            let dir = self.text(with_value(&named, dir), "path");
            let dir = self.place.typed(&dir);
            libs.push(ZigLibDir { version, dir });
        }
        libs
    }

    fn exclude(&mut self, globs: Option<Spanned<Vec<Spanned<String>>>>) -> Option<Exclude> {
        let globs = globs?;
        let mut builder = Exclude::builder(self.place.home, self.place.dir);
        for glob in &globs.value {
            if let Err(problem) = builder.add(glob) {
                self.wrong(glob, problem);
            }
        }
        match builder.build() {
            Ok(exclude) => Some(exclude),
            Err(problem) => {
                self.wrong(&globs, problem);
                None
            }
        }
    }

    fn build_options(&mut self, options: Option<Ordered>) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for (name, value) in options.map(|Ordered(options)| options).unwrap_or_default() {
            if name.is_empty() || name.contains('=') || name.contains('\0') {
                self.wrong(&value, format!("'{name}' is no name of an option"));
            }
            let values = match &value.value {
                Value::Array(values) => values.iter().map(option_value).collect(),
                one => option_value(one).map(|one| vec![one]),
            };
            match values {
                Some(values) => all.extend(values.into_iter().map(|value| (name.clone(), value))),
                None => self.wrong(
                    &value,
                    "an option is a string, an enum literal, a bool or a number, or a list of these",
                ),
            }
        }
        all
    }
}

/// The value of an option of a build as it is typed behind its `=`.
fn option_value(value: &Value) -> Option<String> {
    let text = match value {
        Value::Bool(_) | Value::Int(_) | Value::BigInt(..) | Value::Float(_) => {
            value.to_text(SerOptions::default())
        }
        Value::String(_) => value.as_str()?.to_owned(),
        Value::EnumLiteral(_) => value.as_enum_literal()?.to_owned(),
        Value::Null | Value::Char(_) | Value::Empty | Value::Array(_) | Value::Struct(_) => {
            return None;
        }
    };
    (!text.contains('\0')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page that tells of all fields.
    const PAGE: &str = include_str!("../../../docs/settings.md");

    fn read_below(text: &[u8], below: &str) -> Result<Settings, String> {
        let up: PathBuf = Path::new(below).iter().map(|_| "..").collect();
        let dir = Path::new("/p").join(below);
        let place = Place {
            home: Path::new("/p"),
            dir: &dir,
            up,
        };
        read(text, &place).map_err(|refusal| refusal.lines("zirc.zon"))
    }

    fn of(text: &str) -> Result<Settings, String> {
        read_below(text.as_bytes(), "")
    }

    fn error(text: &str) -> String {
        of(text).unwrap_err()
    }

    /// The example of the page.
    fn example() -> &'static str {
        let (_, rest) = PAGE.split_once("```zig\n").unwrap();
        rest.split_once("```").unwrap().0
    }

    #[test]
    fn the_page_has_every_field_and_its_example_is_read() {
        // The reader itself tells which there are.
        let supported = error(".{ .x = 1 }");
        let (_, fields) = supported.split_once("supported: ").unwrap();
        let fields: Vec<&str> = fields
            .split(", ")
            .map(|field| field.trim_matches('\''))
            .collect();
        assert_eq!(fields.len(), 12, "{fields:?}");
        for field in fields {
            assert!(PAGE.contains(&format!("| `{field}` |")), "{field}");
        }
        let settings = of(example()).unwrap();
        assert!(!settings.roots.is_empty());
        // All of them but the one that excludes another.
        let fields = ["roots", "zig_versions", "exclude", "format", "strict"];
        for field in fields {
            assert!(example().contains(&format!(".{field} =")), "{field}");
        }
    }

    #[test]
    fn paths_are_as_they_would_be_typed() {
        let text = b".{ .roots = .{ \"src/main.zig\", \"/abs\", \"a/b/c.zig\", \"a/./b\" }, .cache_dir = \"c\", .global_cache_dir = \"g\",
            .zig_lib_dir = \"0.14.1=lib\", .zig = \"./zig\" }";
        let here = read_below(text, "").unwrap();
        let there = read_below(text, "a/b").unwrap();
        let paths = |s: &Settings| {
            let mut all = s.roots.clone();
            all.extend([&s.cache_dir, &s.global_cache_dir, &s.zig].map(|p| p.clone().unwrap()));
            all.extend(s.zig_lib_dirs.iter().map(|lib| lib.dir.clone()));
            all
        };
        let expected = |list: [&str; 8]| list.map(PathBuf::from).to_vec();
        assert_eq!(
            paths(&here),
            expected([
                "src/main.zig",
                "/abs",
                "a/b/c.zig",
                "a/b",
                "c",
                "g",
                "zig",
                "lib"
            ])
        );
        assert_eq!(
            paths(&there),
            expected([
                "../../src/main.zig",
                "/abs",
                "c.zig",
                ".",
                "../../c",
                "../../g",
                "../.././zig",
                "../../lib"
            ])
        );
        assert_eq!(there.zig_lib_dirs[0].version.as_deref(), Some("0.14.1"));
        let named = read_below(b".{ .zig = \"zig-0.16\" }", "a").unwrap();
        assert_eq!(named.zig, Some("zig-0.16".into()));
    }

    #[test]
    fn options_of_a_build_keep_their_order() {
        let text = ".{ .build = true, .build_options = .{ .z = \"s t\", .@\"a-b\" = .ReleaseFast, .c = false,
            .d = -3, .e = 340282366920938463463374607431768211456, .f = 1.5, .g = .{ \"x\", .y } } }";
        let settings = of(text).unwrap();
        let options: Vec<_> = settings
            .build_options
            .iter()
            .map(|(n, v)| (&**n, &**v))
            .collect();
        assert_eq!(
            options,
            [
                ("z", "s t"),
                ("a-b", "ReleaseFast"),
                ("c", "false"),
                ("d", "-3"),
                ("e", "340282366920938463463374607431768211456"),
                ("f", "1.5"),
                ("g", "x"),
                ("g", "y"),
            ]
        );
        assert_eq!(settings.build, Some(true));
        for (value, place) in [
            ("null", "1:29"),
            ("'x'", "1:29"),
            (".{ .y = 1 }", "1:30"),
            (".{ .{ 1, 2 } }", "1:30"),
            (".{}", "1:30"),
            ("\"\\x00\"", "1:29"),
            ("\"\\xff\"", "1:29"),
        ] {
            let text = format!(".{{ .build_options = .{{ .a = {value} }} }}");
            let expected = format!("zirc.zon:{place}: error: an option is ");
            let error = error(&text);
            assert!(error.starts_with(&expected), "{value}: {error}");
        }
        let error = error(".{ .build_options = .{ .@\"a=b\" = 1 } }");
        assert!(error.contains("'a=b' is no name of an option"), "{error}");
    }

    #[test]
    fn nothing_said_is_nothing() {
        for text in [
            ".{}",
            ".{ .roots = .{}, .modules = .{}, .zig_versions = .{}, .zig_lib_dir = .{}, .build_options = .{} }",
            ".{ .roots = null, .zig_versions = null, .format = null, .strict = null, .zig = null }",
        ] {
            let settings = of(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(
                format!("{settings:?}"),
                format!("{:?}", Settings::default())
            );
        }
    }
}
