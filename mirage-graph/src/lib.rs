//! What a unikernel's device graph is: nodes, edges, checks, the manifest and the error table.
#![no_std]
extern crate alloc;
