//! The detection of address conflicts (RFC 5227).

use core::fmt;

/// When an address is probed: whether another host uses it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ConflictDetection {
    /// While it is used already, as in RFC 4429.
    #[default]
    Optimistic,
    /// Before it is used (RFC 5227, section 2.1), which takes 4 to 7 seconds.
    Strict,
}

impl ConflictDetection {
    /// All modes.
    pub const ALL: [Self; 2] = [Self::Optimistic, Self::Strict];

    /// Returns the name in `conflict_detection = …`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Optimistic => "optimistic",
            Self::Strict => "strict",
        }
    }

    /// Returns the mode with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }
}

impl fmt::Display for ConflictDetection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
