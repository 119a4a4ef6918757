//! Summarises the results of several test programs in one line.

use std::{
    fmt::{self, Display},
    io::{self, BufRead, Write},
};

/// The number of tests by result.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Summary {
    passed: u64,
    /// Failed tests.
    pub failed: u64,
    skipped: u64,
}

impl Summary {
    /// Copies the output of test programs and adds up their results.
    pub fn copy(&mut self, mut from: impl BufRead, mut to: impl Write) -> io::Result<()> {
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line)? > 0 {
            to.write_all(&line)?;
            to.flush()?;
            self.count(&String::from_utf8_lossy(&line));
            line.clear();
        }
        Ok(())
    }

    /// `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …`
    fn count(&mut self, line: &str) {
        let Some((_, counts)) = line
            .strip_prefix("test result: ")
            .and_then(|result| result.split_once(". "))
        else {
            return;
        };
        for count in counts.split(';') {
            if let Some((number, what)) = count.trim().split_once(' ')
                && let Ok(number) = number.parse::<u64>()
            {
                match what {
                    "passed" => self.passed += number,
                    "failed" => self.failed += number,
                    "ignored" => self.skipped += number,
                    _ => {}
                }
            }
        }
    }

    /// Records that something failed. If no test program counted it, it is one more failure.
    pub fn failed_silently(&mut self) {
        self.failed = self.failed.max(1);
    }
}

impl Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
        } = self;
        write!(
            formatter,
            "{passed} passed, {failed} failed, {skipped} skipped"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "\
running 4 tests
test a ... ok
test result: looks like one ... ok

test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 9 filtered out; finished in 0.01s
test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.5s
";

    #[test]
    fn the_results_are_summed_and_the_output_passed_on() {
        let (mut summary, mut output) = (Summary::default(), Vec::new());
        summary
            .copy(OUTPUT.as_bytes(), &mut output)
            .expect("memory");
        assert_eq!(output, OUTPUT.as_bytes());
        summary.failed_silently();
        assert_eq!(summary.to_string(), "13 passed, 2 failed, 1 skipped");
    }

    #[test]
    fn a_program_that_crashed_is_a_failure() {
        let mut summary = Summary::default();
        summary.failed_silently();
        assert_eq!(summary.to_string(), "0 passed, 1 failed, 0 skipped");
    }
}
