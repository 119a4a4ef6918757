//! The tender, and guests that are a few instructions.

mod calls;
mod code;
mod devices;
mod elf;
mod guest;
mod running;
