use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(default = "true")]
//~                 ^^^^^^ MIR077
    verbose: bool,
}

fn main() {}
