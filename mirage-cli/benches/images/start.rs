//! The run time of a process: a unikernel in our tender, compared with a program that
//! does nothing.

use crate::{
    example::{build, tool},
    median::Median,
};
use std::{
    process::{Command, Stdio},
    time::Instant,
};

/// How often each is run, alternately.
const RUNS: usize = 301;

/// Prints the times.
pub fn print() {
    let image = build("hello", "spt").path;
    let mut hello = tool();
    hello.args(["tender", "--mem=2", &image]);
    let mut nothing = Command::new("/bin/true");
    let (mut hellos, mut nothings) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        nothings.push(milliseconds(&mut nothing));
        hellos.push(milliseconds(&mut hello));
    }
    let (hellos, nothings) = (Median::from_values(hellos), Median::from_values(nothings));
    println!("from exec to exit, in ms: median of {RUNS} runs by turns (and its quartiles)");
    println!("  hello on spt    {hellos:.2}");
    println!("  /bin/true       {nothings:.2}");
    println!(
        "  beyond          {:.2}",
        hellos.middle() - nothings.middle()
    );
}

/// Returns how long `command` takes.
fn milliseconds(command: &mut Command) -> f64 {
    let start = Instant::now();
    let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
    let took = start.elapsed();
    assert!(status.is_ok_and(|status| status.success()), "{command:?}");
    took.as_secs_f64() * 1_000.0
}
