//! Either IR, and all that is asked of either. That a file is Zig or ZON is decided here and nowhere above.

use cache_store::CacheableIr;
use syntax::{Ast, Mode, TokenIndex};
use zir::Zir;
use zoir::Zoir;

use super::print;
use crate::changes::{Changes, Comparison, zoir_changed};
use crate::diagnostic::{Diagnostic, zir_diagnostics, zoir_diagnostics};

/// What a file was lowered to.
#[derive(PartialEq, Debug)]
pub(crate) enum Ir {
    Zig(Zir),
    Zon(Zoir),
}

/// An import: what it names, and its token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Import {
    pub(crate) name: Vec<u8>,
    pub(crate) token: TokenIndex,
}

/// What a program has to know of an IR. A summary in the cache is enough for it.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) has_errors: bool,
    pub(crate) imports: Vec<Import>,
}

impl Ir {
    /// Lowers a source.
    pub(crate) fn lower(tree: &Ast<'_>) -> Ir {
        match tree.mode {
            Mode::Zig => Ir::Zig(Zir::lower(tree)),
            Mode::Zon => Ir::Zon(Zoir::lower(tree)),
        }
    }

    /// Whether there is something to compare later versions with.
    pub(crate) fn is_good(&self) -> bool {
        match self {
            Ir::Zig(zir) => !zir.view().lowering_failed(),
            Ir::Zon(zoir) => !zoir.view().has_compile_errors(),
        }
    }

    /// What a program has to know of it.
    pub(crate) fn facts(&self) -> Facts {
        match self {
            Ir::Zig(zir) => Lower::facts(zir),
            Ir::Zon(zoir) => Lower::facts(zoir),
        }
    }

    pub(crate) fn has_errors(&self) -> bool {
        match self {
            Ir::Zig(zir) => zir.view().has_compile_errors(),
            Ir::Zon(zoir) => zoir.view().has_compile_errors(),
        }
    }

    /// All errors, in a file of that path. The IR is that of `tree`.
    pub(crate) fn diagnostics(&self, tree: &Ast<'_>, path: &[u8]) -> Vec<Diagnostic> {
        match self {
            Ir::Zig(zir) => zir_diagnostics(zir, tree, path),
            Ir::Zon(zoir) => zoir_diagnostics(zoir.view(), tree, path),
        }
    }

    /// All errors of a tree, in a file of that path.
    pub(crate) fn diagnostics_of(tree: &Ast<'_>, path: &[u8]) -> Vec<Diagnostic> {
        let ir = Ir::lower(tree);
        let diagnostics = ir.diagnostics(tree, path);
        match ir {
            Ir::Zig(zir) => Lower::reuse(zir),
            Ir::Zon(zoir) => Lower::reuse(zoir),
        }
        diagnostics
    }

    /// Without room that is not used: it is going to be kept.
    pub(crate) fn shrink_to_fit(&mut self) {
        if let Ir::Zig(zir) = self {
            zir.shrink_to_fit();
        }
    }

    /// A header whose stat is zero, then the sections.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Ir::Zig(zir) => zir.to_bytes(),
            Ir::Zon(zoir) => zoir.to_bytes(),
        }
    }

    /// Bytes in the sections.
    pub(crate) fn len(&self) -> usize {
        let len = |sections: &[&[u8]]| sections.iter().map(|section| section.len()).sum();
        match self {
            Ir::Zig(zir) => len(&zir.sections()),
            Ir::Zon(zoir) => len(&zoir.sections()),
        }
    }

    /// The IR as text. It is that of `tree`.
    pub(crate) fn print(&self, tree: &Ast<'_>) -> Vec<u8> {
        match self {
            Ir::Zig(zir) => print::zir(zir, tree),
            Ir::Zon(zoir) => print::zoir(zoir, tree),
        }
    }

    /// What a good IR and a later one differ in. `None` where one is Zig and the other ZON.
    pub(crate) fn compare(old: &Ir, new: &Ir) -> Option<Comparison> {
        match (old, new) {
            (Ir::Zig(old), Ir::Zig(new)) => Some(Comparison::Declarations(Changes::between(
                old.view(),
                new.view(),
            ))),
            (Ir::Zon(old), Ir::Zon(new)) => Some(Comparison::Value(zoir_changed(old, new))),
            _ => None,
        }
    }
}

/// What differs between the IRs where they come out of a store.
pub(super) trait Lower: CacheableIr {
    const MODE: Mode;

    fn lower(tree: &Ast<'_>) -> Self;

    /// Out of a summary; `None` where it is none.
    fn facts_of_summary(summary: &[u8]) -> Option<Facts>;

    fn facts(&self) -> Facts;

    fn own(view: &Self::View<'_>) -> Option<Self>;

    fn into_ir(self) -> Ir;

    /// The end of its use: what it has may serve the next file of this thread.
    fn reuse(self);
}

impl Facts {
    fn of_zig(summary: zir::Summary) -> Facts {
        // As in the reference, a file that could not be lowered imports nothing.
        let imports = match summary.lowering_failed {
            true => Vec::new(),
            false => summary.imports,
        };
        let import = |import: zir::SummaryImport| Import {
            name: import.name,
            token: import.token,
        };
        Facts {
            has_errors: summary.has_compile_errors,
            imports: imports.into_iter().map(import).collect(),
        }
    }

    fn of_zon(summary: &zoir::Summary) -> Facts {
        Facts {
            has_errors: summary.has_compile_errors,
            imports: Vec::new(),
        }
    }
}

impl Lower for Zir {
    const MODE: Mode = Mode::Zig;

    fn lower(tree: &Ast<'_>) -> Zir {
        astgen::generate(tree)
    }

    fn facts_of_summary(summary: &[u8]) -> Option<Facts> {
        zir::Summary::decode(summary).map(Facts::of_zig)
    }

    fn facts(&self) -> Facts {
        Facts::of_zig(zir::Summary::of(self.view()))
    }

    fn own(view: &Self::View<'_>) -> Option<Zir> {
        view.to_owned()
    }

    fn into_ir(self) -> Ir {
        Ir::Zig(self)
    }

    fn reuse(self) {
        astgen::reuse(self);
    }
}

impl Lower for Zoir {
    const MODE: Mode = Mode::Zon;

    fn lower(tree: &Ast<'_>) -> Zoir {
        zongen::generate(tree, zongen::Options::default())
    }

    fn facts_of_summary(summary: &[u8]) -> Option<Facts> {
        zoir::Summary::decode(summary).map(|summary| Facts::of_zon(&summary))
    }

    fn facts(&self) -> Facts {
        Facts::of_zon(&zoir::Summary::of(self.view()))
    }

    fn own(view: &Self::View<'_>) -> Option<Zoir> {
        Some(view.to_owned())
    }

    fn into_ir(self) -> Ir {
        Ir::Zon(self)
    }

    fn reuse(self) {}
}
