use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    listen_port: u16,
    #[arg(name = "listen-port")]
//~              ^^^^^^^^^^^^^ MIR072
    port: u16,
}

fn main() {}
