//! A shop of three unikernels. `web` serves HTTP and asks `api`, which asks `db`; nobody else does.
#![no_std]

extern crate alloc;

pub mod api;
pub mod db;
pub mod line;
pub mod plan;
pub mod web;
