//! Documents that others write and the command line reads: settings, module maps, configured builds, records
//! of runs. Any bytes are one or an error, and twice the same; and a record is what it was when it is written
//! and read again.

use driver::cli::{Document, read_document};
use release::Release;

/// The first byte says what the rest is read as.
pub fn check(data: &[u8]) {
    let Some((&kind, bytes)) = data.split_first() else {
        return;
    };
    let document = match kind % 8 {
        0 => Document::Settings,
        1 => Document::ModuleMap,
        2 => Document::Configuration(Release::V0_17_0),
        3 => Document::Configuration(Release::V0_17_1),
        _ => Document::Record,
    };
    let first = read_document(document, bytes);
    if let (Document::Record, Err(what)) = (document, &first) {
        assert_eq!(what, "no record");
    }
    assert_eq!(first, read_document(document, bytes));
}
