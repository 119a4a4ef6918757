use mirage_rt::Args;

#[derive(Args)]
struct Arguments {
    #[arg = "port"]
//~   ^^^^^^^^^^^^ MIR001
    port: u16,
}

fn main() {}
