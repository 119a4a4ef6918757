use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(default = "80")]
    port: Option<u16>,
}

fn main() {}
