//! `zirc check`: whole programs.

use std::collections::BTreeSet;
use std::collections::btree_map::{BTreeMap, Entry};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use cache_store::{How, Store, Warning};
use serde::Serialize;

use crate::cache_dirs::{self, CacheDirs, CacheFlags};
use crate::diagnostics::{Diagnostic, Location, Renderer, Severity};
use crate::explain::{self, CheckExplanation, FileReason};
use crate::graph::{Graph, LoadedFile, Observer, Program, Stores, Unresolved, UnresolvedReason};
use crate::module::{Module, Modules};
use crate::paths::Resolved;
use crate::record::Record;
use crate::terminal::{Color, Progress};
use crate::whole::{self, Asked, Manifests, Pending, Told};
use crate::{Error, Status, inputs, inputs_list, lib_dir, paths};

/// A module of the command line: `--dep ... -MNAME=PATH`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleArg {
    /// Its name.
    pub name: String,
    /// Its root file.
    pub root: PathBuf,
    /// What its files may import: the name used there, the name of the module.
    pub deps: Vec<(String, String)>,
}

/// `--format`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub enum Format {
    /// The reference's text on standard error, and a line of counts.
    #[default]
    Human,
    /// One object on standard output.
    Json,
}

/// What to check, and how.
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// Root files and directories, each a program of its own.
    pub paths: Vec<PathBuf>,
    /// A program of several modules, the main one first. Excludes `paths`.
    pub modules: Vec<ModuleArg>,
    /// `--zig-lib-dir`.
    pub zig_lib_dir: Option<PathBuf>,
    /// Where caches are.
    pub cache: CacheFlags,
    /// Use no cache.
    pub no_cache: bool,
    /// Use no manifest: look at the cache entry of every file.
    pub no_manifest: bool,
    /// Number of workers; 0 means one for each core.
    pub jobs: usize,
    /// Form of the output.
    pub format: Format,
    /// Colours.
    pub color: Color,
    /// An import that leads nowhere is an error.
    pub strict: bool,
    /// Where to write the list of everything that was read.
    pub file_inputs: Option<PathBuf>,
    /// Where to write the same as a rule for Make or Ninja.
    pub depfile: Option<PathBuf>,
    /// Say of each file why it was a hit or was lowered.
    pub explain: bool,
}

/// Whether the manifest had the answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ManifestState {
    /// Nothing has changed: the report is that of the run that wrote the manifest.
    Hit,
    /// There was none, or something has changed.
    Miss,
    /// None was asked.
    #[default]
    Off,
}

/// What the run that wrote a manifest did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Recorded {
    /// Files whose IR came from the cache then.
    pub hits: usize,
    /// Files that were lowered then.
    pub generated: usize,
}

/// The outcome of a check, over all its programs.
#[derive(Debug, Default)]
pub struct Report {
    /// Number of files, each counted once.
    pub files: usize,
    /// Files whose IR came from the cache.
    pub hits: usize,
    /// Files that were lowered.
    pub generated: usize,
    /// Files with errors, or that could not be loaded.
    pub failed: usize,
    /// Whether the manifest had the answer.
    pub manifest: ManifestState,
    /// What the run that wrote the manifest did, if the manifest had the answer.
    pub recorded: Option<Recorded>,
    /// Time taken, in milliseconds.
    pub elapsed_ms: u64,
    /// All files that were read, in path order.
    pub inputs: Vec<PathBuf>,
    /// Where each file's IR came from, if that was asked for.
    pub explanation: Option<CheckExplanation>,
    /// All errors.
    pub diagnostics: Vec<Diagnostic>,
    /// Imports that lead nowhere.
    pub unresolved: Vec<Unresolved>,
    /// What the user should know besides.
    pub notes: Vec<String>,
    /// What went wrong with the cache.
    pub warnings: Vec<String>,
}

#[derive(Serialize)]
struct JsonUnresolved {
    path: String,
    import: String,
    reason: UnresolvedReason,
}

#[derive(Serialize)]
struct JsonReport<'a> {
    files: usize,
    hits: usize,
    generated: usize,
    failed: usize,
    manifest: ManifestState,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded: Option<Recorded>,
    elapsed_ms: u64,
    diagnostics: &'a [Diagnostic],
    unresolved: Vec<JsonUnresolved>,
    notes: &'a [String],
    warnings: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: Option<&'a CheckExplanation>,
}

