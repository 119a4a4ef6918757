//! What the compiler says to the rejected programs: where, in which words, and that the book tells
//! of it.

mod book;
mod codes;
mod positions;
mod program;
mod said;
mod words;
