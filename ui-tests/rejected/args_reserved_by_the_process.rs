use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(name = "net")]
    network: String,
}

fn main() {}
