//! The identity of a plan.

use super::Part;
use crate::fnv::fnv_1a;
use alloc::{format, string::String};

/// Returns a hash of a plan, in hexadecimal. `unikernels` are their names, what they declare in the plan, and their parts.
///
/// It has 64 bits and is not cryptographic: it detects mistakes, not attacks.
pub fn identity<'a>(
    application: &str,
    unikernels: impl IntoIterator<Item = (&'a str, String, &'a Part)>,
) -> String {
    let mut text = String::from(application);
    for (name, declared, part) in unikernels {
        let Part {
            interfaces,
            openings,
            links,
        } = part;
        text += &format!("\n{name} {declared} {interfaces:?} {openings:?}");
        for link in links {
            // Where it is written does not matter.
            let super::PartLink {
                name,
                to,
                protocol,
                address,
                interface,
                span: _,
            } = link;
            text += &format!(" {name} {to} {protocol:?} {address} {interface}");
        }
    }
    format!("{:016x}", fnv_1a(text.bytes()))
}
