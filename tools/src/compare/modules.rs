//! `compare modules`: has zig build projects, and holds what it passes to the compiler as modules against
//! what `zirc modules` says.
//!
//! A project is copied, with a cache of its own. `zig build --verbose` names every command that it runs; of
//! those that compile, `--dep` and `-M` are compared, with their order. Files that the build writes are
//! compared by their content. Our own projects have a syntax error in each root file, so that each command is
//! named and ends at once.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::reference::{Reference, target_dir};
use crate::zirc::Zirc;

use super::releases::Releases;
use super::result::Result;

/// The modules of projects, as zig build passes them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cargo compare modules --zig-version all
  cargo compare modules --zig-version 0.16.0 --steps install,test /src/libxev")]
pub(crate) struct Args {
    #[command(flatten)]
    releases: Releases,
    #[command(flatten)]
    zirc: Zirc,
    /// The steps to build. What no command was run for is told, and is no difference.
    #[arg(long, value_delimiter = ',', default_value = "install,test")]
    steps: Vec<String>,
    /// Options of the build
    #[arg(short = 'D', value_name = "NAME[=VALUE]")]
    defines: Vec<String>,
    /// Use zig's own global cache directory, where packages are, and not one of the comparison's
    #[arg(long)]
    own_packages: bool,
    /// Directories with a build.zig [default: fixtures/builds/*]
    projects: Vec<PathBuf>,
}

/// Runs the verb.
pub(crate) fn main(args: Args) -> Result<bool> {
    let zirc = std::path::absolute(args.zirc.existing()?)?;
    let mut projects = args.projects.clone();
    if projects.is_empty() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/builds");
        for entry in fs::read_dir(dir)? {
            projects.push(entry?.path());
        }
        projects.sort();
    }
    args.releases.each(|release| {
        let reference = Reference::locate(release)?;
        let place = std::path::absolute(target_dir())?
            .join("module-projects")
            .join(release.as_str());
        let mut good = true;
        for project in &projects {
            good &= check(&args, &reference, &zirc, project, &place)?;
        }
        Ok(good)
    })
}

/// The modules of a command: its `--dep` and `-M`, the latter with what is in the file where its name says
/// nothing.
type Modules = Vec<String>;

fn check(
    args: &Args,
    reference: &Reference,
    zirc: &Path,
    project: &Path,
    place: &Path,
) -> Result<bool> {
    let project = project.canonicalize()?;
    let name = project.file_name().unwrap_or_default().to_string_lossy();
    let dir = place.join(&*name);
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    copy(&project, &dir)?;
    let run = |program: &Path, words: &[String]| {
        let mut command = Command::new(program);
        command.args(words).current_dir(&dir).stdin(Stdio::null());
        if !args.own_packages {
            command.env("ZIG_GLOBAL_CACHE_DIR", place.join("global-cache"));
        }
        command.output()
    };
    let defines: Vec<String> = args.defines.iter().map(|d| format!("-D{d}")).collect();
    let zig = reference.zig();
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|&word| word.to_owned())
            .collect::<Vec<_>>()
    };
    let build = [
        words(&["build", "--verbose", "--summary", "none"]),
        defines.clone(),
        args.steps.clone(),
    ];
    let built = run(&zig, &build.concat())?;
    let text = String::from_utf8_lossy(&built.stderr).into_owned();
    let zig_words = zig.display().to_string();
    let theirs: BTreeSet<Modules> = text
        .lines()
        .map(|line| line.strip_prefix("info(verbose): ").unwrap_or(line))
        .filter_map(|line| line.strip_prefix(&zig_words)?.strip_prefix(' '))
        .filter_map(|line| modules(line, &dir))
        .filter(|modules| !is_of_zig(modules, &reference.lib()))
        .collect();
    if theirs.is_empty() {
        println!("{name}: zig build runs no compiler: {}", text.trim());
        return Ok(false);
    }
    let asked = [
        words(&[
            "modules", "--build", "--format", "args", "--zig", &zig_words,
        ]),
        defines,
    ];
    let told = run(zirc, &asked.concat())?;
    let out = String::from_utf8_lossy(&told.stdout).into_owned();
    if !told.status.success() {
        println!(
            "{name}: zirc modules: {}",
            String::from_utf8_lossy(&told.stderr).trim()
        );
        return Ok(false);
    }
    let mut good = knows_it_again(
        &name,
        &|words| run(zirc, words),
        &asked.concat(),
        &out,
        reference,
        &dir,
    )?;
    let ours: BTreeSet<Modules> = out.lines().filter_map(|line| modules(line, &dir)).collect();
    let mut found = BTreeSet::new();
    for theirs in &theirs {
        let same = ours.iter().find(|ours| *ours == &made(theirs, ours));
        match same {
            Some(ours) => drop(found.insert(ours)),
            None => {
                good = false;
                println!("{name}: zig build passes what zirc does not know:");
                println!("  zig:  {}", theirs.join(" "));
                let root = theirs.iter().find(|word| word.starts_with("-Mroot="));
                let near = ours
                    .iter()
                    .find(|ours| root.is_some_and(|root| ours.contains(root)));
                println!(
                    "  zirc: {}",
                    near.map(|near| near.join(" ")).unwrap_or_default()
                );
            }
        }
    }
    let more: Vec<&Modules> = ours.iter().filter(|ours| !found.contains(ours)).collect();
    for more in &more {
        let root = more.iter().find(|word| word.starts_with("-Mroot="));
        println!(
            "{name}: not compiled by these steps: {}",
            root.map_or("", |root| &root[7..])
        );
    }
    println!(
        "{name}: {} compile commands of zig build, {} of them as zirc has them; zirc has {} more",
        theirs.len(),
        found.len().min(theirs.len()),
        more.len()
    );
    Ok(good)
}

