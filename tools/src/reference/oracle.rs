//! A running oracle, and how its hangs and crashes are survived.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// What an oracle can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// Tokens, nodes, extra data and errors.
    Ast,
    /// A ZIR cache entry with zero stat fields.
    Zir,
    /// A ZOIR cache entry with zero stat fields.
    Zoir,
    /// A byte 1 and the formatted text; a byte 0 if there are syntax errors.
    Fmt,
    /// The names of all tags, see [`super::Names`].
    Names,
}

/// Which language a source is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Zig.
    Zig,
    /// ZON.
    Zon,
}

impl Mode {
    /// The mode of a file by its name.
    pub fn of(name: &str) -> Mode {
        if name.ends_with(".zon") {
            Mode::Zon
        } else {
            Mode::Zig
        }
    }
}

/// Why the oracle said nothing about a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// It did not answer in time; the reference has sources on which it never ends.
    Hang,
    /// It died; the reference has sources on which it does.
    Crash(String),
    /// It ran out of memory.
    OutOfMemory,
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoAnswer::Hang => write!(f, "the reference hangs"),
            NoAnswer::Crash(how) => write!(f, "the reference crashes ({how})"),
            NoAnswer::OutOfMemory => write!(f, "the reference runs out of memory"),
        }
    }
}

struct Process {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<io::Result<(u32, Vec<u8>)>>,
}

/// A child process running the reference's front end; started when first asked and again after each crash.
pub struct Oracle {
    binary: PathBuf,
    timeout: Duration,
    process: Option<Process>,
}

fn read_answer(from: &mut impl Read) -> io::Result<(u32, Vec<u8>)> {
    let mut head = [0; 8];
    from.read_exact(&mut head)?;
    let [status, len] =
        [0, 4].map(|at| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes")));
    let mut body = vec![0; len as usize];
    from.read_exact(&mut body)?;
    Ok((status, body))
}

impl Oracle {
    /// An oracle not yet started. An answer that takes longer than `timeout` is a hang.
    pub fn new(binary: PathBuf, timeout: Duration) -> Oracle {
        Oracle {
            binary,
            timeout,
            process: None,
        }
    }

    fn start(&mut self) -> io::Result<&mut Process> {
        if self.process.is_none() {
            let mut child = Command::new(&self.binary)
                .arg("serve")
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?;
            let stdin = child.stdin.take().expect("stdin is piped");
            let mut stdout = io::BufReader::new(child.stdout.take().expect("stdout is piped"));
            let (sender, answers) = channel();
            std::thread::spawn(move || {
                loop {
                    let answer = read_answer(&mut stdout);
                    let ended = answer.is_err();
                    if sender.send(answer).is_err() || ended {
                        return;
                    }
                }
            });
            self.process = Some(Process {
                child,
                stdin,
                answers,
            });
        }
        Ok(self.process.as_mut().expect("just started"))
    }

    fn end(&mut self) -> String {
        match self.process.take() {
            None => "not running".to_owned(),
            Some(mut process) => {
                drop(process.stdin);
                // A child that has died keeps its own status: only one that still runs is killed.
                std::thread::sleep(Duration::from_millis(20));
                if let Ok(Some(status)) = process.child.try_wait() {
                    return status.to_string();
                }
                let _ = process.child.kill();
                match process.child.wait() {
                    Ok(status) => status.to_string(),
                    Err(err) => err.to_string(),
                }
            }
        }
    }

    /// Ends the process: the next question is answered by a new one, whose addresses are others.
    pub fn restart(&mut self) {
        self.end();
    }

    /// Sends a question without waiting; the answer is fetched with [`Oracle::receive`].
    ///
    /// # Errors
    /// If the oracle cannot be started or does not listen.
    pub fn send(&mut self, op: Op, mode: Mode, source: &[u8]) -> io::Result<()> {
        let process = self.start()?;
        let op = match op {
            Op::Ast => b'a',
            Op::Zir => b'z',
            Op::Zoir => b'n',
            Op::Fmt => b'f',
            Op::Names => b't',
        };
        let len = u32::try_from(source.len()).map_err(io::Error::other)?;
        let mut request = vec![op, u8::from(mode == Mode::Zon), 0, 0];
        request.extend(len.to_le_bytes());
        request.extend(source);
        process.stdin.write_all(&request)?;
        process.stdin.flush()
    }

    /// Waits for the answer to the last question.
    ///
    /// # Errors
    /// If there is none.
    pub fn receive(&mut self) -> Result<Vec<u8>, NoAnswer> {
        let Some(process) = &self.process else {
            return Err(NoAnswer::Crash("not running".to_owned()));
        };
        match process.answers.recv_timeout(self.timeout) {
            Ok(Ok((0, body))) => Ok(body),
            Ok(Ok(_)) => Err(NoAnswer::OutOfMemory),
            Err(RecvTimeoutError::Timeout) => {
                self.end();
                Err(NoAnswer::Hang)
            }
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Err(NoAnswer::Crash(self.end())),
        }
    }

    /// Asks and waits.
    ///
    /// # Errors
    /// If there is no answer.
    pub fn ask(&mut self, op: Op, mode: Mode, source: &[u8]) -> Result<Vec<u8>, NoAnswer> {
        if let Err(err) = self.send(op, mode, source) {
            self.end();
            return Err(NoAnswer::Crash(err.to_string()));
        }
        self.receive()
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.child.kill();
            let _ = process.child.wait();
        }
    }
}
