use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(value = "YES")]
    verbose: bool,
}

fn main() {}
