use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(default = "ab")]
//~                 ^^^^ MIR075
    separator: char,
}

fn main() {}