/// Checks and reports.
pub fn run(options: &CheckOptions) -> Result<Status, Error> {
    let progress = Progress::new(options.format == Format::Human);
    let report = check(options, &progress);
    progress.finish();
    let report = report?;
    if let Some(to) = &options.file_inputs {
        inputs_list::write_list(to, &report.inputs)?;
    }
    if let Some(to) = &options.depfile {
        inputs_list::write_depfile(to, &report.inputs)?;
    }
    match options.format {
        Format::Human => report.print(options)?,
        Format::Json => report.print_json()?,
    }
    let failed = report.failed > 0
        || !report.diagnostics.is_empty()
        || (options.strict && !report.unresolved.is_empty());
    Ok(if failed {
        Status::ErrorsFound
    } else {
        Status::Clean
    })
}

/// Checks. Nothing is printed, and lists of inputs are not written.
pub fn check(options: &CheckOptions, observer: &dyn Observer) -> Result<Report, Error> {
    let begin = Instant::now();
    let cwd = std::env::current_dir()
        .map_err(|e| Error::path("find the working directory", Path::new("."), e))?;
    let mut report = Report::default();
    let lib_dir = find_lib_dir(options, &cwd, &mut report);
    let dirs = find_cache_dirs(options, &cwd, &mut report);
    let stores = open_stores(dirs.as_ref(), options.cache.share, &mut report);
    let programs = programs(options, &cwd, lib_dir.as_deref())?;
    let told = Told {
        cwd: &cwd,
        lib_dir: lib_dir.as_deref(),
        programs: &programs,
    };
    let manifests = open_manifests(options, &told, dirs.as_ref(), &stores, &mut report);
    let mut pending = None;
    let waiting = |manifest: &Path| observer.waiting_for_manifest(manifest);
    let mut no_manifest = None;
    match manifests
        .as_ref()
        .map(|manifests| manifests.ask(&told, &waiting))
    {
        None => {}
        Some(Err(error)) => no_manifest = Some(error),
        Some(Ok(Asked::Miss(miss))) => {
            report.manifest = ManifestState::Miss;
            pending = Some(miss);
        }
        Some(Ok(Asked::Hit(record))) => {
            report.repeat(record, options.explain);
            report.elapsed_ms = begin.elapsed().as_millis() as u64;
            return Ok(report);
        }
    }
    let pool = crate::pool(options.jobs)?;
    // Whether programs that share a file have seen the same of it.
    let mut consistent = true;
    let mut files = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut all_warnings = Vec::new();
    for program in &programs {
        let Graph {
            files: loaded,
            diagnostics,
            unresolved,
            warnings,
        } = program.load(&stores, &pool, observer);
        let loaded: Vec<(Resolved, LoadedFile)> = loaded
            .into_iter()
            .map(|(resolved, file)| {
                let parts = [paths::bytes(&cwd), paths::bytes(&resolved)];
                (Resolved(paths::resolve(&parts)), file)
            })
            .collect();
        if files.is_empty() && loaded.is_sorted_by(|a, b| a.0 < b.0) {
            // All there is, nearly always, and it is in order: no place is looked for.
            files = loaded.into_iter().collect();
        } else {
            for (resolved, file) in loaded {
                match files.entry(resolved) {
                    Entry::Vacant(place) => drop(place.insert(file)),
                    Entry::Occupied(mut first) => consistent &= first.get_mut().merge(&file),
                }
            }
        }
        for diagnostic in diagnostics {
            if seen.insert(format!("{diagnostic:?}")) {
                report.diagnostics.push(diagnostic);
            }
        }
        for import in unresolved {
            if seen.insert(format!("{import:?}")) {
                report.unresolved.push(import);
            }
        }
        all_warnings.extend(warnings);
    }
    report.warnings.extend(describe_warnings(&all_warnings));
    // After those about entries: what refuses the lock of a manifest refuses theirs as well.
    if let Some(error) = no_manifest {
        report.warn_of_manifest(&error);
    }
    report.files = files.len();
    for file in files.values() {
        report.hits += usize::from(matches!(file.how, Some(How::Hit(_))));
        report.generated += usize::from(matches!(file.how, Some(How::Generated(_))));
        report.failed += usize::from(file.failed);
    }
    let read = files.values().filter(|file| file.used.is_some());
    report.inputs = read.map(|file| file.path.clone()).collect();
    if options.explain {
        let miss = pending.as_deref().map(Pending::reason);
        report.explanation = Some(CheckExplanation {
            manifest: miss.map(explain::describe_miss),
            files: files
                .values()
                .map(|file| FileReason::of(&file.path, file.how))
                .collect(),
        });
    }
    if let Some(pending) = pending
        && consistent
        && report.failed == 0
        && report.diagnostics.is_empty()
    {
        let record = report.record();
        if let Err(error) = pending.complete(&files, &report.unresolved, record, &pool) {
            report.warn_of_manifest(&error);
        }
    }
    report.elapsed_ms = begin.elapsed().as_millis() as u64;
    Ok(report)
}

