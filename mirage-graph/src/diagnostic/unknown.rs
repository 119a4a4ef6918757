//! Names that are unknown, and those that are valid.

use crate::{nearest::nearest, value_error::Excerpt};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

/// An unknown name, the most similar valid one, and all valid ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The unknown name.
    pub name: String,
    /// The most similar valid name.
    pub nearest: Option<String>,
    /// All valid names.
    pub choices: Vec<String>,
}

impl Unknown {
    /// The name `name`, which is not one of `choices`.
    pub fn new(name: String, choices: Vec<String>) -> Self {
        let nearest = nearest(&name, choices.iter().map(String::as_str));
        Self {
            nearest: nearest.map(Into::into),
            name,
            choices,
        }
    }

    pub(crate) fn message(&self, what: &str) -> String {
        format!(
            "unknown {what} `{}`",
            Excerpt::from_source(&self.name).as_str()
        )
    }

    pub(crate) fn help(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("did you mean `{nearest}`? {}", self.list()),
            None => self.list(),
        }
    }

    fn list(&self) -> String {
        match self.choices.as_slice() {
            [] => "there are no choices".into(),
            [only] => format!("the only choice is `{only}`"),
            all => format!("the choices are {}", list(all.iter().map(String::as_str))),
        }
    }
}

/// `a`, `b` and `c`, in backquotes.
pub(crate) fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => only.to_string(),
        [others @ .., last] => format!("{} and {last}", others.join(", ")),
    }
}
