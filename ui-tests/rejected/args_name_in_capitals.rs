use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(name = "Port")]
    port: u16,
}

fn main() {}
