use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(default = "80000")]
    port: u16,
}

fn main() {}
