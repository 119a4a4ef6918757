use mirage_rt::Args;

#[derive(Args)]
enum Mode {
//~  ^^^^ MIR070
    Fast,
    Safe,
}

fn main() {}
