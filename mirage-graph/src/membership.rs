//! What an image states about the application that it is part of.

use crate::restart::Restart;
use alloc::{string::String, vec::Vec};

/// The application that a unikernel is part of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    /// The application's name.
    pub application: String,
    /// The [`identity`](crate::application::identity) of the plan. Images of one application have the same.
    pub identity: String,
    /// The names of all its unikernels.
    pub unikernels: Vec<String>,
    /// When this one is started again.
    pub restart: Restart,
    /// Who may use the ports of this one.
    pub accepts: Vec<Accept>,
}

/// Who may use a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accept {
    /// The port's name.
    pub port: String,
    /// The names of unikernels, or [`OUTSIDE`](crate::application::OUTSIDE).
    pub clients: Vec<String>,
}
