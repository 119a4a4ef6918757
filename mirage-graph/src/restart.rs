//! Whether a unikernel is started again after it has ended.

/// When `cargo mirage up` starts a unikernel again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Restart {
    /// Never.
    #[default]
    No,
    /// After it has failed.
    OnFailure,
}

impl Restart {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::No, Self::OnFailure];

    /// Returns the name in `restart = …`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::OnFailure => "on-failure",
        }
    }

    /// Returns the one with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }
}
