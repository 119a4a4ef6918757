use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(default = "80000")]
//~                 ^^^^^^^ MIR075
    port: u16,
}

fn main() {}
