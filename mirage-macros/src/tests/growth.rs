//! The work of an expansion is proportional to its nodes. It is measured in allocated bytes, which do not
//! depend on the machine.

use crate::attribute;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    thread_local,
};

/// The system's allocator, with a count for each thread: tests run beside each other.
struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

thread_local! {
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: all is done by the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // A thread that ends may allocate after its counter is gone.
        let _ = ALLOCATED.try_with(|count| count.set(count.get() + layout.size()));
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// A graph of so many ports and as many devices, each built on the one before, all of them received
/// by `main`.
fn unikernel(count: usize) -> (TokenStream, TokenStream) {
    let ports: Vec<_> = (0..count).map(|index| format_ident!("p{index}")).collect();
    let devices: Vec<_> = (0..count).map(|index| format_ident!("d{index}")).collect();
    let numbers = 1..=count as u16;
    let chain = devices.windows(2).map(|pair| {
        let (below, above) = (&pair[0], &pair[1]);
        quote!(#above = Config { size: 1 }.on(#below))
    });
    let attribute = quote! {
        net = "auto", ip = "10.0.0.2", tcp(#(#ports = #numbers),*),
        d0 = Config { size: 1 }.on(clock), #(#chain),*
    };
    let main = quote!(async fn main(#(#ports: TcpListener,)* #(#devices: Device),*) {});
    (attribute, main)
}

/// A port whose number is one of so many, and differs by target.
fn choice(count: usize) -> (TokenStream, TokenStream) {
    let numbers = 1..=count as u16;
    let attribute = quote! {
        net = "auto", ip = "10.0.0.2",
        tcp(http = [#(#numbers),*][0] + match target { unix => 1, _ => 2 }),
    };
    (
        attribute,
        quote!(
            async fn main(http: TcpListener) {}
        ),
    )
}

/// Bytes that an expansion allocates.
fn work((attribute, main): (TokenStream, TokenStream)) -> usize {
    let before = ALLOCATED.get();
    let expansion = attribute::expand(attribute, main);
    let after = ALLOCATED.get();
    assert!(!expansion.to_string().contains("compile_error"));
    after - before
}

#[test]
fn ten_times_the_nodes_are_ten_times_the_work() {
    let (few, many) = (work(unikernel(60)), work(unikernel(600)));
    assert!(many < 13 * few, "{few} bytes, and {many}");
}

#[test]
fn ten_times_the_tokens_of_a_value_are_ten_times_the_work() {
    let (few, many) = (work(choice(600)), work(choice(6000)));
    assert!(many < 13 * few, "{few} bytes, and {many}");
}
