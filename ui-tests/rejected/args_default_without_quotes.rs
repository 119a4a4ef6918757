use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(default = 80)]
//~                 ^^ MIR004
    port: u16,
}

fn main() {}
