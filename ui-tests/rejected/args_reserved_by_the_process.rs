use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(name = "net")]
//~              ^^^^^ MIR073
    network: String,
}

fn main() {}
