//! A compilation that lives on: after the first time, loading the program again costs one stat for each file
//! that did not change, and says what changed in the others.

use crate::Error;
pub use crate::changes::{Change, FileChange};
use crate::graph::{Earlier, Graph, Merging, Observer, Program, Stores};
use crate::memory::Memory;

/// Programs that are loaded again and again. What they share counts once.
#[derive(Debug)]
pub struct Compilation {
    programs: Vec<Program>,
    stores: Stores,
    pool: rayon::ThreadPool,
    memory: Memory,
}

/// What an update found.
#[derive(Debug)]
pub struct Update {
    /// Its number, from 1.
    pub number: u64,
    /// The program as it is now.
    pub graph: Graph,
    /// How many files were not taken from memory.
    pub looked_at: usize,
    /// What changed since the update before, in path order. Nothing the first time.
    pub changes: Vec<FileChange>,
}

impl Compilation {
    /// A compilation of `program` with `jobs` workers; 0 means one for each core. Nothing is loaded yet.
    ///
    /// # Errors
    /// If the workers cannot be started.
    pub fn new(program: Program, stores: Stores, jobs: usize) -> Result<Compilation, Error> {
        Compilation::of(vec![program], stores, jobs)
    }

    /// The same of several programs.
    ///
    /// # Errors
    /// If the workers cannot be started.
    pub(crate) fn of(
        programs: Vec<Program>,
        stores: Stores,
        jobs: usize,
    ) -> Result<Compilation, Error> {
        Ok(Compilation {
            programs,
            stores,
            pool: crate::pool(jobs)?,
            memory: Memory::default(),
        })
    }

    /// Other root files, by their paths below the main module's root, from the next update on. That is for a
    /// single program.
    pub fn set_roots(&mut self, roots: Vec<std::path::PathBuf>) {
        if let [program] = &mut *self.programs {
            program.roots = roots;
        }
    }

    /// How many files are remembered.
    pub fn remembered(&self) -> usize {
        self.memory.len()
    }

    /// Bytes of IR that are remembered.
    pub fn remembered_bytes(&self) -> usize {
        self.memory.bytes()
    }

    /// Looks at all files and loads those that changed.
    pub fn update(&mut self, observer: &dyn Observer) -> Update {
        let number = self.memory.begin();
        let earlier = Earlier {
            memory: Some(&self.memory),
            known: None,
        };
        let load = |program: &Program| program.load_by(&self.stores, &self.pool, observer, earlier);
        let graph = match &*self.programs {
            [program] => load(program),
            programs => {
                let mut merging = Merging::default();
                for program in programs {
                    merging.add(load(program), &program.cwd);
                }
                merging.finish().into_graph()
            }
        };
        let incomplete = graph.files.iter().any(|(_, file)| file.how.is_none());
        Update {
            number,
            graph,
            looked_at: self.memory.looked_at(),
            changes: self.memory.tell(incomplete),
        }
    }
}
