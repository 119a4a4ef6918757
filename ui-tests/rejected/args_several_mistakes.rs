use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    help: bool,
//~ ^^^^ MIR073
    #[arg(default = "x")]
//~                 ^^^ MIR075
    port: u16,
    #[arg(nmae = "dns")]
//~       ^^^^ MIR076
    upstream: core::net::Ipv4Addr,
}

fn main() {}
