//! Changes to a machine's command line.

use super::{Runner, Running, build, client, published::published, tool};
use std::process::Command;

/// A command line that the tool prints.
#[derive(Clone)]
pub struct Line(Vec<String>);

impl Line {
    /// Creates a command line from a program and its arguments.
    pub fn new(arguments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(arguments.into_iter().map(Into::into).collect())
    }

    /// Returns what `cargo mirage run --dry-run` prints for `package` with these options.
    pub fn for_package(package: &str, runner: Runner, options: &[&str]) -> Self {
        build(package, runner.target());
        let mut dry = tool();
        dry.args(["run", package, "--dry-run"])
            .args(runner.arguments(package));
        let text = client::output(dry.args(options));
        Self::new(split(&text))
    }

    /// The same with forwarded ports.
    pub fn publishing(package: &str, runner: Runner, ports: &[(u16, u16)]) -> Self {
        let options = published(package, runner, ports, &[]);
        let options: Vec<_> = options.iter().map(String::as_str).collect();
        Self::for_package(package, runner, &options)
    }

    /// Returns the program and its arguments.
    pub fn arguments(&self) -> &[String] {
        &self.0
    }

    /// Returns the values of an option.
    pub fn values(&self, option: &str) -> impl Iterator<Item = &str> {
        let pairs = self.0.windows(2);
        pairs.filter_map(move |pair| (pair[0] == option).then_some(pair[1].as_str()))
    }

    /// Adds an option before all others.
    pub fn first(mut self, option: &str) -> Self {
        self.0.insert(1, option.into());
        self
    }

    /// Replaces the value `from` of an option.
    pub fn with(mut self, from: &str, to: &str) -> Self {
        let word = self.0.iter_mut().find(|word| *word == from);
        *word.unwrap_or_else(|| panic!("no `{from}`")) = to.into();
        self
    }

    /// Removes the option whose value starts with this text.
    pub fn without(mut self, value: &str) -> Self {
        let at = self.0.iter().position(|word| word.starts_with(value));
        let at = at.unwrap_or_else(|| panic!("no `{value}`"));
        self.0.drain(at - 1..=at);
        self
    }

    /// Removes an option that has no value.
    pub fn without_flag(mut self, flag: &str) -> Self {
        let at = self.0.iter().position(|word| word == flag);
        self.0.remove(at.unwrap_or_else(|| panic!("no `{flag}`")));
        self
    }

    /// Swaps the options whose values start with these texts.
    pub fn swapped(mut self, one: &str, other: &str) -> Self {
        let at = |value: &str| {
            let at = self.0.iter().position(|word| word.starts_with(value));
            at.unwrap_or_else(|| panic!("no `{value}`"))
        };
        let (one, other) = (at(one), at(other));
        self.0.swap(one, other);
        self
    }

    /// Adds an option.
    pub fn and(mut self, option: &str, value: &str) -> Self {
        self.0.extend([option.into(), value.into()]);
        self
    }

    /// Returns the line as text for a shell.
    pub fn text(&self) -> String {
        let quoted = self.0.iter().map(|word| format!("'{word}'"));
        quoted.collect::<Vec<_>>().join(" ")
    }

    /// Runs the command.
    pub fn start(&self) -> Running {
        Running::spawn(Command::new(&self.0[0]).args(&self.0[1..]))
    }
}

/// Splits a line as a shell does, as far as the tool quotes: `a 'b c' 'it'\''s'`.
fn split(line: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), None::<String>, false);
    let mut letters = line.trim_end().chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            '\\' if !is_quoted => word.get_or_insert_default().extend(letters.next()),
            ' ' if !is_quoted => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}
