//! Documents that others write and the command line reads: settings, module maps, configured builds. Any
//! bytes are one or an error, and twice the same.

use driver::cli::{Document, read_document};
use release::Release;

/// The first byte says what the rest is read as.
pub fn check(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else {
        return;
    };
    let document = match kind % 4 {
        0 => Document::Settings,
        1 => Document::ModuleMap,
        2 => Document::Configuration(Release::V0_17_0),
        _ => Document::Configuration(Release::V0_17_1),
    };
    let first = read_document(document, bytes);
    assert_eq!(first, read_document(document, bytes));
}
