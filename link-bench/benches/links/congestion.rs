//! The congestion control of senders.

use rustix::net::sockopt::set_tcp_congestion;
use std::{fmt, io, os::fd::AsFd, str::FromStr};

/// An algorithm of congestion control.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    Cubic,
    Bbr,
}

impl Algorithm {
    pub const ALL: [Self; 2] = [Self::Cubic, Self::Bbr];

    const fn name(self) -> &'static str {
        match self {
            Self::Cubic => "cubic",
            Self::Bbr => "bbr",
        }
    }

    /// Returns the port of the character generator that uses it.
    pub const fn chargen(self) -> u16 {
        match self {
            Self::Cubic => 5002,
            Self::Bbr => 5012,
        }
    }

    /// Makes a socket of Linux use it: a host may have another default, which its namespaces inherit.
    ///
    /// # Errors
    /// Fails if Linux does not have it.
    pub fn set(self, socket: impl AsFd) -> io::Result<()> {
        Ok(set_tcp_congestion(socket, self.name())?)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Algorithm {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let algorithm = Self::ALL.into_iter().find(|each| each.name() == text);
        algorithm.ok_or_else(|| format!("`{text}` is neither `cubic` nor `bbr`"))
    }
}
