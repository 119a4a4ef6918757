//! What the device graph of a unikernel is: its nodes, what they are built on, and what can be
//! wrong with them.
//!
//! The attribute's parser makes a [`Graph`](graph::Graph), [`check`](check::check) finds what is
//! wrong with it, the expansion wires it, and [`manifest`] carries it, inside the image, to the
//! tool. Nothing here knows of tokens or of machines.
#![no_std]

extern crate alloc;

pub mod address;
pub mod argument;
pub mod check;
pub mod constant;
pub mod diagnostic;
pub mod disk;
pub mod graph;
pub mod json;
pub mod mac_address;
pub mod manifest;
pub mod nearest;
pub mod need;
pub mod port;
pub mod readiness;
pub mod size;
pub mod target;
pub mod text;
pub mod value_error;