/// Warnings as text. Of those that say the same of one entry after the other, as when the disk is full, one is enough.
pub(crate) fn describe_warnings(warnings: &[Warning]) -> Vec<String> {
    let mut groups: Vec<(&Warning, usize)> = Vec::new();
    for warning in warnings {
        let like = |other: &Warning| {
            other.kind == warning.kind && other.error.to_string() == warning.error.to_string()
        };
        match groups.iter_mut().find(|(first, _)| like(first)) {
            Some((_, more)) => *more += 1,
            None => groups.push((warning, 0)),
        }
    }
    let describe = |(first, more): (&Warning, usize)| match more {
        0 => first.to_string(),
        _ => format!("{first} (and {more} more like it)"),
    };
    groups.into_iter().map(describe).collect()
}

/// What a compilation that lives on begins with.
pub(crate) struct Prepared {
    pub(crate) programs: Vec<Program>,
    pub(crate) stores: Stores,
    pub(crate) notes: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

/// Finds all that is needed to load what the arguments describe.
pub(crate) fn prepare(options: &CheckOptions) -> Result<Prepared, Error> {
    let cwd = std::env::current_dir()
        .map_err(|e| Error::path("find the working directory", Path::new("."), e))?;
    let mut report = Report::default();
    let lib_dir = find_lib_dir(options, &cwd, &mut report);
    let dirs = find_cache_dirs(options, &cwd, &mut report);
    Ok(Prepared {
        stores: open_stores(dirs.as_ref(), options.cache.share, &mut report),
        programs: programs(options, &cwd, lib_dir.as_deref())?,
        notes: report.notes,
        warnings: report.warnings,
    })
}

fn find_lib_dir(options: &CheckOptions, cwd: &Path, report: &mut Report) -> Option<PathBuf> {
    let found = lib_dir::find(options.zig_lib_dir.as_deref(), cwd);
    match &found {
        None => report.notes.push(
            "std was not found (no --zig-lib-dir, no ZIG_LIB_DIR, no zig on PATH, no ziglang Python package): \
             only the program's own files are checked"
                .to_owned(),
        ),
        Some(dir) if !lib_dir::is_lib_dir(dir) => {
            report.notes.push(format!(
                "std was not found: '{}' holds no std/std.zig; only the program's own files are checked",
                dir.display()
            ));
            return None;
        }
        Some(_) => {}
    }
    found
}

fn find_cache_dirs(options: &CheckOptions, cwd: &Path, report: &mut Report) -> Option<CacheDirs> {
    if options.no_cache {
        return None;
    }
    let env = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let dirs = CacheDirs::find(&options.cache, cwd, &env);
    if dirs.is_none() {
        report
            .warnings
            .push("no cache directory is known (HOME is not set): nothing is cached".to_owned());
    }
    dirs
}

fn open_manifests(
    options: &CheckOptions,
    told: &Told<'_>,
    dirs: Option<&CacheDirs>,
    stores: &Stores,
    report: &mut Report,
) -> Option<Manifests> {
    // A local directory that cannot be made was complained about already.
    if options.no_manifest || !stores.local.is_enabled() {
        return None;
    }
    let dirs = dirs?;
    let prefixes = whole::prefixes(told.cwd, told.lib_dir, &dirs.local, &dirs.global);
    let base = whole::base_dir(dirs, options.cache.share);
    match Manifests::open(&base, prefixes) {
        Ok(manifests) => Some(manifests),
        Err(error) => {
            report.warn_of_manifest(&error);
            None
        }
    }
}

fn open_stores(dirs: Option<&CacheDirs>, shared: bool, report: &mut Report) -> Stores {
    let Some(dirs) = dirs else {
        return Stores {
            local: Store::disabled(),
            global: Store::disabled(),
        };
    };
    let mut open = |dir: &Path| {
        let entries = dir.join("z");
        for dir in [dir, &entries] {
            if let Err(error) = cache_dirs::refuse_foreign_link(dir) {
                let dir = dir.display();
                report
                    .warnings
                    .push(format!("unable to use cache directory '{dir}': {error}"));
                return Store::disabled();
            }
        }
        let (store, warning) = Store::open(&entries);
        report
            .warnings
            .extend(warning.map(|warning| warning.to_string()));
        // The reference's entries have no checksum. In directories of our own there are none of those.
        if shared { store } else { store.only_ours() }
    };
    let local = open(&dirs.local);
    let global = if dirs.global == dirs.local {
        local.clone()
    } else {
        open(&dirs.global)
    };
    Stores { local, global }
}

/// The programs that the arguments describe.
fn programs(
    options: &CheckOptions,
    cwd: &Path,
    lib_dir: Option<&Path>,
) -> Result<Vec<Program>, Error> {
    let program = |mut modules: Modules, roots| {
        if let Some(lib_dir) = lib_dir {
            modules.add_std(lib_dir);
        }
        Program {
            modules,
            roots,
            cwd: cwd.to_owned(),
        }
    };
    if !options.modules.is_empty() {
        if let Some(path) = options.paths.first() {
            return Err(Error::Usage(format!(
                "main module provided both by '-M{}={}' and by positional argument '{}'",
                options.modules[0].name,
                options.modules[0].root.display(),
                path.display()
            )));
        }
        let (modules, root) = link_modules(&options.modules, cwd)?;
        return Ok(vec![program(modules, vec![root])]);
    }
    let default = [PathBuf::from(".")];
    let paths = if options.paths.is_empty() {
        &default[..]
    } else {
        &options.paths
    };
    paths
        .iter()
        .map(|path| {
            let metadata = path
                .metadata()
                .map_err(|error| Error::path("open", path, error))?;
            let resolved = canonical(cwd, path);
            if metadata.is_dir() {
                let modules = Modules::new(Module::of_directory(&resolved));
                return Ok(program(modules, inputs::scan(&resolved)?));
            }
            let name = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default();
            let main = Module::of_root_file(&name, &resolved);
            let root = main.root_src_path.clone().unwrap_or_default();
            Ok(program(Modules::new(main), vec![root]))
        })
        .collect()
}

/// A path as the reference has it, which messages and the names of entries depend on.
fn canonical(cwd: &Path, path: &Path) -> PathBuf {
    paths::from_bytes(&cache_store::resolve_path(
        paths::bytes(cwd),
        paths::bytes(path),
    ))
    .to_owned()
}

/// Modules with their dependencies by name, and the main module's root file.
fn link_modules(args: &[ModuleArg], cwd: &Path) -> Result<(Modules, PathBuf), Error> {
    let mut ids = BTreeMap::new();
    let mut modules: Option<Modules> = None;
    let mut main_root = PathBuf::new();
    for arg in args {
        // That another module's root is missing is an error where it is imported, if it is.
        if modules.is_none() {
            arg.root
                .metadata()
                .map_err(|error| Error::path("open", &arg.root, error))?;
        }
        let module = Module::of_root_file(&arg.name, &canonical(cwd, &arg.root));
        let id = match &mut modules {
            Some(modules) => modules.add(module),
            None => {
                main_root = module.root_src_path.clone().unwrap_or_default();
                modules = Some(Modules::new(module));
                Modules::MAIN
            }
        };
        if ids.insert(arg.name.as_str(), id).is_some() {
            return Err(Error::Usage(format!(
                "unable to add module '{}': it exists already",
                arg.name
            )));
        }
    }
    let Some(mut modules) = modules else {
        return Err(Error::Usage("no module was given".to_owned()));
    };
    for arg in args {
        for (import, name) in &arg.deps {
            let Some(&dep) = ids.get(name.as_str()) else {
                return Err(Error::Usage(format!(
                    "module '{}' depends on non-existent module '{name}'",
                    arg.name
                )));
            };
            modules
                .get_mut(ids[arg.name.as_str()])
                .deps
                .insert(import.clone().into_bytes(), dep);
        }
    }
    Ok((modules, main_root))
}

impl Report {
    /// What the next run with nothing changed is to report.
    fn record(&self) -> Record {
        Record {
            // Known when the manifest is written.
            of: [0; 16],
            hits: self.hits,
            generated: self.generated,
            files: self.inputs.clone(),
            unresolved: self.unresolved.clone(),
        }
    }

