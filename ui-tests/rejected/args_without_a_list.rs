use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg = "port"]
    port: u16,
}

fn main() {}
