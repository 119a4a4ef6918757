//! Checks the compiler's messages for the rejected programs, and the book's chapter on errors.

mod book;
mod codes;
mod compiler_message;
mod hygiene;
mod positions;
mod program;
