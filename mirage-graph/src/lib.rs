//! The device graph of a unikernel: its nodes, their dependencies, and its errors.
//!
//! The attribute's parser creates a [`Graph`](graph::Graph), [`check`](check::check) reports its
//! errors, the expansion wires it, and the image's [`manifest`] describes it to the tool. This crate
//! depends on neither tokens nor machines.
#![no_std]

extern crate alloc;

pub mod address;
pub mod application;
pub mod argument;
pub mod check;
pub mod conflict_detection;
pub mod congestion;
pub mod constant;
pub mod diagnostic;
pub mod disk;
pub mod ecn;
pub mod files;
mod fnv;
pub mod graph;
pub mod ip_family;
pub mod ipv6;
pub mod json;
pub mod mac_address;
pub mod manifest;
pub mod membership;
pub mod name_servers;
pub mod nearest;
pub mod need;
pub mod number;
pub mod port;
pub mod readiness;
pub mod restart;
pub mod size;
pub mod target;
pub mod text;
pub mod thread;
pub mod value_error;
