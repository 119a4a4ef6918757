//! The command line.

use crate::{congestion::Algorithm, fate::LinkConfig};
use lexopt::{
    Arg::{Long, Value},
    Error, ValueExt,
};
use std::{path::PathBuf, time::Duration};

/// How to use it.
pub const USAGE: &str = "\
cargo bench -p link-bench -- [OPTIONS] [SUBJECT]...

Subjects: throughput, fairness, requests; all by default
  --seconds S   duration of a transfer (20)
  --runs N      transfers of each kind, by turns; medians are printed (5)
  --link LINK   a link instead of the table's; may be repeated. `none`, or keys with commas:
                loss=PPM delay=US jitter=US reorder=PPM late=US rate=MBIT queue=BYTES mtu=BYTES
                (late: how much later a reordered frame arrives; rate: Mbit/s; mtu: longer packets are lost)
  --congestion A
                the algorithm of both sides, for fairness that of ours: `cubic` or `bbr` (cubic)
  --only D      `out`, what our sender sends, or `in`; both by default
  --capture F   writes the frames at the client's side of the throughput's last runs, without those that
                the link loses on their way there, to F.ours and F.linux (pcap)";

/// What is measured, and how.
pub struct Options {
    /// Duration of a transfer.
    pub time: Duration,
    /// Transfers of each kind.
    pub runs: usize,
    /// The links of the throughput.
    pub links: Vec<LinkConfig>,
    /// The congestion control of both sides; of ours beside Linux's CUBIC for the fairness.
    pub congestion: Algorithm,
    /// Whether what the server sends is measured, and what it receives.
    pub directions: Vec<Direction>,
    /// Where to write frames to.
    pub capture: Option<PathBuf>,
    subjects: Vec<String>,
}

/// The direction of the data, as seen from the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// The server sends.
    Out,
    /// The server receives.
    In,
}

/// The names of the subjects.
const SUBJECTS: [&str; 3] = ["throughput", "fairness", "requests"];

impl Options {
    /// Parses the command line.
    ///
    /// # Errors
    /// Fails if it has an unknown word or an invalid value.
    pub fn from_env() -> Result<Self, Error> {
        let mut options = Self {
            time: Duration::from_secs(20),
            runs: 5,
            links: Vec::new(),
            congestion: Algorithm::Cubic,
            directions: vec![Direction::Out, Direction::In],
            capture: None,
            subjects: Vec::new(),
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("seconds") => {
                    let seconds = parser
                        .value()?
                        .parse_with(|text| match text.parse::<u64>() {
                            Ok(seconds @ 1..) => Ok(seconds),
                            _ => Err("it is not a number of seconds"),
                        })?;
                    options.time = Duration::from_secs(seconds);
                }
                Long("runs") => {
                    options.runs = parser.value()?.parse_with(|text| match text.parse() {
                        Ok(runs @ 1..) => Ok(runs),
                        _ => Err("it is not a number of runs"),
                    })?;
                }
                Long("link") => options.links.push(parser.value()?.parse()?),
                Long("congestion") => options.congestion = parser.value()?.parse()?,
                Long("only") => {
                    let direction = parser.value()?.parse_with(|text| match text {
                        "out" => Ok(Direction::Out),
                        "in" => Ok(Direction::In),
                        _ => Err("it is neither `out` nor `in`"),
                    })?;
                    options.directions = vec![direction];
                }
                Long("capture") => options.capture = Some(parser.value()?.into()),
                // Cargo adds it.
                Long("bench") => {}
                Value(word) => {
                    let word = word.string()?;
                    if !SUBJECTS.contains(&word.as_str()) {
                        return Err(format!("there is no subject `{word}`").into());
                    }
                    options.subjects.push(word);
                }
                _ => return Err(argument.unexpected()),
            }
        }
        if options.links.is_empty() {
            options.links = LinkConfig::TABLE.to_vec();
        }
        Ok(options)
    }

    /// Whether `subject` is to be measured.
    pub fn has(&self, subject: &str) -> bool {
        self.subjects.is_empty() || self.subjects.iter().any(|name| name == subject)
    }
}
