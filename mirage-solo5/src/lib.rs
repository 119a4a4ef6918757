//! The [Solo5](https://github.com/Solo5/solo5) ABI, release 0.12, as data: what an image declares to a tender
//! ([`note`]), which devices it declares and what was attached to them ([`manifest`]), and what a tender
//! passes to the guest ([`boot_info`]).
//!
//! Guests write notes and read the rest; tenders do the opposite. Every number is little-endian. Nothing
//! here checks more than lengths: what is valid is for the reader to decide.
#![no_std]

mod abi;
pub mod boot_info;
mod bytes;
pub mod manifest;
pub mod note;

pub use abi::Abi;
