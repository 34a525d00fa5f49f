//! Where entries are kept.

use std::path::Path;

use cache_store::Store;

/// The two directories of entries.
#[derive(Clone, Debug)]
pub struct Stores {
    /// For files of the main module.
    pub local: Store,
    /// For all others.
    pub global: Store,
}

impl Stores {
    /// That of the program's own files, or that of all others.
    pub(crate) fn get(&self, is_local: bool) -> &Store {
        match is_local {
            true => &self.local,
            false => &self.global,
        }
    }

    /// Nothing is kept.
    pub fn disabled() -> Stores {
        Stores {
            local: Store::disabled(),
            global: Store::disabled(),
        }
    }

    /// Opens the directories, and tells what is wrong with them. `None` is one that is not to be used.
    /// `shared` with the reference: its entries have no checksum; in directories of our own there are none of
    /// those.
    pub(crate) fn open(
        local: Option<&Path>,
        global: Option<&Path>,
        shared: bool,
    ) -> (Stores, Vec<String>) {
        let mut warnings = Vec::new();
        let mut open = |dir: Option<&Path>| {
            let Some(dir) = dir else {
                return Store::disabled();
            };
            let (store, warning) = Store::open(dir);
            warnings.extend(warning.map(|warning| warning.to_string()));
            if shared { store } else { store.only_ours() }
        };
        let local_store = open(local);
        let global = if global == local {
            local_store.clone()
        } else {
            open(global)
        };
        let stores = Stores {
            local: local_store,
            global,
        };
        (stores, warnings)
    }
}
