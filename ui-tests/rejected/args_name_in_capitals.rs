use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(name = "Port")]
//~              ^^^^^^ MIR074
    port: u16,
}

fn main() {}
