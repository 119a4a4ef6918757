//! Runs the tests of a program that was built.

use crate::Result;
use std::{
    io::Read,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// How long a test may take.
const LIMIT: Duration = Duration::from_secs(60);

/// What a test that passes prints last.
const PASSED: &str = "test passed";

/// A program with tests.
pub struct Program {
    /// The image, or the program for this host.
    pub path: PathBuf,
    /// The tender, or none for a program of this host.
    pub tender: Option<PathBuf>,
}

/// A test of a program.
pub struct Test {
    /// Its path, with the name of the crate.
    pub name: String,
    /// Whether it is ignored.
    pub ignored: bool,
    /// Whether it passes if it panics.
    pub should_panic: bool,
}

/// How a test ended.
pub enum Verdict {
    /// It passed.
    Passed,
    /// It failed, with this output.
    Failed(String),
}

impl Program {
    /// Lists the tests.
    pub fn tests(&self) -> Result<Vec<Test>> {
        let (_, output) = self.output("")?;
        let lines = output.lines().filter_map(|line| line.strip_prefix("test "));
        let tests: Vec<_> = lines
            .map(|line| {
                let mut words = line.split(' ').map(str::to_owned);
                let name = words.next().unwrap_or_default();
                let flags: Vec<_> = words.collect();
                Test {
                    name,
                    ignored: flags.iter().any(|flag| flag == "ignored"),
                    should_panic: flags.iter().any(|flag| flag == "should_panic"),
                }
            })
            .collect();
        if tests.is_empty() {
            return Err(format!("no tests in:\n{output}").into());
        }
        Ok(tests)
    }

    /// Runs a test.
    pub fn run(&self, test: &Test) -> Result<Verdict> {
        let (status, output) = self.output(&test.name)?;
        let has_passed = match test.should_panic {
            true => output.contains("panicked at"),
            false => status == Some(0) && output.lines().any(|line| line == PASSED),
        };
        Ok(match has_passed {
            true => Verdict::Passed,
            false => Verdict::Failed(format!("{output}\nstatus: {status:?}")),
        })
    }

    /// Runs the program. Returns its status, none if it was killed, and its output.
    fn output(&self, test: &str) -> Result<(Option<i32>, String)> {
        let mut command = match &self.tender {
            Some(tender) => {
                let mut command = Command::new(tender);
                command
                    .args(["mirage", "tender", "--mem=256"])
                    .arg(&self.path);
                command
            }
            None => Command::new(&self.path),
        };
        let test = format!("--test={test}");
        let mut child = command
            .arg(test)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut stdout = child.stdout.take().ok_or("no output")?;
        let mut stderr = child.stderr.take().ok_or("no output")?;
        let errors = thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            text
        });
        let output = thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stdout.read_to_end(&mut text);
            text
        });
        let status = wait(&mut child)?;
        let mut text = output.join().map_err(|_| "the reader panicked")?;
        text.extend(errors.join().map_err(|_| "the reader panicked")?);
        Ok((status, String::from_utf8_lossy(&text).replace('\r', "")))
    }
}

/// Waits for the end; kills the process at the limit.
fn wait(child: &mut Child) -> Result<Option<i32>> {
    let deadline = Instant::now() + LIMIT;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait()? {
            return Ok(status.code());
        }
        thread::sleep(Duration::from_millis(2));
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}
