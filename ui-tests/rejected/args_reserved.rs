use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    /// Where it is reached
    ipv4: core::net::Ipv4Addr,
//~ ^^^^ MIR073
}

fn main() {}
