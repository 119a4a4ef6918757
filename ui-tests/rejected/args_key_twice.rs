use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(default = "80", default = "81")]
//~                       ^^^^^^^ MIR003
    port: u16,
}

fn main() {}
