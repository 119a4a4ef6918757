use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(value = "YES")]
//~               ^^^^^ MIR077
    verbose: bool,
}

fn main() {}
