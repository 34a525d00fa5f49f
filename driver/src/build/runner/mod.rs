pub(super) const FILES: &[(&str, &str)] = &[("runner.zig", "// stub\n")];
pub(super) const MAP_VARIABLE: &str = "ZIRC_MODULE_MAP";
