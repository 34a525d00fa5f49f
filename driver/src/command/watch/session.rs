//! What is watched: programs with all that they were prepared with, and prepared anew when a build script
//! changes.

use std::path::{Path, PathBuf};

use cache_store::Stat;

use crate::build::TextFiles;
use crate::check::{CheckOptions, Choice, Prepared};
use crate::compilation::{Compilation, Update};
use crate::environment::layout;
use crate::graph::Modules;
use crate::output::Form;
use crate::output::terminal::{Progress, say};
use crate::{Error, input};

/// Programs that are watched.
pub(super) struct Session<'o> {
    options: &'o CheckOptions,
    format: Form,
    state: State,
}

struct State {
    compilation: Compilation,
    choice: Choice,
    cwd: PathBuf,
    lib_dir: Option<PathBuf>,
    /// The directory of which every file is a root, if it is one that is watched.
    directory: Option<PathBuf>,
    /// What says which modules there are, and what it was.
    scripts: Vec<(PathBuf, Option<Stat>)>,
    /// Root files that are ours.
    _texts: Option<TextFiles>,
}

impl<'o> Session<'o> {
    /// Prepares what the options describe. What there is to tell of it is printed.
    ///
    /// # Errors
    /// As [`Prepared::new`].
    pub(super) fn begin(options: &'o CheckOptions, format: Form) -> Result<Session<'o>, Error> {
        let state = State::new(options, format)?;
        Ok(Session {
            options,
            format,
            state,
        })
    }

    pub(super) fn cwd(&self) -> &Path {
        &self.state.cwd
    }

    pub(super) fn choice(&self) -> Choice {
        self.state.choice
    }

    pub(super) fn lib_dir(&self) -> Option<&Path> {
        self.state.lib_dir.as_deref()
    }

    pub(super) fn directory(&self) -> Option<&Path> {
        self.state.directory.as_deref()
    }

    /// What says which modules there are.
    pub(super) fn scripts(&self) -> impl Iterator<Item = &Path> {
        self.state.scripts.iter().map(|(path, _)| &**path)
    }

    /// Looks at all files. If a build script has changed, its modules are learnt anew first; if that fails it
    /// is said, and they are what they were.
    pub(super) fn update(&mut self) -> Result<Update, Error> {
        if self
            .state
            .scripts
            .iter()
            .any(|(path, was)| stat(path) != *was)
        {
            match State::new(self.options, self.format) {
                Ok(state) => self.state = state,
                Err(error) => {
                    say(format_args!("error: {error}"));
                    for (path, was) in &mut self.state.scripts {
                        *was = stat(path);
                    }
                }
            }
        }
        let State {
            compilation,
            directory,
            ..
        } = &mut self.state;
        if let Some(directory) = directory {
            match input::scan(directory, self.options.exclude.as_ref()) {
                Ok(roots) => compilation.set_roots(roots),
                // It may be there again in a moment.
                Err(error) => say(format_args!("error: {error}")),
            }
        }
        let progress = Progress::new(self.format == Form::Human);
        let update = compilation.update(&progress);
        progress.finish();
        Ok(update)
    }
}

impl State {
    fn new(options: &CheckOptions, format: Form) -> Result<State, Error> {
        let progress = Progress::new(format == Form::Human);
        let prepared = Prepared::new(options, &progress);
        progress.finish();
        let Prepared {
            environment,
            mut programs,
            stores,
            said,
            builds,
            texts,
        } = prepared?;
        for note in &said.notes {
            say(format_args!("note: {note}"));
        }
        for warning in &said.warnings {
            say(format_args!("warning: {warning}"));
        }
        // Other directories than that of the project could not be looked through again.
        if builds.is_empty() {
            programs.truncate(1);
        }
        let directory = match &*programs {
            [program] => {
                let main = program.modules.get(Modules::MAIN);
                // There may be other files in it the next time.
                main.root_src_path.is_none().then(|| main.display_root())
            }
            _ => None,
        };
        let roots = builds.iter().map(|build| &build.root);
        let scripts = roots.flat_map(|root| layout::scripts(root));
        Ok(State {
            compilation: Compilation::of(programs, stores, options.jobs)?,
            choice: environment.choice,
            cwd: environment.cwd,
            lib_dir: environment.lib_dir,
            directory,
            scripts: scripts.map(|path| (path.clone(), stat(&path))).collect(),
            _texts: texts,
        })
    }
}

fn stat(path: &Path) -> Option<Stat> {
    let file = cache_store::SourceFile::open(path).ok()?;
    Some(file.stat())
}
