//! `zirc watch`: a program checked anew whenever one of its files changes.

mod places;
mod session;
mod watcher;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;

use crate::check::{CheckOptions, Choice, Said, describe_warnings};
use crate::compilation::Update;
use crate::flags::{
    BuildFlags, ColorFlag, EnvironmentFlags, FindingsFormatFlag, VersionFlag, Workers,
};
use crate::output::findings::Findings;
use crate::output::human::Renderer;
use crate::output::{Form, human, json};
use crate::project::Settings;
use crate::{Error, Status, environment};
use session::Session;
use watcher::Watcher;

/// Check a program whenever one of its files changes.
///
/// After each change errors are printed as check prints them, and what changed in which declarations, on
/// standard output, as diff says it. It goes on until it is interrupted.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  zirc watch src/main.zig
  zirc watch                    every .zig and .zon file below this directory
  zirc watch --build            all that build.zig makes; after an edit of build.zig anew
  zirc watch --poll 500         on a file system that does not tell of changes
  zirc watch --format json      a line for each update; sarif, rdjson and gitlab likewise

What a project's zirc.zon says counts as it does for check: see there.")]
pub(crate) struct WatchArgs {
    /// A root file, or a directory, of which every file is checked. The working directory if it is not given.
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    #[command(flatten)]
    build: BuildFlags,
    #[command(flatten)]
    version: VersionFlag,
    #[command(flatten)]
    environment: EnvironmentFlags,
    /// Look at all files every so many milliseconds instead of waiting for the system to tell of changes.
    /// That is done once a second where the system cannot tell.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    poll: Option<u64>,
    /// Wait until nothing has changed for so many milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=60_000))]
    debounce: u64,
    #[command(flatten)]
    workers: Workers,
    #[command(flatten)]
    format: FindingsFormatFlag,
    #[command(flatten)]
    color: ColorFlag,
}

/// Checks, waits for a change, and so on until the process is ended or nobody reads the output any more.
pub(crate) fn run(args: &WatchArgs) -> Result<Status, Error> {
    let cwd = environment::working_dir()?;
    let settings = Settings::find(&cwd)?;
    let settings = settings.as_ref();
    let format = args.format.resolve_with(settings);
    let mut environment = args.environment.resolve(settings)?;
    args.version.resolve(settings, &mut environment)?;
    let mut paths: Vec<PathBuf> = args.path.iter().cloned().collect();
    let mut modules = Vec::new();
    if let Some(settings) = settings.filter(|_| paths.is_empty()) {
        paths.extend(settings.roots.first().cloned());
        modules.clone_from(&settings.modules);
        if let [first, _, ..] = &*settings.roots {
            environment.notes.push(format!(
                "of the roots in '{}' the first is watched: '{}'",
                settings.file.display(),
                first.display()
            ));
        }
    }
    let is_named = args.path.is_some();
    let build = args.build.resolve(settings, is_named, &mut environment);
    let options = CheckOptions {
        paths,
        modules,
        build,
        exclude: settings.and_then(|settings| settings.exclude.clone()),
        environment,
        jobs: args.workers.jobs,
        ..CheckOptions::default()
    };
    let mut session = Session::begin(&options, format)?;
    let poll = args.poll.map(Duration::from_millis);
    let debounce = Duration::from_millis(args.debounce);
    let mut watcher = Watcher::new(poll, debounce, session.cwd());
    let mut printer = Printer {
        choice: session.choice(),
        format,
        cwd,
        renderer: Renderer::on_stderr(args.color.color),
        lib_dir: session.lib_dir().map(Path::to_owned),
        last: None,
    };
    loop {
        let begin = Instant::now();
        let update = session.update()?;
        printer.print(&update, begin.elapsed())?;
        let files = update.graph.files.iter().map(|(_, file)| &*file.path);
        let files = files.chain(session.scripts());
        // What changed before a directory was watched has to be looked for.
        if !watcher.watch(files, session.directory()) {
            watcher.wait();
        }
    }
}

struct Printer {
    choice: Choice,
    format: Form,
    cwd: PathBuf,
    renderer: Renderer,
    lib_dir: Option<PathBuf>,
    /// The diagnostics that were printed last.
    last: Option<Vec<u8>>,
}

impl Printer {
    /// Prints an update if it tells something new.
    fn print(&mut self, update: &Update, elapsed: Duration) -> Result<(), Error> {
        let graph = &update.graph;
        let renderer = self.renderer;
        let mut errors = renderer.text(&graph.diagnostics);
        let nowhere = graph.unresolved.iter();
        for diagnostic in nowhere.filter_map(|import| human::unresolved(import, false)) {
            renderer.add(&mut errors, &diagnostic);
        }
        if let Some(line) = human::not_generated(&graph.unresolved) {
            writeln!(errors, "note: {line}")?;
        }
        let mut said = Said::default();
        let unreported = graph.files.iter().map(|(_, file)| file.unreported).sum();
        said.note_unreported(unreported, self.lib_dir.as_deref());
        for note in &said.notes {
            writeln!(errors, "note: {note}")?;
        }
        said.warnings = describe_warnings(&graph.warnings);
        if update.changes.is_empty() && self.last.as_ref() == Some(&errors) {
            return Ok(());
        }
        let failed = graph.files.iter().filter(|(_, file)| file.failed).count();
        let ms = elapsed.as_millis() as u64;
        let mut told = Vec::new();
        let out = match self.format {
            Form::Json => json::update(update, self.choice, failed, ms, &said)?,
            Form::Human => {
                told.extend_from_slice(&errors);
                for warning in &said.warnings {
                    writeln!(told, "warning: {warning}")?;
                }
                let files = human::files(graph.files.len());
                let looked_at = update.looked_at;
                let by = human::by_release(self.choice);
                let counts =
                    format!("{files}: {looked_at} looked at, {failed} failed, in {ms} ms{by}");
                renderer.dim(&mut told, &counts);
                human::file_changes(&update.changes).into_bytes()
            }
            Form::Exchange(exchange) => {
                let mut out = Vec::new();
                let found = Findings::of_update(update, &said);
                exchange.write(&found, &self.cwd, false, &mut out)?;
                out
            }
        };
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(&out)?;
        stdout.flush()?;
        std::io::stderr().lock().write_all(&told)?;
        self.last = Some(errors);
        Ok(())
    }
}
