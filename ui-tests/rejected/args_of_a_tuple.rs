use mirage_rt::Args;

#[derive(Args)]
struct Port(u16);
//~    ^^^^ MIR070

fn main() {}
