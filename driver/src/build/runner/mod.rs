//! The build runner of ours, for releases whose `zig build` takes another one.

/// Its files: names and texts, the root file first.
pub(super) const FILES: &[(&str, &str)] = &[
    ("runner.zig", include_str!("runner.zig")),
    ("map.zig", include_str!("map.zig")),
    ("system14.zig", include_str!("system14.zig")),
    ("system16.zig", include_str!("system16.zig")),
];

/// The environment variable that names the file that the map is written to.
pub(super) const MAP_VARIABLE: &str = "ZIRC_MODULE_MAP";
