//! Explicit congestion notification (RFC 3168).

use core::fmt;

/// Which TCP connections use ECN.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Ecn {
    /// Those whose peer asks for it.
    #[default]
    Accept,
    /// Those whose peer supports it.
    Request,
    /// None.
    Off,
}

impl Ecn {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Accept, Self::Request, Self::Off];

    /// Returns the name in `ecn = …`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Request => "request",
            Self::Off => "off",
        }
    }

    /// Returns the mode with that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.name() == name)
    }
}

impl fmt::Display for Ecn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
