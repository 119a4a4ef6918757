use mirage_rt::Args;

#[derive(Args)]
struct Port(u16);

fn main() {}
