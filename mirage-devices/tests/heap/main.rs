//! The stack and its heap: how much it takes, and what it does when there is none left.

mod allocator;
mod bench;
mod exhausted;
mod footprint;
mod in_place;
mod link;
mod segments;
