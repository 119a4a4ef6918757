use mirage_rt::Args;

use core::net::Ipv4Addr;

#[derive(Args)]
struct Arguments {
    #[arg(default = "10.0.0")]
//~                 ^^^^^^^^ MIR075
    upstream: Ipv4Addr,
}

fn main() {}