    /// Takes over what a run over the same files came to.
    fn repeat(&mut self, record: Record, explain: bool) {
        self.manifest = ManifestState::Hit;
        self.files = record.files.len();
        // Nothing was generated now; what the run that wrote the manifest did is told apart from that.
        self.hits = self.files;
        self.recorded = Some(Recorded {
            hits: record.hits,
            generated: record.generated,
        });
        self.unresolved = record.unresolved;
        self.explanation = explain.then(|| CheckExplanation {
            manifest: None,
            files: record
                .files
                .iter()
                .map(|path| FileReason::of_manifest(path))
                .collect(),
        });
        self.inputs = record.files;
    }

    /// The answer is right without a manifest. That a source changed meanwhile is nothing to complain about, nor that it
    /// cannot be listed, nor that a cache may only be read; and what else is wrong with the cache was said before if
    /// entries could not be written either.
    fn warn_of_manifest(&mut self, error: &manifest::Error) {
        if let manifest::Error::Manifest { source, .. } = error
            && !matches!(
                source.kind(),
                ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem
            )
            && self.warnings.is_empty()
        {
            self.warnings.push(error.to_string());
        }
    }

    fn print(&self, options: &CheckOptions) -> Result<(), Error> {
        let renderer = Renderer {
            color: options.color.on_stderr(),
        };
        let mut out = Vec::new();
        for diagnostic in &self.diagnostics {
            renderer.render(&mut out, diagnostic)?;
        }
        let severity = if options.strict {
            Severity::Error
        } else {
            Severity::Note
        };
        // That std was not found is said once, not for each file that imports it.
        let worth_a_line =
            |u: &&Unresolved| options.strict || u.reason != UnresolvedReason::StdNotFound;
        for unresolved in self.unresolved.iter().filter(worth_a_line) {
            renderer.render(&mut out, &unresolved.diagnostic(severity))?;
        }
        for warning in &self.warnings {
            writeln!(out, "warning: {warning}")?;
        }
        for note in &self.notes {
            writeln!(out, "note: {note}")?;
        }
        if let Some(explanation) = &self.explanation {
            explanation.print(&mut out)?;
        }
        let Report {
            files,
            hits,
            generated,
            failed,
            elapsed_ms,
            ..
        } = self;
        let plural = if *files == 1 { "" } else { "s" };
        let counts = match self.manifest {
            ManifestState::Hit => {
                format!("{files} file{plural}: unchanged since the last check, in {elapsed_ms} ms")
            }
            ManifestState::Miss | ManifestState::Off => format!(
                "{files} file{plural}: {hits} from the cache, {generated} generated, {failed} failed, \
                 in {elapsed_ms} ms"
            ),
        };
        renderer.dim(&mut out, &counts)?;
        std::io::stderr().lock().write_all(&out)?;
        Ok(())
    }

