use mirage_rt::Args;

#[derive(Args)]
enum Mode {
    Fast,
    Safe,
}

fn main() {}
