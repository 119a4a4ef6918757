use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(default = "true")]
    verbose: bool,
}

fn main() {}
