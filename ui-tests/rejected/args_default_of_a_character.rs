use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(default = "ab")]
    separator: char,
}

fn main() {}
