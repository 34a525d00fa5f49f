//! Projects in temporary directories, and runs of `zirc` in them.

use std::ffi::OsStr;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use fixtures::system;
use serde_json::Value;
use tempfile::TempDir;

/// No run here has a reason to take this long, whatever else the machine does. Wine looks at every name of a
/// directory to find that one is not there, which may be thousands.
const TIME_LIMIT: Duration = Duration::from_secs(if cfg!(windows) { 600 } else { 60 });

/// What tests are about that do not say so.
pub(crate) const RELEASE: &str = "0.14.1";

/// Verbs that have `--zig-version`, besides those of `zon`.
const VERBS_WITH_RELEASE: [&str; 7] = [
    "check",
    "ast-check",
    "emit",
    "dump",
    "diff",
    "watch",
    "modules",
];

/// A directory with a project, a standard library, a home and nothing on its `PATH`.
pub(crate) struct Project {
    dir: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    /// `None` if a signal ended it.
    pub(crate) status: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    root: String,
}

impl Project {
    /// A project of these files, all of them an hour old.
    pub(crate) fn new(files: &[(&str, &str)]) -> Project {
        let dir = tempfile::Builder::new()
            .prefix("zirc-test-")
            .tempdir()
            .unwrap();
        let project = Project { dir };
        for dir in ["p", "lib/std", "home", "bin"] {
            fs::create_dir_all(project.root().join(dir)).unwrap();
        }
        fs::write(
            project.root().join("lib/std/std.zig"),
            "pub const mem = @import(\"mem.zig\");\n",
        )
        .unwrap();
        fs::write(
            project.root().join("lib/std/mem.zig"),
            "const std = @import(\"std.zig\");\npub fn copy() void {}\n",
        )
        .unwrap();
        project.age("../lib/std/std.zig");
        project.age("../lib/std/mem.zig");
        for (name, text) in files {
            project.write(name, text.as_bytes());
        }
        project
    }

    fn root(&self) -> &Path {
        self.dir.path()
    }

    /// The working directory of all runs.
    pub(crate) fn dir(&self) -> PathBuf {
        self.root().join("p")
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root().join("home")
    }

    pub(crate) fn lib(&self) -> PathBuf {
        self.root().join("lib")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    /// Writes a file, an hour ago.
    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self.age(name);
    }

    /// What was written just now would be looked at twice: its mtime says too little.
    fn age(&self, name: &str) {
        self.set_mtime(name, SystemTime::now() - Duration::from_secs(3600));
    }

    pub(crate) fn set_mtime(&self, name: &str, time: SystemTime) {
        let file = fs::File::options()
            .append(true)
            .open(self.path(name))
            .unwrap();
        file.set_modified(time).unwrap();
    }

    pub(crate) fn symlink(&self, name: &str, to: &str) {
        system::symlink(to, self.path(name)).unwrap();
    }

    pub(crate) fn fifo(&self, name: &str) {
        system::fifo(self.path(name));
    }

    /// `program` with no environment but a home and an empty `PATH`.
    pub(crate) fn command_of(&self, program: &OsStr) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.dir())
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", self.root().join("bin"))
            .stdin(Stdio::null());
        if cfg!(windows) {
            // Caches are where they would be elsewhere.
            command.env("LOCALAPPDATA", self.home().join(".cache"));
            // Without it the system does not find its own libraries.
            command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        }
        command
    }

    /// `zirc` for [`RELEASE`], unless the arguments say for which, or the verb does not ask.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let is_said = args.iter().any(|arg| arg.starts_with("--zig-version"));
        let verb = match args {
            ["zon", ..] => 2,
            [verb, ..] if VERBS_WITH_RELEASE.contains(verb) => 1,
            _ => 0,
        };
        let (verb, rest) = args.split_at(verb.min(args.len()));
        let mut command = self.command_as_given(verb);
        if !verb.is_empty() && !is_said {
            command.args(["--zig-version", RELEASE]);
        }
        command.args(rest);
        command
    }

    /// `zirc` with these arguments.
    pub(crate) fn command_as_given(&self, args: &[&str]) -> Command {
        let mut command = self.command_of(OsStr::new(env!("CARGO_BIN_EXE_zirc")));
        command.args(args);
        command
    }

    pub(crate) fn finish(&self, command: &mut Command, input: Option<&[u8]>) -> Ran {
        self.finish_hearing(command, input, |_| {})
    }

    /// The same, and `hear` is given standard error as it is so far, each time that there is more of it.
    pub(crate) fn finish_hearing(
        &self,
        command: &mut Command,
        input: Option<&[u8]>,
        hear: impl FnMut(&[u8]) + Send,
    ) -> Ran {
        if input.is_some() {
            command.stdin(Stdio::piped());
        }
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        wait(child, input, hear, self.root())
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.finish(&mut self.command(args), None)
    }

    pub(crate) fn run_with_input(&self, args: &[&str], input: &[u8]) -> Ran {
        self.finish(&mut self.command(args), Some(input))
    }

    /// `zirc check` with the made-up library, in colourless text.
    pub(crate) fn check(&self, args: &[&str]) -> Ran {
        self.finish(&mut self.check_command(args), None)
    }

    pub(crate) fn check_command(&self, args: &[&str]) -> Command {
        let lib = self.lib();
        let check = ["check", "--zig-lib-dir", lib.to_str().unwrap()];
        self.command(&[&check[..], args].concat())
    }

    /// The same, in JSON. The status must be the one expected.
    pub(crate) fn check_json(&self, status: i32, args: &[&str]) -> Value {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        let ran = self.check(&all);
        assert_eq!(ran.status, Some(status), "{}", ran.text());
        ran.json()
    }
}

