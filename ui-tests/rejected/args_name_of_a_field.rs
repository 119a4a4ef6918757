use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    _port: u16,
//~ ^^^^^ MIR074
}

fn main() {}