    fn print_json(&self) -> Result<(), Error> {
        let report = JsonReport {
            files: self.files,
            hits: self.hits,
            generated: self.generated,
            failed: self.failed,
            manifest: self.manifest,
            recorded: self.recorded,
            elapsed_ms: self.elapsed_ms,
            diagnostics: &self.diagnostics,
            unresolved: self
                .unresolved
                .iter()
                .map(|unresolved| JsonUnresolved {
                    path: paths::display(&unresolved.path),
                    import: String::from_utf8_lossy(&unresolved.import).into_owned(),
                    reason: unresolved.reason,
                })
                .collect(),
            notes: &self.notes,
            warnings: &self.warnings,
            explain: self.explanation.as_ref(),
        };
        let mut out = std::io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &report).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        Ok(())
    }
}

impl Unresolved {
    pub(crate) fn diagnostic(&self, severity: Severity) -> Diagnostic {
        let mut message = b"unresolved import '".to_vec();
        message.extend_from_slice(&self.import);
        message.extend_from_slice(b"': ");
        message.extend_from_slice(self.reason.describe().as_bytes());
        Diagnostic {
            severity,
            path: paths::bytes(&self.path).to_vec(),
            location: self.location.clone(),
            message,
            notes: Vec::new(),
        }
    }

    /// Where the import stands.
    pub fn location(&self) -> Option<&Location> {
        self.location.as_ref()
    }
}
