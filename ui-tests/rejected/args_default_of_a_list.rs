use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg(default = "80")]
//~                 ^^^^ MIR077
    ports: Vec<u16>,
}

fn main() {}
