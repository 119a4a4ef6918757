//! The functions of the C library that crates for Linux ask for at link time.
//!
//! An image is compiled for Linux's Rust target, so that crates may take the functions of its C library for
//! granted. The linker removes those that nothing calls. `archives/` contains a library without members for
//! each `-lNAME` that the crate `libc` names.

mod getrandom_02;
mod random;
