use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    _port: u16,
}

fn main() {}