/// Waits for the end, feeding and reading all the while.
fn wait(
    mut child: Child,
    input: Option<&[u8]>,
    mut hear: impl FnMut(&[u8]) + Send,
    root: &Path,
) -> Ran {
    let stdin = child.stdin.take();
    let mut out = child.stdout.take().unwrap();
    let mut err = child.stderr.take().unwrap();
    std::thread::scope(|scope| {
        let stdout = scope.spawn(move || {
            let mut bytes = Vec::new();
            out.read_to_end(&mut bytes).unwrap();
            bytes
        });
        let stderr = scope.spawn(move || {
            let mut bytes = Vec::new();
            let mut buffer = [0; 4096];
            loop {
                match err.read(&mut buffer).unwrap() {
                    0 => break bytes,
                    len => bytes.extend(&buffer[..len]),
                }
                hear(&bytes);
            }
        });
        if let (Some(mut stdin), Some(input)) = (stdin, input) {
            // It need not read all of it.
            let _ = stdin.write_all(input);
        }
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if started.elapsed() > TIME_LIMIT {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("no end after {} s", TIME_LIMIT.as_secs());
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        Ran {
            status: status.code(),
            stdout: stdout.join().unwrap(),
            stderr: stderr.join().unwrap(),
            root: root.to_str().unwrap().to_owned(),
        }
    })
}

/// Text of paths as it is on Unix. On Windows every backslash in it is taken for a separator, two of them for
/// one in JSON.
pub(crate) fn slashed(text: &str) -> String {
    match cfg!(windows) {
        true => text.replace("\\\\", "/").replace('\\', "/"),
        false => text.to_owned(),
    }
}

/// The same of all texts in a value, with the project's directory by another name.
pub(crate) fn slashed_json(value: &mut Value, root: &str) {
    match value {
        Value::String(text) => *text = slashed(&text.replace(root, "[ROOT]")),
        Value::Array(items) => items.iter_mut().for_each(|item| slashed_json(item, root)),
        Value::Object(fields) => fields
            .values_mut()
            .for_each(|item| slashed_json(item, root)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Ran {
    /// What was printed on standard error, made independent of where and how fast it ran.
    pub(crate) fn err(&self) -> String {
        let text = self.text_of(&self.stderr);
        let lines = text.split_inclusive('\n').map(|line| {
            match line
                .rsplit_once(", in ")
                .filter(|_| line.contains(" from the cache, "))
            {
                Some((counts, _)) => format!("{counts}, in [TIME]\n"),
                None => line.to_owned(),
            }
        });
        lines.collect()
    }

    fn text_of(&self, output: &[u8]) -> String {
        slashed(&String::from_utf8_lossy(output)).replace(&slashed(&self.root), "[ROOT]")
    }

    pub(crate) fn out(&self) -> String {
        self.text_of(&self.stdout)
    }

    /// Status and all output.
    pub(crate) fn text(&self) -> String {
        self.with_status(self.out(), self.err())
    }

    /// The same as it was printed: for what has no paths in it.
    pub(crate) fn text_as_is(&self) -> String {
        let [out, err] = [&self.stdout, &self.stderr].map(|text| String::from_utf8_lossy(text));
        self.with_status(out.into(), err.into())
    }

    fn with_status(&self, out: String, err: String) -> String {
        let mut text = format!("status {:?}\n", self.status);
        for (name, output) in [("stdout", out), ("stderr", err)] {
            if !output.is_empty() {
                text += &format!("--- {name}\n{output}");
            }
        }
        text
    }

    pub(crate) fn json(&self) -> Value {
        let mut value = self.json_as_is();
        slashed_json(&mut value, &self.root);
        value
    }

    /// The same with paths and everything else as they were printed.
    pub(crate) fn json_as_is(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|err| panic!("{err} in {}", self.text()))
    }
}

/// `files`, `hits` and `generated` of a JSON report.
pub(crate) fn counts(report: &Value) -> [u64; 3] {
    ["files", "hits", "generated"].map(|key| report[key].as_u64().unwrap())
}

/// The messages of a JSON report, with their places.
pub(crate) fn messages(report: &Value) -> Vec<String> {
    let line = |d: &Value| {
        format!(
            "{}:{}:{}: {}: {}",
            d["path"].as_str().unwrap(),
            d["line"],
            d["column"],
            d["severity"].as_str().unwrap(),
            d["message"].as_str().unwrap()
        )
    };
    let mut lines = Vec::new();
    for diagnostic in report["diagnostics"].as_array().unwrap() {
        lines.push(line(diagnostic));
        for note in diagnostic["notes"].as_array().unwrap() {
            lines.push(line(note));
        }
    }
    lines
}
