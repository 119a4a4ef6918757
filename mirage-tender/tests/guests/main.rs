//! The tender, with guests of a few instructions.

mod calls;
mod code;
mod devices;
mod elf;
mod guest;
mod running;