/// Whether the same is known afterwards without running anything: from zirc's cache, and without that from
/// the configured build that zig keeps, where it does.
fn knows_it_again(
    name: &str,
    zirc: &dyn Fn(&[String]) -> std::io::Result<Output>,
    asked: &[String],
    expected: &str,
    reference: &Reference,
    dir: &Path,
) -> Result<bool> {
    let asked: Vec<String> = asked
        .iter()
        .filter(|word| *word != "--build")
        .cloned()
        .collect();
    let mut places = vec!["its cache"];
    if reference.release().rules().configured_build_is_kept {
        places.push("the configured build");
    }
    for (number, place) in places.into_iter().enumerate() {
        if number > 0 {
            fs::remove_dir_all(dir.join(".zirc-cache"))?;
        }
        let told = zirc(&asked)?;
        let out = String::from_utf8_lossy(&told.stdout);
        if !told.status.success() || out != expected {
            let error = String::from_utf8_lossy(&told.stderr);
            println!(
                "{name}: zirc does not know it again from {place}: {}{out}",
                error.trim()
            );
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a command compiles a program of zig's own, with `build.zig` in it.
fn is_of_zig(modules: &Modules, lib: &Path) -> bool {
    let own = format!("-Mroot={}/", lib.display());
    modules.iter().any(|word| word.starts_with(&own))
}

/// Theirs without the modules that zirc leaves out because a step has yet to make them.
fn made(theirs: &Modules, ours: &Modules) -> Modules {
    let name = |word: &str| {
        let name = word
            .strip_prefix("-M")?
            .split_once('=')
            .map_or(word, |(name, _)| name);
        Some(name.to_owned())
    };
    let known: BTreeSet<String> = ours.iter().filter_map(|word| name(word)).collect();
    let is_made =
        |word: &String| word.contains("=made:") && name(word).is_some_and(|n| !known.contains(&n));
    let left_out: BTreeSet<String> = theirs
        .iter()
        .filter(|word| is_made(word))
        .filter_map(|word| name(word))
        .collect();
    let is_of_left_out = |dep: &str| {
        let module = dep.split_once('=').map_or(dep, |(_, module)| module);
        left_out.contains(module)
    };
    let mut kept = Modules::new();
    // The imports of the next module.
    let mut deps = Modules::new();
    for word in theirs {
        match word.strip_prefix("--dep ") {
            Some(dep) if is_of_left_out(dep) => {}
            Some(_) => deps.push(word.clone()),
            None if name(word).is_some_and(|name| left_out.contains(&name)) => deps.clear(),
            None => {
                kept.append(&mut deps);
                kept.push(word.clone());
            }
        }
    }
    kept
}

/// What a command line says of modules, if it does.
fn modules(line: &str, dir: &Path) -> Option<Modules> {
    let words = split(line);
    let mut found = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--dep" {
            found.push(format!("--dep {}", words.next()?));
        } else if let Some(module) = word.strip_prefix("-M") {
            // One without a root file has no Zig.
            let Some((name, path)) = module.split_once('=') else {
                continue;
            };
            let path = dir.join(path);
            let is_in_cache = path.components().any(|part| {
                let part = part.as_os_str();
                part == ".zig-cache" || part == ".zirc-cache"
            });
            found.push(match is_in_cache {
                true => format!(
                    "-M{name}=made:{}",
                    fs::read_to_string(&path).unwrap_or_default()
                ),
                false => format!("-M{name}={}", path.display()),
            });
        }
    }
    let has_root = found.iter().any(|word| word.starts_with("-Mroot="));
    has_root.then_some(found)
}

/// The words of a command line as a shell takes them, as far as they are printed so.
fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, ' ') => words.push(std::mem::take(&mut word)),
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None | Some('"'), '\\') => word.extend(chars.next()),
            _ => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// A project without what earlier builds have left in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_left_over = [".zig-cache", ".zirc-cache", "zig-out", ".git"]
            .iter()
            .any(|n| name == *n);
        if is_left_over {
            continue;
        }
        let to = to.join(&name);
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy(&entry.path(), &to)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_command_line() {
        let words = split(r#"a  'b c' "d \"e" f\ g "#);
        assert_eq!(words, ["a", "b c", "d \"e", "f g"]);
    }

    #[test]
    fn what_is_made_is_left_out() {
        let words = |words: &[&str]| {
            words
                .iter()
                .map(|&word| word.to_owned())
                .collect::<Modules>()
        };
        let theirs = words(&[
            "--dep c",
            "--dep x=c",
            "--dep a",
            "-Mroot=/r",
            "-Mc=made:x",
            "-Ma=/a",
        ]);
        let ours = words(&["--dep a", "-Mroot=/r", "-Ma=/a"]);
        assert_eq!(made(&theirs, &ours), ours);
        let other = words(&["-Mroot=/r", "-Mc=made:y"]);
        assert_ne!(made(&theirs, &other), other);
    }
}
