use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    help: bool,
    #[arg(default = "x")]
    port: u16,
    #[arg(nmae = "dns")]
    upstream: core::net::Ipv4Addr,
}

fn main() {}
