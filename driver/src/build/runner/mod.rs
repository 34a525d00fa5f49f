//! The build runner of ours, for the releases whose `zig build` takes another one: up to 0.16.
//!
//! `zig build` compiles it together with the project's `build.zig` in place of its own, and runs it in the
//! build root. It configures the build as the release's own does, options and their errors included, and
//! then writes the map instead of running steps. `system14.zig` and `system16.zig` have what differs by
//! release; the other files are the same for all.

/// Its files: names and texts, the root file first.
pub(super) const FILES: &[(&str, &str)] = &[
    ("runner.zig", include_str!("runner.zig")),
    ("map.zig", include_str!("map.zig")),
    ("system14.zig", include_str!("system14.zig")),
    ("system16.zig", include_str!("system16.zig")),
];

/// The environment variable that names the file that the map is written to.
pub(super) const MAP_VARIABLE: &str = "ZIRC_MODULE_MAP";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use syntax::{Ast, Mode, Release};

    use super::*;
    use crate::project::{ModuleMap, ModuleRootFile, ProgramKind};

    /// What the runner wrote for one and the same small project.
    const MAPS: [&str; 2] = [
        include_str!("maps/0.14.1.zon"),
        include_str!("maps/0.16.0.zon"),
    ];

    fn maps() -> [ModuleMap; 2] {
        MAPS.map(|text| ModuleMap::from_zon(text.as_bytes()).unwrap())
    }

    #[test]
    fn maps_are_read() {
        let [old, new] = maps();
        assert_eq!((&*old.zig, &*new.zig), ("0.14.1", "0.16.0"));
        assert_eq!(old.build_root, "/tmp/project");
        assert_eq!(
            old.absent_packages,
            ["absent-1.2.3-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
        );
        let names = |map: &ModuleMap| {
            let program = |p: &crate::project::BuildProgram| (p.kind, p.name.clone(), p.module);
            map.programs.iter().map(program).collect::<Vec<_>>()
        };
        let program = |kind, name: &str, module| (kind, name.to_owned(), module);
        let expected = [
            program(ProgramKind::Exe, "program", 0),
            program(ProgramKind::Obj, "object", 6),
            program(ProgramKind::Test, "test", 0),
            program(ProgramKind::Module, "shared", 1),
        ];
        assert_eq!(names(&old), expected);
        assert_eq!(names(&new), expected);
        assert_eq!(old.programs[1].step, "zig build-obj object Debug native");
        assert_eq!(new.programs[1].step, "compile obj object Debug native");
        assert_eq!(old.modules, new.modules);
    }

    #[test]
    fn any_text_comes_through() {
        let [map, _] = maps();
        let imports = map.modules[0].imports.iter();
        let imports: Vec<_> = imports.map(|i| (&*i.name, i.module)).collect();
        let expected = [
            ("\u{e9} \"", 1),
            ("options", 2),
            ("c", 3),
            ("objects", 4),
            ("dep", 5),
        ];
        assert_eq!(imports, expected);
        let text = |name: &str, text: &str| ModuleRootFile::Text {
            name: name.to_owned(),
            text: text.to_owned(),
        };
        let options = "pub const name: []const u8 = \"\\\"\\xc3\\xa9\\\"\\x01\";\n";
        assert_eq!(map.modules[2].root, text("options.zig", options));
        assert_eq!(map.modules[6].root, text("text.zig", "// \u{e9}\t\\\"\n"));
        let translated = ModuleRootFile::Generated {
            step: "translate-c".to_owned(),
            sub_path: String::new(),
        };
        assert_eq!(map.modules[3].root, translated);
        assert_eq!(map.modules[4].root, ModuleRootFile::None);
        assert_eq!(map.modules[5].package, "dep.");
    }

    /// A release lowers the files that are for others, too: none may have an error there.
    #[test]
    fn files_are_of_each_release_they_are_for() {
        let releases = Release::ALL.iter();
        let of_runner = |release: &&&Release| !release.rules().configured_build_is_kept;
        for &release in releases.filter(|release| of_runner(&release)) {
            for (name, text) in FILES {
                let tree = Ast::parse(text.as_bytes(), Mode::Zig, release);
                let zir = astgen::generate(&tree);
                assert!(!zir.view().has_compile_errors(), "{name} {release}");
            }
        }
    }

    #[test]
    fn no_file_is_left_out() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/build/runner");
        let names = dir
            .read_dir()
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| name.ends_with(".zig"));
        names.sort();
        let mut known: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
        known.sort_unstable();
        assert_eq!(names, known);
        assert!(FILES[0].1.contains(&format!("\"{MAP_VARIABLE}\"")));
    }
}
